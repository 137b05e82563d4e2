import { type Nearest, openNearest } from "../evaluation/nearest.ts";
import { innerVectors, scoresOf, type Vectors } from "../evaluation/vectors.ts";
import { integer, text, type Values } from "../options/option.ts";
import { openRuntime } from "../runtime/providers.ts";
import { buildIndex, indexedNearest, writeIndex } from "./ann.ts";
import { checkWritable } from "./files.ts";
import { type OpenedRun, openRun } from "./opened_run.ts";
import { openOutput } from "./output.ts";
import { runFiles } from "./run_files.ts";
import { outputOptions, providerOptions } from "./train_options.ts";

export const indexOptions = {
  run: text(null, "folder of a run of `train`"),
  connectivity: integer(16, "links of each item in the graph", { min: 2, max: 512 }),
  expansionAdd: integer(128, "candidates held while an item is added", { min: 1 }),
  expansionSearch: integer(128, "candidates held while items are sought: more find more, in more time", { min: 1 }),
  top: integer(20, "length of the lists that recall is measured on", { min: 1 }),
  sample: integer(1000, "users whose lists it is measured on, evenly chosen", { min: 1 }),
  ...providerOptions,
  ...outputOptions,
} as const;

/** `index`: builds an index of the items into the run folder, and says what it finds of what exact search finds. */
export async function indexCommand(values: Values<typeof indexOptions>): Promise<number> {
  const output = openOutput(values);
  if (values.run === null) throw new TypeError("Cannot index: --run says which folder holds the trained model");
  const run = await openRun(values.run);
  checkIndexed(run);
  await checkWritable(`${values.run}/${runFiles.index}`);
  const runtime = await openRuntime({ provider: values.provider, threads: values.threads });
  await runtime.load(run.weights);
  const items = await innerVectors(runtime, run.backbone, run.catalogue, "items");
  const users = await innerVectors(runtime, run.backbone, run.catalogue, "users");
  await runtime.dispose();
  const started = performance.now(), graph = await buildIndex(items, values), built = performance.now() - started;
  await writeIndex(values.run, graph, items, values);
  const size = Math.min(values.sample, run.catalogue.users), exact = await openNearest(items);
  const sample = Array.from({ length: size }, (_, at) => Math.floor(at * run.catalogue.users / size));
  const right = await lists(exact, users, sample, values.top, run);
  const found = await lists(indexedNearest(graph, items), users, sample, values.top, run);
  await exact.dispose();
  const recall = recallOf(found.ids, right.ids), [exactMs, indexMs] = [right.ms / size, found.ms / size];
  const facts = { items: run.catalogue.items, seconds: built / 1000, recall, top: values.top, exactMs, indexMs };
  output.result(
    { event: "index", ...facts, sample: size },
    [
      `${facts.items} items in ${facts.seconds.toFixed(1)} s; it is ${values.run}/${runFiles.index}`,
      `recall@${values.top} of exact search  ${recall.toFixed(4)}, over ${size} users`,
      `a user at a time  ${indexMs.toFixed(3)} ms, exact ${exactMs.toFixed(3)} ms: ${
        (exactMs / indexMs).toFixed(1)
      } times as fast`,
    ].join("\n"),
  );
  return 0;
}

/** @throws TypeError where a run's scores are not what an index finds. */
export function checkIndexed({ backbone, catalogue, name }: OpenedRun): void {
  if (!backbone.history && scoresOf(backbone, catalogue).inner) return;
  throw new TypeError(
    `Cannot index: an index finds the largest inner products with a user's vector, and backbone "${name}" ` +
      (backbone.history ? "has none of users: it asks with histories" : "scores by none"),
  );
}

/** Searches before time is taken. */
const WARM = 100;

/** The lists of some users, one search each, and the time that all took. */
async function lists(
  nearest: Nearest,
  { data, width }: Vectors,
  users: readonly number[],
  top: number,
  run: OpenedRun,
) {
  const { offsets, positives } = run.catalogue, ids: Int32Array[] = [];
  const search = async (user: number) => {
    const query = data.subarray(user * width, (user + 1) * width);
    return (await nearest.search(query, top, () => positives.subarray(offsets[user], offsets[user + 1]))).ids;
  };
  for (const user of users.slice(0, WARM)) await search(user);
  const started = performance.now();
  for (const user of users) ids.push(await search(user));
  return { ids, ms: performance.now() - started };
}

/** Of the items in exact lists, the share that was found. */
function recallOf(found: readonly Int32Array[], right: readonly Int32Array[]): number {
  let hits = 0, all = 0;
  right.forEach((list, at) => {
    const own = new Set(found[at]);
    for (const item of list) {
      if (item < 0) break;
      all++;
      if (own.has(item)) hits++;
    }
  });
  return hits / Math.max(1, all);
}
