import { assemble } from "./assemble.ts";
import { baseName } from "./base_name.ts";
import { quoted } from "./columns.ts";
import { companionsOf } from "./companions.ts";
import type { Dataset } from "./dataset.ts";
import { duckDbLog } from "./duckdb_log.ts";
import { type FileEntry, type Folder, wholeFile } from "./folder.ts";
import { InputError } from "./input_error.ts";
import { layoutOf, LOOKED_FOR } from "./layouts.ts";
import { findLog } from "./find_log.ts";
import { metadataSources, readMetadata } from "./metadata_sources.ts";
import { openLog, type OpenOptions } from "./open_log.ts";
import { type DatasetOptions, heldOutOptions, withTitles } from "./parse.ts";
import { type MetadataFiles, type MetadataOptions, withMetadata } from "./with_metadata.ts";

export interface LoadOptions extends DatasetOptions, OpenOptions, MetadataOptions {
  /** Default: the file's or folder's name. */
  readonly name?: string;
  /** Paths of the held-out parts, where `path` is the train file. */
  readonly valid?: string;
  readonly test?: string;
  /** Paths of side information; they go before the files of usual names beside the log. */
  readonly metadata?: MetadataFiles<string>;
}

/**
 * Loads a dataset from a file (one log, to be split later: all of it is `train`) or from a folder whose files have the
 * usual names, or from a zip archive of either. Gzip is unzipped. The formats are in `formats.ts`; what is known of users and items besides is read from
 * the files of usual names beside the log (`companions.ts`), or those given.
 *
 * @throws InputError where nothing is there, or it cannot be read; it names the file and the line.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { loadDataset } from "./load.ts";
 *
 * const folder = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${folder}/train.txt`, "0 1 2\n1 0\n");
 * await Deno.writeTextFile(`${folder}/test.txt`, "1 2\n");
 * const { train, test, itemIds } = await loadDataset(folder);
 * assert.deepEqual([train.users.length, test?.users.length, itemIds.names.length], [3, 1, 3]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function loadDataset(path: string, options: LoadOptions = {}): Promise<Dataset> {
  const { folder, train, valid, test } = await partsOf(path, options);
  const log = await openLog(train, options);
  const other = async (entry: FileEntry | undefined) =>
    entry && await openLog(entry, heldOutOptions(options), log.format);
  const logs = { train: log, valid: await other(valid), test: await other(test) };
  const dataset = await assemble(options.name ?? stem(path.replace(/[/\\]+$/, "")), logs, options);
  const titled = await withTitles(
    dataset,
    log.format?.titles,
    baseName(train.file),
    folder.names,
    (name) => wholeFile(folder.entry(name)),
  );
  const companions = companionsOf(baseName(train.file), folder.names), { metadata = {} } = options;
  const chosen = {
    attributes: options.attributeColumns !== undefined,
    userAttributes: options.userAttributeColumns !== undefined,
  };
  return withMetadata(titled, await metadataSources(folder, companions, metadata, chosen), options);
}

/**
 * Loads what a query answers by DuckDB, of the files that it names: Parquet, CSV, JSON lines. One log, to be split later.
 *
 * @throws InputError where the query is wrong, lacks a column, or answers what is no interaction.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { loadQuery } from "./load.ts";
 *
 * await assert.rejects(loadQuery(" "), /a query selects rows/);
 * ```
 */
export async function loadQuery(sql: string, options: LoadOptions = {}): Promise<Dataset> {
  if (sql.trim() === "") {
    throw new TypeError('Cannot run an empty query: a query selects rows, "select user, item from ..."');
  }
  const dataset = await assemble(options.name ?? "query", { train: duckDbLog(undefined, { sql }, options) }, options);
  return withMetadata(dataset, await readMetadata(options.metadata ?? {}), options);
}

/** The files of a dataset's parts, and the folder that train is in. */
interface Parts {
  readonly folder: Folder;
  readonly train: FileEntry;
  readonly valid: FileEntry | undefined;
  readonly test: FileEntry | undefined;
}

async function partsOf(path: string, { valid, test }: LoadOptions): Promise<Parts> {
  const { folder, name } = await findLog(path);
  if (name !== undefined) {
    return { folder, train: folder.entry(name), valid: await partAt(valid), test: await partAt(test) };
  }
  if (valid !== undefined || test !== undefined) {
    throw new InputError("it is a folder; where valid or test files are named, the train file is named, too", path);
  }
  const layout = layoutOf(folder.names), entry = (part: string | undefined) => part && folder.entry(part) || undefined;
  if (!layout) throw new InputError(`no dataset in this folder; looked for ${LOOKED_FOR}`, path);
  if (layout.choices) {
    const one = `${path.replace(/[/\\]+$/, "")}/${layout.train}`;
    throw new InputError(
      `which of ${quoted(layout.choices)} has the interactions? Name it: "${one}"; parts are named each by itself ` +
        '(--data, --valid and --test, or "valid" and "test" in code)',
      path,
    );
  }
  return { folder, train: folder.entry(layout.train), valid: entry(layout.valid), test: entry(layout.test) };
}

async function partAt(path: string | undefined): Promise<FileEntry | undefined> {
  if (path === undefined) return undefined;
  const { folder, name } = await findLog(path);
  if (name === undefined) throw new InputError("it is a folder where a file of held-out interactions is read", path);
  return folder.entry(name);
}

/** The last name of a path, without its ending. */
const stem = (path: string): string =>
  baseName(path).replace(
    /(\.(inter|txt|csv|tsv|dat|data|jsonl|ndjson|json|parquet|zip|sqlite3?|db|duckdb))?(\.gz)?$/i,
    "",
  );
