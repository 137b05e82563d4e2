import { before, firstHeldOut, firstOfAll } from "../datasets/before.ts";
import {
  carveValidation,
  leaveOneOut,
  splitByRatio,
  splitByTime,
  splitByUser,
  splitByUserTime,
} from "../datasets/split.ts";
import { counted } from "../datasets/counted.ts";
import type { Dataset } from "../datasets/dataset.ts";
import { embeddedDataset } from "../datasets/embedded.ts";
import { filterDataset } from "../datasets/filter.ts";
import { loadDataset, loadQuery } from "../datasets/load.ts";
import type { Metadata } from "../datasets/metadata.ts";
import { readMetadata } from "../datasets/metadata_sources.ts";
import { withMetadata } from "../datasets/with_metadata.ts";
import { dataPath } from "./cache.ts";
import { choice, integer, optionalReal, real, text, type Values } from "../options/option.ts";
import { columnChoice, metadataFiles, metadataOptions } from "./metadata_options.ts";

/** Where interactions come from and how they are parted: shared by all commands that read data. */
export const dataOptions = {
  data: text(
    null,
    "file, folder, archive or database of interactions, or fetched:NAME; without it, the embedded synthetic dataset",
  ),
  sql: text(
    null,
    "query of the interactions: of the SQLite or DuckDB database that is --data; without --data, of files, by DuckDB",
  ),
  table: text(null, "table of the interactions in the database that is --data"),
  valid: text(null, "file of held-out interactions to select by, where --data is the train file"),
  test: text(null, "file of held-out interactions to test on, where --data is the train file"),
  format: text(
    null,
    "atomic, movielens, jsonl, sequences, delimited or adjacency; without it, what the file looks like",
  ),
  userColumn: text(
    null,
    "name of the user column, or its number (from 1) in a delimited file; of JSON a path, user.id",
  ),
  itemColumn: text(null, "name or number of the item column"),
  ratingColumn: text(null, "name or number of the rating column"),
  timeColumn: text(null, "name or number of the time column"),
  minRating: optionalReal(
    "lowest rating that counts as a positive, those below being dislikes; without it, every row does",
  ),
  core: integer(0, "keep users and items with at least so many interactions (k-core)", { min: 0 }),
  split: choice(
    ["auto", "ratio", "leave-one-out", "user-time", "time", "by-user"],
    "auto",
    "how a single log is parted: by a random share of each user, each user's last two, the latest share of each user, time, or users at random, of whom the last is held out; auto is ratio, of a backbone that reads histories leave-one-out",
  ),
  validShare: real(0.1, "share of the interactions (or users) to select by", { min: 0, max: 0.9 }),
  testShare: real(0.2, "share of the interactions (or users) to test on", { min: 0, max: 0.9 }),
  splitSeed: integer(0, "seed of random splits, and of how shares of a user are rounded"),
  ids: choice(
    ["auto", "names", "rows"],
    "auto",
    "what ids are: names, or numbers of rows from 0; auto is rows with a --backbone file, whose tables have them",
  ),
  ...metadataOptions,
} as const;
export type DataValues = Values<typeof dataOptions>;

/** Loads the data and parts it, in the parts it came in or as asked. Notes say what was done. */
export async function openData(values: DataValues): Promise<Dataset> {
  const filtered = await openWhole(values);
  if (filtered.test || filtered.valid) {
    return values.split === "auto"
      ? filtered
      : noted(filtered, `the data come in parts, which are kept: --split ${values.split} splits nothing`);
  }
  const { validShare: valid, testShare: test, splitSeed } = values;
  if (values.split === "leave-one-out") {
    const parts = leaveOneOut(filtered.train);
    return noted(
      { ...knownBefore(filtered, firstHeldOut(parts)), ...parts },
      "split: each user's last to test, the one before to select by",
    );
  }
  if (values.split === "user-time") {
    const parts = splitByUserTime(filtered.train, { valid, test }, splitSeed);
    return noted(
      { ...knownBefore(filtered, firstHeldOut(parts)), ...parts },
      `split by each user's time: the last ${test} of each user to test, ${valid} before it to select by (seed ${splitSeed})`,
    );
  }
  if (values.split === "time") {
    const parts = splitByTime(filtered.train, { valid, test });
    return noted(
      { ...knownBefore(filtered, firstOfAll(parts)), ...parts },
      `split by time: the last ${test} to test, ${valid} before it to select by`,
    );
  }
  if (values.split === "by-user") {
    const parts = splitByUser(filtered.train, { valid, test }, splitSeed);
    return noted(
      { ...knownBefore(filtered, firstHeldOut(parts)), ...parts },
      `split by user: the last of ${test} of the users to test, of ${valid} to select by (seed ${splitSeed})`,
    );
  }
  const parts = splitByRatio(filtered.train, { valid, test }, splitSeed);
  return noted(
    { ...filtered, ...parts },
    `split at random: ${test} of each user to test, ${valid} to select by (seed ${splitSeed})`,
  );
}

