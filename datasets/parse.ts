import type { Dataset } from "./dataset.ts";
import type { ParseOptions } from "./format.ts";
import { formatOf } from "./formats.ts";
import { namedIds } from "./ids.ts";
import { idTable } from "./id_table.ts";
import { InputError } from "./input_error.ts";
import { interactions } from "./interactions.ts";
import { merge } from "./merge.ts";
import { numberIds, type Numbering } from "./numbering.ts";
import { type Overlap, overlap } from "./overlap.ts";
import type { Rows } from "./rows.ts";
import { type Source, textSource } from "./source.ts";

export interface DatasetOptions extends ParseOptions {
  /** The name of a format; default: what the train file looks like. */
  readonly format?: string;
  /** The lowest rating that makes a positive; rows below are dropped. Default: every row is a positive. */
  readonly minRating?: number;
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
  for (const part of parts) {
    const source = part === "train" ? train : textSource(sources[part]!);
    const parsed = format.parse(source, tables, options);
    notes.push(...parsed.notes.map((note) => `${part}: ${note}`));
    rows.set(part, positives(parsed, options.minRating, source.file, part, notes));
  }

  const all = [...rows.values()];
  const users = numberIds(tables.users.names(), all.map((part) => part.users), format.numbered);
  const items = numberIds(tables.items.names(), all.map((part) => part.items), format.numbered);
  const build = (part: Part) => {
    const merged = merge(interactions({
      ...rows.get(part)!,
      users: renumbered(rows.get(part)!.users, users),
      items: renumbered(rows.get(part)!.items, items),
      userCount: users.names.length,
      itemCount: items.names.length,
    }));
    const { repeats } = merged;
    if (repeats > 0) {
      notes.push(`${part}: merged ${counted(repeats)} that repeat${repeats > 1 ? "" : "s"} a user and item`);
    }
    return merged.interactions;
  };
  const built = Object.fromEntries(parts.map((part) => [part, build(part)])) as Pick<Dataset, Part>;
  for (const part of parts) if (part !== "train") notes.push(...describe(part, overlap(built.train, built[part]!)));

  const dataset = { name, ...built, userIds: namedIds(users.names), itemIds: namedIds(items.names), notes };
  const titleFile = format.titles?.find(baseName(train.file), sources.beside ?? []);
  if (titleFile === undefined || !sources.read) return dataset;
  const titles = format.titles!.parse(await sources.read(titleFile));
  return { ...dataset, titles: items.names.map((item) => titles.get(item)) };
}

/** The rows that are rated at least `minRating`. */
function positives(rows: Rows, minRating: number | undefined, file: string, part: Part, notes: string[]): Rows {
  const { ratings } = rows;
  if (minRating === undefined) {
    if (ratings) notes.push(`${part}: all ${counted(ratings.length)} are positives, whatever their rating`);
    return rows;
  }
  if (!ratings) throw new InputError(`a lowest rating of ${minRating} is asked for, but it has no ratings`, file);
  const threshold = Math.fround(minRating), keep = (_: number, row: number) => ratings[row]! >= threshold;
  const kept = {
    ...rows,
    users: rows.users.filter(keep),
    items: rows.items.filter(keep),
    ratings: ratings.filter(keep),
    ...(rows.times && { times: rows.times.filter(keep) }),
  };
  if (kept.users.length === 0) throw new InputError(`none of its ratings is ${minRating} or more`, file);
  const dropped = ratings.length - kept.users.length;
  notes.push(`${part}: dropped ${counted(dropped)} rated below ${minRating}, kept ${kept.users.length}`);
  return kept;
}

const renumbered = (column: Int32Array, { dense }: Numbering): Int32Array => column.map((entry) => dense[entry]!);

const counted = (rows: number): string => rows === 1 ? "1 row" : `${rows} rows`;

function describe(part: Part, { coldUser, coldItem, inTrain }: Overlap): string[] {
  return [
    ...(coldUser > 0 ? [`${part}: ${counted(coldUser)} of a user without train interactions`] : []),
    ...(coldItem > 0 ? [`${part}: ${counted(coldItem)} of an item without train interactions`] : []),
    ...(inTrain > 0 ? [`${part}: ${counted(inTrain)} also in train`] : []),
  ];
}

const baseName = (file: string): string => file.replace(/^.*[/\\]/, "");
