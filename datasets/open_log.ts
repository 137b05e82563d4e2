import { type FileEntry, openText } from "./folder.ts";
import type { Format } from "./format.ts";
import { type Log, textLog, type TextOptions } from "./log.ts";
import { isParquet, parquetLog } from "./parquet_log.ts";

/** A log out of a file, and its format where it is text. */
export type FileLog = Log & { readonly format?: Format };

/**
 * A file as a log: Parquet by its first bytes, else text.
 *
 * @param known its format as text, where another file said it.
 * @throws InputError where it looks like nothing that is read.
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
export async function openLog(entry: FileEntry, options: TextOptions = {}, known?: Format): Promise<FileLog> {
  const head = await openText(entry);
  return isParquet(head.bytes) ? parquetLog(await entry.random(), options) : textLog(head, options, known);
}
