import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";
import { columnsByName, namesOf, quoted, readNotes } from "./columns.ts";
import type { ParseOptions } from "./format.ts";
import { InputError } from "./input_error.ts";
import type { Log } from "./log.ts";
import { type Query, quotedName } from "./query.ts";
import type { IdTables, Rows } from "./rows.ts";
import { valueRows } from "./value_rows.ts";

const MAGIC = new TextEncoder().encode("SQLite format 3\0");

/** Whether bytes begin as an SQLite database does. */
export const isSqlite = (bytes: Uint8Array): boolean => MAGIC.every((byte, at) => bytes[at] === byte);

/**
 * What a query of an SQLite database answers, as a log: the database is opened to be read alone, and rows are read one
 * after the other. Columns are found by their common names, as in a header.
 *
 * @param query default: the one table or view that has a user and an item column.
 * @throws InputError (from `read`) where the query is wrong, no table is one of interactions, or a value is none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { DatabaseSync } from "node:sqlite";
 * import { idTable } from "./id_table.ts";
 * import { sqliteLog } from "./sqlite_log.ts";
 *
 * const path = await Deno.makeTempFile({ suffix: ".sqlite" }), database = new DatabaseSync(path);
 * database.exec("create table plays (user text, song int); insert into plays values ('ann', 7), ('bob', 8)");
 * database.close();
 * const ids = { users: idTable(), items: idTable() };
 * const { users } = await sqliteLog(path, { sql: "select user, song as item from plays where song > 7" }, {}).read(ids);
 * assert.deepEqual([users.length, ids.users.names(), ids.items.names()], [1, ["bob"], ["8"]]);
 * await Deno.remove(path);
 * ```
 */
export function sqliteLog(path: string, query: Query, { columns = {} }: ParseOptions): Log {
  return {
    file: path,
    numbered: false,
    usersOfTheirOwn: false,
    async read(ids) {
      const { DatabaseSync } = await import("node:sqlite");
      let database: DatabaseSync | undefined;
      try {
        database = new DatabaseSync(path, { readOnly: true });
        return rowsOf(database, path, query.sql ?? selectAll(database, path, query, columns), columns, ids);
      } catch (error) {
        if (error instanceof InputError) throw error;
        throw new InputError(`SQLite says: ${(error as Error).message}`, path);
      } finally {
        database?.close();
      }
    },
  };
}

type Choices = NonNullable<ParseOptions["columns"]>;

function rowsOf(database: DatabaseSync, path: string, sql: string, choices: Choices, ids: IdTables): Rows {
  // it would end at the first of several, and says "not an error" of none
  const statement = /\S/.test(sql) ? database.prepare(sql) : undefined, header = statement?.columns() ?? [];
  if (!statement || header.length === 0) throw new InputError(`"${sql}" answers no rows: a query selects them`, path);
  statement.setReadBigInts(true); // ids may be larger than 2^53
  const names = header.map(({ name }) => name), { user, item, rating, time } = namesOf(names, choices, path);
  const notes = readNotes(names, columnsByName(names, choices, path, null));
  const rows = valueRows(path, ids, { rating: rating !== undefined, time: time !== undefined }, "row", notes);
  let row = 0;
  for (const cells of allRows(database, statement, names)) {
    rows.push(cells[user], cells[item], cells[rating ?? user], cells[time ?? user], ++row);
  }
  return rows.end();
}

/**
 * The rows that a query answers. Deno's iterator ends at a row that fails, as if there were no more: that none does is
 * asked first, of a query that counts what this one answers. What can be no part of another query is held whole.
 *
 * @throws Error where a row fails, in the words of SQLite.
 */
function allRows(database: DatabaseSync, statement: StatementSync, names: readonly string[]): Iterable<Cells> {
  const counts = names.map((name) => `count(${quotedName(name)})`).join(", ");
  let counting: StatementSync;
  try {
    counting = database.prepare(`select ${counts} from (\n${statement.sourceSQL.replace(/;\s*$/, "")}\n)`);
  } catch {
    return statement.all();
  }
  counting.get();
  return statement.iterate();
}

type Cells = Record<string, SQLOutputValue>;

/** A query of the table asked for, or of the only one of interactions. */
function selectAll(database: DatabaseSync, path: string, { table }: Query, choices: Choices): string {
  const found = database.prepare("select name from sqlite_schema where type in ('table', 'view') order by name").all();
  const tables = found.map(({ name }) => String(name)).filter((name) => !name.startsWith("sqlite_"));
  if (table !== undefined) {
    if (tables.includes(table)) return `select * from ${quotedName(table)}`;
    throw new InputError(`no table "${table}" among ${quoted(tables)}`, path);
  }
  const fit = tables.filter((name) => {
    const header = database.prepare(`select * from ${quotedName(name)}`).columns().map((column) => column.name);
    try {
      return namesOf(header, choices, path).user !== undefined;
    } catch {
      return false;
    }
  });
  if (fit.length === 1) return `select * from ${quotedName(fit[0]!)}`;
  const which = fit.length === 0
    ? `no table has a user and an item column among ${quoted(tables)}`
    : `tables ${quoted(fit)} have them`;
  throw new InputError(`which interactions? ${which}; say --table, or --sql "select user, item from ..."`, path);
}
