import { contains } from "../datasets/contains.ts";
import { counted } from "../datasets/counted.ts";
import type { Dataset } from "../datasets/dataset.ts";
import { namedIds } from "../datasets/ids.ts";
import { type Interactions, interactions } from "../datasets/interactions.ts";
import { readMetadata } from "../datasets/metadata_sources.ts";
import { withMetadata } from "../datasets/with_metadata.ts";
import { parseMetric } from "../evaluation/parse_metric.ts";
import { type DataValues, openWhole } from "./data_options.ts";
import type { EvaluateValues } from "./evaluate.ts";
import { metadataFiles, metadataOptions } from "./metadata_options.ts";
import { metricNames } from "./metrics_text.ts";
import { type OpenedRun, openRun } from "./opened_run.ts";
import type { Output } from "./output.ts";
import { rankRun } from "./rank_run.ts";

/** A later log is read without what is known beside it: the model has what it reads of that. */
const NO_METADATA = Object.fromEntries(Object.keys(metadataOptions).map((name) => [name, null])) as Record<
  keyof typeof metadataOptions,
  null
>;

/** Ranks for the users of a log that came after a run, with the run's model as it stands. */
export async function evaluateOn(values: EvaluateValues, folder: string, on: string, output: Output): Promise<number> {
  const run = await openRun(folder, "evaluate run");
  const log = await openWhole(readAs(values, on));
  if (log.valid || log.test) {
    throw new TypeError(`Cannot evaluate on "${on}": expected one log, found one that is parted in train and held out`);
  }
  const { data, test, left } = known(log, run, values.mask === "none");
  const users = new Set(test.users).size;
  if (users === 0) {
    throw new TypeError(`Cannot evaluate on "${on}": nothing is left of it (${leftText(left).join("; ")})`);
  }
  const interactions = test.users.length;
  output.result({ event: "on", data: data.name, interactions, users, ...left }, null);
  output.say(`tests on ${counted(interactions, "interaction")} of ${counted(users, "user")} of "${data.name}"`);
  for (const note of [...data.notes, ...leftText(left)]) output.say(`  ${note}`);
  await rankRun(values, run, await grouped(values, run, data), test, output);
  return 0;
}

/** How the log is read: as the run's own was, where nothing else is said, but whole and by its names. */
function readAs(values: EvaluateValues, on: string): DataValues {
  const sql = values.data === null ? null : values.sql; // without a database, it names the files of the run's own log
  return { ...values, ...NO_METADATA, data: on, sql, valid: null, test: null, core: 0, ids: "names" };
}

/** With the attributes that group items, where a metric is by groups and the model has none: of the file that options name. */
async function grouped(values: EvaluateValues, { catalogue }: OpenedRun, data: Dataset): Promise<Dataset> {
  const { attributes, attributeColumns } = values, byGroup = (name: string) => parseMetric(name).dispersion === "items";
  if (attributes === null || catalogue.metadata?.attributes || !metricNames(values).some(byGroup)) return data;
  const { metadata, ...columns } = metadataFiles({ ...NO_METADATA, attributes, attributeColumns });
  return withMetadata(data, await readMetadata(metadata), columns);
}

/** Interactions that are not tested on. */
interface Left {
  /** Of users that the run does not know. */
  readonly ofUnknownUsers: number;
  /** Of the others: of items that it does not know. */
  readonly ofUnknownItems: number;
  /** Of the others: that it was trained on. */
  readonly trainedOn: number;
}

/** What of a log can be tested on, in the ids of a run. */
function known(
  { train, userIds, itemIds, name, notes }: Dataset,
  { ids, catalogue: { users: userCount, items: itemCount, offsets, positives } }: OpenedRun,
  keepsMet: boolean,
): { readonly data: Dataset; readonly test: Interactions; readonly left: Left } {
  const own = { users: namedIds(ids.users), items: namedIds(ids.items) }, met = { offsets, targets: positives };
  const userOf = userIds.names.map((name) => own.users.indexOf(name));
  const itemOf = itemIds.names.map((name) => own.items.indexOf(name));
  const users: number[] = [], items: number[] = [], left = { ofUnknownUsers: 0, ofUnknownItems: 0, trainedOn: 0 };
  train.users.forEach((id, row) => {
    const user = userOf[id], item = itemOf[train.items[row]!];
    if (user === undefined) left.ofUnknownUsers++;
    else if (item === undefined) left.ofUnknownItems++;
    else if (!keepsMet && contains(met, user, item)) left.trainedOn++;
    else {
      users.push(user);
      items.push(item);
    }
  });
  const counts = { userCount, itemCount }, test = interactions({ users, items, ...counts });
  const none = interactions({ users: [], items: [], ...counts });
  return { data: { name, train: none, test, userIds: own.users, itemIds: own.items, notes }, test, left };
}

const leftText = ({ ofUnknownUsers, ofUnknownItems, trainedOn }: Left): readonly string[] =>
  ([
    [ofUnknownUsers, "of users that the run does not know"],
    [ofUnknownItems, "of items that it does not know, which it cannot recommend"],
    [trainedOn, "that it was trained on"],
  ] as const).flatMap(([count, which]) => count === 0 ? [] : [`left out: ${counted(count, "interaction")} ${which}`]);
