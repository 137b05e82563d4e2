// DuckDB reads files of many kinds and runs SQL over them. Heavy and native, so it is fetched when it is first asked for:
// its name is put together at run time, or Deno would fetch it with the library.
import { columnsByName, readNotes } from "./columns.ts";
import type { ParseOptions } from "./format.ts";
import { InputError } from "./input_error.ts";
import type { Log } from "./log.ts";
import { type Query, quotedName } from "./query.ts";
import type { IdTables, Rows } from "./rows.ts";
import { valueRows } from "./value_rows.ts";

const PACKAGE = ["npm:@duckdb/node-api", "1.5.5-r.5"].join("@");

/** What is used of it. */
interface DuckDb {
  readonly DuckDBInstance: { create(path: string, options?: Readonly<Record<string, string>>): Promise<Instance> };
}
interface Instance {
  connect(): Promise<Connection>;
  closeSync(): void;
}
interface Connection {
  stream(sql: string): Promise<Answer>;
  closeSync(): void;
}
interface Answer {
  columnNames(): readonly string[];
  fetchChunk(): Promise<Chunk | null>;
}
interface Chunk {
  readonly rowCount: number;
  getColumnValues(column: number): readonly unknown[];
}

/** Whether bytes begin as a DuckDB database does: behind a checksum, "DUCK". */
export const isDuckDb = (bytes: Uint8Array): boolean =>
  [0x44, 0x55, 0x43, 0x4b].every((byte, at) => bytes[8 + at] === byte);

/**
 * What a query answers by DuckDB, as a log: of the files that it names (`select ... from 'plays.parquet'`), or of a
 * database, which is opened to be read alone. Rows are read by chunks, not gathered first.
 *
 * @param path of the database; undefined where the query names files.
 * @throws InputError (from `read`) where the query is wrong, or a value is none; Error where DuckDB cannot be had.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { duckDbLog } from "./duckdb_log.ts";
 *
 * const log = duckDbLog(undefined, { sql: "select user, item from 'plays.parquet'" }, {});
 * assert.equal(log.file, "select user, item from 'plays.parquet'"); // what errors call it; nothing is read so far
 * ```
 */
export function duckDbLog(path: string | undefined, { sql, table }: Query, { columns = {} }: ParseOptions): Log {
  const query = sql ?? (table === undefined ? undefined : `select * from ${quotedName(table)}`),
    file = path ?? query ?? "";
  return {
    file,
    numbered: false,
    usersOfTheirOwn: false,
    async read(ids) {
      if (query === undefined) {
        throw new InputError('which interactions? Say --table, or --sql "select user, item from ..."', file);
      }
      const { DuckDBInstance } = await load();
      let instance: Instance | undefined, connection: Connection | undefined;
      try {
        instance = await DuckDBInstance.create(
          path ?? ":memory:",
          path === undefined ? {} : { access_mode: "READ_ONLY" },
        );
        connection = await instance.connect();
        return await rowsOf(await connection.stream(query), file, columns, ids);
      } catch (error) {
        if (error instanceof InputError) throw error;
        const said = (error as Error).message.replace(/^Failed to extract statements: /, "").replaceAll(
          /\s*\n\s*/g,
          " ",
        );
        throw new InputError(`DuckDB says: ${said}`, file);
      } finally {
        connection?.closeSync();
        instance?.closeSync();
      }
    },
  };
}

async function rowsOf(
  answer: Answer,
  file: string,
  choices: NonNullable<ParseOptions["columns"]>,
  ids: IdTables,
): Promise<Rows> {
  const header = answer.columnNames(), fields = columnsByName(header, choices, file, null);
  const { user, item, rating, time } = fields, notes = readNotes(header, fields);
  const rows = valueRows(file, ids, { rating: rating !== undefined, time: time !== undefined }, "row", notes);
  for (let before = 0;;) {
    const chunk = await answer.fetchChunk();
    if (!chunk || chunk.rowCount === 0) return rows.end();
    const values = (column: number | undefined) => column === undefined ? [] : chunk.getColumnValues(column);
    const [users, items, ratings, times] = [values(user), values(item), values(rating), values(time)];
    for (let row = 0; row < chunk.rowCount; row++) {
      rows.push(plain(users[row]), plain(items[row]), plain(ratings[row]), plain(times[row]), before + row + 1);
    }
    before += chunk.rowCount;
  }
}

/** DuckDB's own values as plain ones: times in seconds, decimals as numbers, UUIDs as text; others as they are. */
function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const found = value as Readonly<Record<string, unknown>>;
  switch (value.constructor.name) {
    case "DuckDBTimestampValue":
    case "DuckDBTimestampTZValue":
      return Number(found.micros) / 1e6;
    case "DuckDBTimestampSecondsValue":
      return Number(found.seconds);
    case "DuckDBTimestampMillisecondsValue":
      return Number(found.millis) / 1e3;
    case "DuckDBTimestampNanosecondsValue":
      return Number(found.nanos) / 1e9;
    case "DuckDBDateValue":
      return Number(found.days) * 86400;
    case "DuckDBDecimalValue":
      return Number(String(value));
    case "DuckDBUUIDValue":
      return String(value);
    default:
      return value;
  }
}

async function load(): Promise<DuckDb> {
  try {
    return await import(PACKAGE);
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n")[0] : `${error}`;
    throw new Error(
      `Cannot run SQL by DuckDB: "${PACKAGE}" cannot be loaded (${why}); it takes --allow-ffi and, the first time, a network`,
      { cause: error },
    );
  }
}
