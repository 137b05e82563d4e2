import { barredItems, candidateOptions, hiding } from "./candidates.ts";
import { openNearest } from "../evaluation/nearest.ts";
import { itemDirections } from "../evaluation/vectors.ts";
import { integer, text, type Values } from "../options/option.ts";
import { openRuntime } from "../runtime/providers.ts";
import { giveOut, listOf } from "./lists.ts";
import { denseIds } from "./named.ts";
import { openRun } from "./opened_run.ts";
import { openOutput } from "./output.ts";
import { checkNotRead } from "./own_folder.ts";
import { rankedIn } from "./recommendations.ts";
import { formatOf } from "./table.ts";
import { outputOptions, providerOptions } from "./train_options.ts";

export const similarOptions = {
  run: text(null, "folder of a run of `train`"),
  items: text(null, "ids of items as the data has them, comma separated; or `all`"),
  itemsFile: text(null, "a file of ids of items, a line each"),
  top: integer(10, "similar items for each item", { min: 1 }),
  ...candidateOptions,
  out: text(null, "a file to write instead of printing: .csv, .jsonl or .parquet"),
  ...providerOptions,
  ...outputOptions,
} as const;

/** Items whose neighbours are sought at a time. */
const BLOCK = 256;

/** `similar`: the items whose representations point most nearly where those of given items do. */
export async function similarCommand(values: Values<typeof similarOptions>): Promise<number> {
  const output = openOutput(values);
  if (values.run === null) throw new TypeError("Cannot find similar items: --run says which folder holds the model");
  if (values.out !== null) {
    formatOf(values.out);
    const { itemsFile, without, among } = values;
    await checkNotRead(values.out, { itemsFile, without, among });
  }
  const { ids, catalogue, backbone, weights } = await openRun(values.run);
  const items = await denseIds("item", { list: values.items, file: values.itemsFile }, ids.items, values.run);
  if (items === null) {
    throw new TypeError("Cannot find similar items: --items says to which, as ids of the data or `all`");
  }
  const barred = await barredItems(values, ids.items, values.run, output);
  const runtime = await openRuntime({ provider: values.provider, threads: values.threads });
  await runtime.load(weights);
  const directions = await itemDirections(runtime, backbone, catalogue), nearest = await openNearest(directions);
  const { data, width } = directions;
  const lists = async function* () {
    for (let from = 0; from < items.length; from += BLOCK) {
      const some = items.subarray(from, from + BLOCK), queries = new Float32Array(some.length * width);
      some.forEach((item, row) => queries.set(data.subarray(item * width, (item + 1) * width), row * width));
      const found = await nearest.search(queries, values.top, (row) => hiding([some[row]!], barred));
      for (const [row, item] of some.entries()) yield listOf("item", ids.items[item]!, rankedIn(found, row), ids);
    }
  };
  await giveOut(lists(), { kind: "item", of: "similar" }, values.out, ids, output);
  await nearest.dispose();
  await runtime.dispose();
  return 0;
}
