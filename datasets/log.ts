import { formatOf } from "./formats.ts";
import type { Format, ParseOptions } from "./format.ts";
import { readRows } from "./read_rows.ts";
import type { IdTables, Rows } from "./rows.ts";
import { type Source, textSource } from "./source.ts";

/** Interactions that can be read, once: a text file, a Parquet file, what a query answers. */
export interface Log {
  /** What errors call it. */
  readonly file: string;
  /** Whether ids that are all numbers are dense ids already. */
  readonly numbered: boolean;
  /** Whether its users are no other part's: the last item of each is held out, and what is before it is known. */
  readonly usersOfTheirOwn: boolean;
  /** Throws InputError naming file and line. */
  read(ids: IdTables): Promise<Rows>;
}

/** How a text file is read: `format` by its name; default: what it looks like. */
export interface TextOptions extends ParseOptions {
  readonly format?: string;
}

/** A text file as a log, and the format that it has. */
export interface TextLog extends Log {
  readonly format: Format;
}

/**
 * A text file as a log.
 *
 * @param known its format, where another file said it.
 * @throws InputError where it is not UTF-8, is empty, or looks like no format.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { idTable } from "./id_table.ts";
 * import { textLog } from "./log.ts";
 *
 * const log = textLog({ file: "train.txt", bytes: new TextEncoder().encode("0 4 5 6\n1 4\n") });
 * const { users } = await log.read({ users: idTable(), items: idTable() });
 * assert.deepEqual([log.numbered, users], [true, Int32Array.of(0, 0, 0, 1)]);
 * ```
 */
export function textLog(source: Source, options: TextOptions = {}, known?: Format): TextLog {
  const text = textSource(source), format = known ?? formatOf(text, options.format);
  return {
    format,
    file: source.file,
    numbered: format.numbered,
    usersOfTheirOwn: format.usersOfTheirOwn === true,
    read: (ids) => readRows(format, text, ids, options),
  };
}