/** Loads the data in the parts it came in, filtered. @throws TypeError where nothing is left. */
export async function openWhole(values: DataValues): Promise<Dataset> {
  const whole = await load(values);
  if (values.core > 0 && values.ids === "rows") {
    throw new TypeError("Cannot use --core with ids that are rows: those that are left would get other numbers");
  }
  const filtered = values.core > 0 ? filterDataset(whole, values.core) : whole;
  if (filtered.train.users.length > 0) return filtered;
  throw new TypeError(
    `Cannot use "${whole.name}": no interactions are left${values.core > 0 ? ` of its ${values.core}-core` : ""}`,
  );
}

/** The dataset with interactions to select by, taken out of train where there are none. */
export function withValidation(dataset: Dataset, { validShare, splitSeed }: DataValues): Dataset {
  if (dataset.valid) return dataset;
  const parts = carveValidation(dataset.train, validShare, splitSeed);
  return noted(
    { ...dataset, ...parts },
    `validation: ${validShare} of each user's train interactions, at random (seed ${splitSeed})`,
  );
}

/** Leaves out what was known of users and items only later: it would tell train about what is held out. */
function knownBefore(dataset: Dataset, limits: Float64Array): Dataset {
  if (!dataset.metadata) return dataset;
  const metadata = before(dataset.metadata, limits), later = entries(dataset.metadata) - entries(metadata);
  const known = { ...dataset, metadata };
  return later === 0 ? known : noted(
    known,
    `left out ${counted(later, "dislike or behaviour", "dislikes and behaviours")} of the time that is held out`,
  );
}

const entries = ({ dislikes, behaviours = [], source }: Metadata): number =>
  [dislikes, ...behaviours, source].reduce((sum, relation) => sum + (relation?.targets.length ?? 0), 0);

const noted = (dataset: Dataset, note: string): Dataset => ({ ...dataset, notes: [...dataset.notes, note] });

async function load(values: DataValues): Promise<Dataset> {
  const { data, sql, table, valid, test, format, userColumn, itemColumn, ratingColumn, timeColumn, minRating, ids } =
    values;
  const files = metadataFiles(values);
  if (sql !== null && table !== null) {
    throw new TypeError("Cannot use both --sql and --table: a query names its tables");
  }
  if (table !== null && data === null) throw new TypeError("Cannot use --table without a database: --data names it");
  if (data === null && sql !== null && (valid !== null || test !== null)) {
    throw new TypeError("Cannot use --valid or --test with a query: its rows are one log, which is split");
  }
  if (data === null && sql === null) {
    return withMetadata(await embeddedDataset(), await readMetadata(files.metadata), files);
  }
  const columns = Object.entries(
    given({ user: userColumn, item: itemColumn, rating: ratingColumn, time: timeColumn }),
  ).map(([role, choice]) => [role, columnChoice(choice)]);
  const options = {
    ...given({ valid, test, format, minRating }),
    ...ids === "rows" && { rowIds: true },
    ...columns.length > 0 && { columns: Object.fromEntries(columns) },
    ...files,
    ...(sql !== null || table !== null) && { query: given({ sql, table }) },
  };
  return data === null ? await loadQuery(sql!, options) : await loadDataset(await dataPath(data), options);
}

/** Without what was not given. */
function given<T extends Record<string, unknown>>(values: T): { [K in keyof T]?: Exclude<T[K], null> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as {
    [K in keyof T]?: Exclude<T[K], null>;
  };
}
