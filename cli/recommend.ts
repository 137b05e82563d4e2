import { flag, integer, text, type Values } from "../options/option.ts";
import { openRuntime } from "../runtime/providers.ts";
import { giveOut, listOf } from "./lists.ts";
import { denseIds } from "./named.ts";
import { openRun } from "./opened_run.ts";
import { openOutput } from "./output.ts";
import { recommendations } from "./recommendations.ts";
import { formatOf } from "./table.ts";
import { outputOptions, providerOptions } from "./train_options.ts";

export const recommendOptions = {
  run: text(null, "folder of a run of `train`"),
  users: text(null, "ids of users as the data has them, comma separated; or `all`"),
  usersFile: text(null, "a file of ids of users, a line each"),
  top: integer(10, "items for each user", { min: 1 }),
  includeSeen: flag(false, "also items that the user met in training"),
  out: text(null, "a file to write instead of printing: .csv, .jsonl or .parquet"),
  ...providerOptions,
  ...outputOptions,
} as const;

/** `recommend`: the best items for given users, with the ids of the data they came from. */
export async function recommendCommand(values: Values<typeof recommendOptions>): Promise<number> {
  const output = openOutput(values);
  if (values.run === null) throw new TypeError("Cannot recommend: --run says which folder holds the trained model");
  if (values.out !== null) formatOf(values.out);
  const { ids, catalogue, backbone, weights } = await openRun(values.run), { top, includeSeen } = values;
  const users = await denseIds("user", { list: values.users, file: values.usersFile }, ids.users, values.run);
  if (users === null) {
    throw new TypeError("Cannot recommend: --users says for whom, as ids of the data or `all`, --users-file in a file");
  }
  const runtime = await openRuntime({ provider: values.provider, threads: values.threads });
  await runtime.load(weights);
  const lists = recommendations(runtime, { backbone, catalogue, top, includeSeen }, users);
  let none = 0;
  const entries = async function* () {
    for await (const { user, items } of lists) {
      if (items.length === 0) none++;
      yield listOf("user", ids.users[user]!, items, ids);
    }
  };
  await giveOut(entries(), { kind: "user" }, values.out, ids, output);
  if (none > 0) {
    output.say(`${none} of ${users.length} users got nothing: nothing is left, or nothing is known of them`);
  }
  await runtime.dispose();
  return 0;
}
