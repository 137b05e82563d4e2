import { baseName } from "./base_name.ts";
import { counted } from "./counted.ts";
import type { Dataset, Parts } from "./dataset.ts";
import type { ParseOptions } from "./format.ts";
import { formatOf } from "./formats.ts";
import { namedIds } from "./ids.ts";
import { idTable } from "./id_table.ts";
import { type Interactions, interactions } from "./interactions.ts";
import { type LastOfEach, lastOfEach } from "./last_of_each.ts";
import { merge } from "./merge.ts";
import { numberIds, type Numbering } from "./numbering.ts";
import { type Overlap, overlap } from "./overlap.ts";
import { ratedDislikes } from "./rated_dislikes.ts";
import type { Rows } from "./rows.ts";
import { type Source, textSource } from "./source.ts";
import { threshold } from "./threshold.ts";

export interface DatasetOptions extends ParseOptions {
  /** The name of a format; default: what the train file looks like. */
  readonly format?: string;
  /** The lowest rating that makes a positive; train rows below make dislikes. Default: every row is a positive. */
  readonly minRating?: number;
  /** Whether ids are numbers of rows already, as tables have them that a model came with. Default: as the format says. */
  readonly rowIds?: boolean;
}

/** The files of a dataset, as bytes. */
export interface DatasetSources {
  readonly train: Source;
  readonly valid?: Source;
  readonly test?: Source;
  /** The files beside train, by name, of which one may hold titles: read only where it does. */
  readonly beside?: readonly string[];
  readonly read?: (name: string) => Promise<Source>;
}

type Part = "train" | "valid" | "test";
const PARTS = ["train", "valid", "test"] as const;

/**
 * Makes a dataset of files: finds their format, drops ratings below the threshold, numbers ids densely (an adjacency
 * list's own numbers are kept), and merges repeats within a part. `notes` tell what was done. Pure but for `read`.
 *
 * @throws InputError where a file cannot be read so; it names the file and the line.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseDataset } from "./parse.ts";
 *
 * const source = (file: string, text: string) => ({ file, bytes: new TextEncoder().encode(text) });
 * const dataset = await parseDataset("tiny", {
 *   train: source("train.txt", "0 1 2\n1 1 1\n"),
 *   test: source("test.txt", "0 3\n"),
 * });
 * assert.equal(dataset.train.itemCount, 4);
 * assert.deepEqual(dataset.train.items, Int32Array.of(1, 2, 1));
 * assert.deepEqual(dataset.notes, [
 *   'train: merged 1 row that repeats a user and item',
 *   "test: 1 row of an item without train interactions",
 * ]);
 * ```
 */
export async function parseDataset(
  name: string,
  sources: DatasetSources,
  options: DatasetOptions = {},
): Promise<Dataset> {
  const tables = { users: idTable(), items: idTable() }, notes: string[] = [], train = textSource(sources.train);
  const format = formatOf(train, options.format);
  const parts = PARTS.filter((part) => sources[part] !== undefined);
  const rows = new Map<Part, Rows>();
  let low: Rows | undefined;
  for (const part of parts) {
    const source = part === "train" ? train : textSource(sources[part]!);
    const parsed = format.parse(source, tables, options), rated = threshold(parsed, options.minRating, source.file);
    notes.push(...[...parsed.notes, ...rated.notes].map((note) => `${part}: ${note}`));
    rows.set(part, rated.positives);
    if (part === "train") low = rated.negatives;
  }

  const all = [...rows.values()], numbering = options.rowIds ? "required" : format.numbered;
  const users = numberIds(tables.users.names(), all.map((part) => part.users), numbering);
  const items = numberIds(tables.items.names(), all.map((part) => part.items), numbering);
  const numbered = (of: Rows): Rows => ({
    ...of,
    users: renumbered(of.users, users),
    items: renumbered(of.items, items),
  });
  const build = (part: Part) => {
    const merged = merge(interactions({
      ...numbered(rows.get(part)!),
      userCount: users.names.length,
      itemCount: items.names.length,
    }));
    const { repeats } = merged;
    if (repeats > 0) {
      notes.push(`${part}: merged ${counted(repeats, "row")} that repeat${repeats > 1 ? "" : "s"} a user and item`);
    }
    return merged.interactions;
  };
  const whole = Object.fromEntries(parts.map((part) => [part, build(part)])) as Pick<Dataset, Part>;
  const built = format.usersOfTheirOwn ? parted(whole, notes) : whole;
  for (const part of parts) {
    if (part === "train") continue;
    const found = overlap(built.train, built[part]!);
    notes.push(...describe(part, format.usersOfTheirOwn ? { ...found, coldUser: 0 } : found));
  }
  const dislikes = low && ratedDislikes(numbered(low), options.minRating!, built.train);
  notes.push(...dislikes?.notes ?? []);

  const dataset = {
    ...{ name, ...built, userIds: namedIds(users.names), itemIds: namedIds(items.names), notes },
    ...(dislikes?.dislikes && { metadata: { dislikes: dislikes.dislikes } }),
  };
  const titleFile = format.titles?.find(baseName(train.file), sources.beside ?? []);
  if (titleFile === undefined || !sources.read) return dataset;
  const titles = format.titles!.parse(await sources.read(titleFile));
  return { ...dataset, titles: items.names.map((item) => titles.get(item)) };
}

/** Of users that train does not have, the last interaction is held out, and the ones before are known. */
function parted({ train, ...held }: Parts, notes: string[]): Parts {
  const ends = Object.entries(held).map(([part, log]): [string, LastOfEach] => [part, lastOfEach(log as Interactions)]);
  for (const [part, { last, alone }] of ends) {
    notes.push(
      `${part}: the last item of each of ${counted(last.users.length, "user")} is held out, those before are known`,
    );
    if (alone > 0) notes.push(`${part}: left out ${counted(alone, "user")} of one item, with nothing before it`);
  }
  const of = (what: "last" | "before") => Object.fromEntries(ends.map(([part, end]) => [part, end[what]]));
  return { train, ...of("last"), ...ends.length > 0 && { before: of("before") } };
}

const renumbered = (column: Int32Array, { dense }: Numbering): Int32Array => column.map((entry) => dense[entry]!);

function describe(part: Part, { coldUser, coldItem, inTrain }: Overlap): string[] {
  return [
    ...(coldUser > 0 ? [`${part}: ${counted(coldUser, "row")} of a user without train interactions`] : []),
    ...(coldItem > 0 ? [`${part}: ${counted(coldItem, "row")} of an item without train interactions`] : []),
    ...(inTrain > 0 ? [`${part}: ${counted(inTrain, "row")} also in train`] : []),
  ];
}
