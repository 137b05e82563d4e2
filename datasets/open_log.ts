import { duckDbLog, isDuckDb } from "./duckdb_log.ts";
import { type FileEntry, openText } from "./folder.ts";
import type { Format } from "./format.ts";
import { InputError } from "./input_error.ts";
import { type Log, textLog, type TextOptions } from "./log.ts";
import { isParquet, parquetLog } from "./parquet_log.ts";
import type { Query } from "./query.ts";
import { isSqlite, sqliteLog } from "./sqlite_log.ts";

/** A log out of a file, and its format where it is text. */
export type FileLog = Log & { readonly format?: Format };

/** How a file is read. */
export interface OpenOptions extends TextOptions {
  /** What is asked of a database. */
  readonly query?: Query;
}

/**
 * A file as a log: a database or Parquet by its first bytes, else text.
 *
 * @param known its format as text, where another file said it.
 * @throws InputError where it looks like nothing that is read, or is asked a query and no database.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { openEntry } from "./folder.ts";
 * import { openLog } from "./open_log.ts";
 * import { inMemory } from "./random_access.ts";
 *
 * const bytes = new TextEncoder().encode("user,item\nann,heat\n");
 * assert.equal((await openLog(openEntry(inMemory("log.csv", bytes)))).format?.name, "delimited");
 * ```
 */
export async function openLog(entry: FileEntry, options: OpenOptions = {}, known?: Format): Promise<FileLog> {
  const head = await openText(entry), { file, bytes } = head;
  const database = isSqlite(bytes) ? sqliteLog : isDuckDb(bytes) ? duckDbLog : undefined;
  if (database) {
    if (entry.onDisk) return database(file, options.query ?? {}, options);
    throw new InputError("it is a database, which is read where it lies on disk: unpack it first", file);
  }
  if (options.query) {
    throw new InputError(
      "it is no database of SQLite or DuckDB to ask; --sql without --data asks files, which it names: from 'log.csv'",
      file,
    );
  }
  return isParquet(bytes) ? parquetLog(await entry.random(), options) : textLog(head, options, known);
}
