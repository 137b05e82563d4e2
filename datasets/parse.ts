import { assemble, type AssembleOptions } from "./assemble.ts";
import { baseName } from "./base_name.ts";
import type { Dataset } from "./dataset.ts";
import type { Titles } from "./format.ts";
import { textLog, type TextOptions } from "./log.ts";
import type { Source } from "./source.ts";

export interface DatasetOptions extends TextOptions, AssembleOptions {}

/** The files of a dataset, as bytes. */
export interface DatasetSources {
  readonly train: Source;
  readonly valid?: Source;
  readonly test?: Source;
  /** The files beside train, by name, of which one may hold titles: read only where it does. */
  readonly beside?: readonly string[];
  readonly read?: (name: string) => Promise<Source>;
}

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
  { train, valid, test, beside = [], read }: DatasetSources,
  options: DatasetOptions = {},
): Promise<Dataset> {
  const log = textLog(train, options);
  const other = (source: Source | undefined) => source && textLog(source, heldOutOptions(options), log.format);
  const dataset = await assemble(name, { train: log, valid: other(valid), test: other(test) }, options);
  return read ? await withTitles(dataset, log.format.titles, baseName(train.file), beside, read) : dataset;
}

/** How a held-out part is read: a user of it may have nothing, as in KGAT's Amazon-Book, whose test has 88 such lines. */
export const heldOutOptions = <T extends TextOptions>(options: T): T => ({
  ...options,
  allowEmptyUsers: options.allowEmptyUsers ?? true,
});

/** The dataset with the titles that lie beside its log, where its format keeps any. */
export async function withTitles(
  dataset: Dataset,
  kept: Titles | undefined,
  log: string,
  beside: readonly string[],
  read: (name: string) => Promise<Source>,
): Promise<Dataset> {
  const found = kept?.find(log, beside);
  if (found === undefined) return dataset;
  const titles = kept!.parse(await read(found));
  return { ...dataset, titles: dataset.itemIds.names.map((item) => titles.get(item)) };
}
