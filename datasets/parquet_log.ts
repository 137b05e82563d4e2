import type { AsyncBuffer, Compressors, FileMetaData } from "npm:hyparquet@1.31.5";
import { columnsByName, namesOf, readNotes } from "./columns.ts";
import type { ParseOptions } from "./format.ts";
import { InputError } from "./input_error.ts";
import type { Log } from "./log.ts";
import type { RandomAccess } from "./random_access.ts";
import type { IdTables, Rows } from "./rows.ts";
import { valueRows } from "./value_rows.ts";

const MAGIC = [0x50, 0x41, 0x52, 0x31], DAY = 86400;
/** What hyparquet unpacks by itself. */
const BUILT_IN: ReadonlySet<string> = new Set(["UNCOMPRESSED", "SNAPPY"]);

/** Whether bytes begin as Parquet does: "PAR1". */
export const isParquet = (bytes: Uint8Array): boolean => MAGIC.every((byte, at) => bytes[at] === byte);

/**
 * A Parquet file as a log: of each row group in turn only the columns that are read. Columns are found by their common
 * names, as in a header; timestamps and dates are seconds since 1970.
 *
 * @throws InputError (from `read`) where it is cut or broken, lacks a column, or a value is none; it names the row.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { idTable } from "./id_table.ts";
 * import { inMemory } from "./random_access.ts";
 * import { parquetLog } from "./parquet_log.ts";
 *
 * const cut = inMemory("plays.parquet", new TextEncoder().encode("PAR1, and nothing more"));
 * const read = parquetLog(cut, {}).read({ users: idTable(), items: idTable() });
 * await assert.rejects(read, /"plays.parquet": it does not read as Parquet/);
 * ```
 */
export function parquetLog(file: RandomAccess, { columns = {} }: ParseOptions): Log {
  const { file: name } = file;
  return {
    file: name,
    numbered: false,
    usersOfTheirOwn: false,
    async read(ids) {
      try {
        return await read(file, columns, ids);
      } catch (error) {
        if (error instanceof InputError) throw error;
        throw new InputError(`it does not read as Parquet (${(error as Error).message})`, name);
      }
    },
  };
}

async function read(
  file: RandomAccess,
  choices: NonNullable<ParseOptions["columns"]>,
  ids: IdTables,
): Promise<Rows> {
  const { parquetMetadataAsync, parquetScan, parquetSchema } = await import("npm:hyparquet@1.31.5");
  const buffer: AsyncBuffer = { byteLength: file.byteLength, slice: (start, end) => file.slice(start, end) };
  const metadata = await parquetMetadataAsync(buffer);
  const header = parquetSchema(metadata).children.map(({ element }) => element.name);
  const names = namesOf(header, choices, file.file), { user, item, rating, time } = names;
  const read = [...new Set([user, item, rating, time].filter((name) => name !== undefined))];
  const compressors = await compressorsFor(metadata);
  const scan = await parquetScan({
    ...{ file: buffer, metadata, columns: read },
    ...(compressors && { compressors }),
    parsers: {
      timestampFromMilliseconds: (time) => Number(time) / 1e3,
      timestampFromMicroseconds: (time) => Number(time) / 1e6,
      timestampFromNanoseconds: (time) => Number(time) / 1e9,
      dateFromDays: (days) => days * DAY,
    },
  });
  const notes = readNotes(header, columnsByName(header, choices, file.file, null));
  const rows = valueRows(file.file, ids, { rating: rating !== undefined, time: time !== undefined }, "row", notes);
  for (const { rowStart, rowEnd } of scan.ranges) {
    const read = (column: string | undefined) =>
      column === undefined ? Promise.resolve([]) : scan.readColumn({ column, rowStart, rowEnd });
    const [users, items, ratings, times] = await Promise.all([read(user), read(item), read(rating), read(time)]);
    for (let row = 0; row < rowEnd - rowStart; row++) {
      rows.push(users[row], items[row], ratings[row], times[row], rowStart + row + 1);
    }
  }
  return rows.end();
}

/** What unpacks its columns, fetched where hyparquet alone does not. */
async function compressorsFor({ row_groups }: FileMetaData): Promise<Compressors | undefined> {
  const codecs = row_groups.flatMap(({ columns }) =>
    columns.map(({ meta_data }) => meta_data?.codec ?? "UNCOMPRESSED")
  );
  if (codecs.every((codec) => BUILT_IN.has(codec))) return undefined;
  return (await import("npm:hyparquet-compressors@1.1.2")).compressors;
}
