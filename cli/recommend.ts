import { flag, integer, text, type Values } from "../options/option.ts";
import { openRuntime } from "../runtime/providers.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { foldInOptions, openAnswers } from "./answers.ts";
import { barredItems, candidateOptions } from "./candidates.ts";
import { indexedAnswers } from "./indexed.ts";
import { learnt } from "./learnt.ts";
import { giveOut, listOf } from "./lists.ts";
import { denseIds } from "./named.ts";
import { type OpenedRun, openRun } from "./opened_run.ts";
import { openOutput, type Output } from "./output.ts";
import { checkNotRead } from "./own_folder.ts";
import { checkPeople, peopleOptions, type Person, readPeople } from "./people.ts";
import { recommendations, type Recommended } from "./recommendations.ts";
import { formatOf } from "./table.ts";
import { outputOptions, providerOptions } from "./train_options.ts";

export const recommendOptions = {
  run: text(null, "folder of a run of `train`"),
  users: text(null, "ids of users as the data has them, comma separated; or `all`"),
  usersFile: text(null, "a file of ids of users, a line each"),
  items: text(null, "instead of users: what somebody new has met, ids of items, oldest first, comma separated"),
  itemsFile: text(null, "a file of such ids, a line each"),
  ...peopleOptions,
  ...foldInOptions,
  top: integer(10, "items for each user", { min: 1 }),
  includeSeen: flag(false, "also items that the user met in training"),
  ...candidateOptions,
  index: flag(false, "find items by the index that `index` built, not by scoring all"),
  out: text(null, "a file to write instead of printing: .csv, .jsonl or .parquet"),
  ...providerOptions,
  ...outputOptions,
} as const;
/** Users asked of an index, or by what they have met, at a time. */
const BLOCK = 256;

type RecommendValues = Values<typeof recommendOptions>;

/** `recommend`: the best items for given users, with the ids of the data they came from. */
export async function recommendCommand(values: RecommendValues): Promise<number> {
  const output = openOutput(values);
  if (values.run === null) throw new TypeError("Cannot recommend: --run says which folder holds the trained model");
  if (values.out !== null) {
    formatOf(values.out);
    const { usersFile, itemsFile, met, without, among } = values;
    await checkNotRead(values.out, { usersFile, itemsFile, met, without, among });
  }
  const opened = await openRun(values.run),
    { ids, catalogue, backbone, weights } = opened,
    { top, includeSeen } = values;
  const list = { list: values.users, file: values.usersFile };
  const met = { list: values.items, file: values.itemsFile };
  if ((met.list ?? met.file) !== null && (list.list ?? list.file) !== null) {
    throw new TypeError("Cannot recommend: --items is instead of --users and --users-file, found both");
  }
  if (values.met !== null && (met.list ?? met.file ?? list.list ?? list.file) !== null) {
    throw new TypeError("Cannot recommend: --met is instead of users and --items, found both");
  }
  checkPeople(values);
  const given = await denseIds("item", met, ids.items, values.run);
  const users = given || values.met !== null ? Int32Array.of() : await denseIds("user", list, ids.users, values.run);
  if (users === null) {
    throw new TypeError(
      "Cannot recommend: --users says for whom, as ids of the data or `all`, --users-file in a file; --items says what somebody new has met, --met what many have",
    );
  }
  const people = values.met === null ? undefined : await readPeople({ ...values, met: values.met }, opened, output);
  const barred = await barredItems(values, ids.items, values.run, output);
  const runtime = await openRuntime({ provider: values.provider, threads: values.threads });
  await runtime.load(weights);
  if (given || people) {
    const asks = people ?? [{ name: Array.from(given!, (item) => ids.items[item]!).join(","), met: given! }];
    await forNew(values, opened, { people: asks, kind: people ? "user" : "given", barred }, runtime, output);
    return 0;
  }
  const lists = values.index
    ? byIndex(values, opened, runtime, users, barred)
    : recommendations(runtime, { backbone, catalogue, top, includeSeen, ...barred && { barred } }, users);
  let none = 0;
  const entries = async function* () {
    for await (const { user, items } of lists) {
      if (items.length === 0) none++;
      yield listOf("user", ids.users[user]!, items, ids);
    }
  };
  await giveOut(entries(), { kind: "user" }, values.out, ids, output);
  if (none > 0) sayNone(none, users.length, output);
  const knows = learnt(opened), unmet = users.filter((user) => !knows(user)).length;
  if (unmet > 0) {
    output.say(
      `${unmet} of ${users.length} users met nothing in training: nothing of their lists was learnt from them` +
        (backbone.written ? ", but for what the file may have had" : ""),
    );
  }
  await runtime.dispose();
  return 0;
}

/** Users a block at a time, by the run's index. */
async function* byIndex(
  values: RecommendValues,
  run: OpenedRun,
  runtime: Runtime,
  users: Int32Array,
  barred: Int32Array | undefined,
): AsyncGenerator<Recommended> {
  if (values.includeSeen) {
    throw new TypeError("Cannot recommend: --include-seen goes through all scores, found --index");
  }
  const answers = await indexedAnswers(runtime, run, values);
  for (let from = 0; from < users.length; from += BLOCK) {
    const some = users.subarray(from, from + BLOCK);
    const lists = await answers.recommend(Array.from(some, (user) => ({ user, ...barred && { barred } })), values.top);
    for (const [row, items] of lists.entries()) yield { user: some[row]!, items };
  }
  await answers.dispose();
}

/** People whom the run's log need not know, by what they have met. */
interface ForNew {
  readonly people: readonly Person[];
  /** What names them: what was given of one, or a user of another log. */
  readonly kind: "given" | "user";
  readonly barred: Int32Array | undefined;
}

async function forNew(
  { c0, decay, top, includeSeen, index, out }: RecommendValues,
  run: OpenedRun,
  { people, kind, barred }: ForNew,
  runtime: Runtime,
  output: Output,
): Promise<void> {
  if (includeSeen) {
    throw new TypeError(
      `Cannot recommend: --include-seen is for users of the log, found ${kind === "given" ? "--items" : "--met"}`,
    );
  }
  const answers = await (index ? indexedAnswers : openAnswers)(runtime, run, { c0, decay });
  if (answers.noNew !== undefined) throw new TypeError(`Cannot recommend to somebody new: ${answers.noNew}`);
  let none = 0;
  const lists = async function* () {
    for (let from = 0; from < people.length; from += BLOCK) {
      const some = people.slice(from, from + BLOCK);
      const found = await answers.recommend(some.map(({ met }) => ({ met, ...barred && { barred } })), top);
      for (const [row, { name, met }] of some.entries()) {
        const items = met.length > 0 ? found[row]! : []; // who met nothing would get the first items there are
        if (items.length === 0) none++;
        yield listOf(kind, name, items, run.ids);
      }
    }
  };
  await giveOut(lists(), { kind }, out, run.ids, output);
  if (kind === "user" && none > 0) sayNone(none, people.length, output);
  await answers.dispose();
  await runtime.dispose();
}

function sayNone(none: number, all: number, output: Output): void {
  output.say(`${none} of ${all} users got nothing: nothing is left, or nothing is known of them`);
}
