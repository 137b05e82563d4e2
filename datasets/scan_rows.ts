import { type Dialect, eachRow, type Fields, fieldText } from "./fields.ts";
import { InputError } from "./input_error.ts";
import { parseNumber, parseTime } from "./numbers.ts";
import type { IdTables, Rows } from "./rows.ts";
import { countLines, type Source } from "./source.ts";

/** Which field, from 0, holds what. */
export interface FieldNumbers {
  readonly user: number;
  readonly item: number;
  readonly rating?: number | undefined;
  readonly time?: number | undefined;
}

export interface Layout extends Dialect {
  readonly fields: FieldNumbers;
  /** Rows to leave out at the top: 1 where the first is a header. */
  readonly skip: number;
}

/**
 * Reads a file of one interaction a row.
 *
 * @throws InputError naming file and line where a row is short, an id is empty, or a rating or time is not a number.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { idTable } from "./id_table.ts";
 * import { scanRows } from "./scan_rows.ts";
 *
 * const ids = { users: idTable(), items: idTable() };
 * const source = { file: "u.data", bytes: new TextEncoder().encode("196\t242\t3\n22\t242\t1") };
 * const layout = { delimiter: "\t", quotes: false, skip: 0, fields: { user: 0, item: 1, rating: 2 } };
 * const rows = scanRows(source, layout, ids);
 * assert.deepEqual([rows.users, rows.items], [Int32Array.of(0, 1), Int32Array.of(0, 0)]);
 * assert.deepEqual(rows.ratings, Float32Array.of(3, 1));
 * ```
 */
export function scanRows(source: Source, layout: Layout, ids: IdTables): Rows {
  const { user, item, rating, time } = layout.fields, capacity = countLines(source.bytes) + 1;
  const needed = Math.max(user, item, rating ?? 0, time ?? 0) + 1;
  const users = new Int32Array(capacity), items = new Int32Array(capacity);
  const ratings = rating === undefined ? undefined : new Float32Array(capacity);
  const times = time === undefined ? undefined : new Float64Array(capacity);
  const { file } = source;
  let count = 0, skip = layout.skip;

  const id = (row: Fields, field: number, what: "user" | "item") => {
    const start = row.starts[field]!, stop = row.stops[field]!;
    if (start === stop) throw new InputError(`its ${what} (column ${field + 1}) is empty`, file, row.line);
    return ids[what === "user" ? "users" : "items"].add(row.buffers[field]!, start, stop);
  };
  const number = (row: Fields, field: number, what: string, parse: typeof parseNumber) => {
    const value = parse(row.buffers[field]!, row.starts[field]!, row.stops[field]!);
    if (value === value) return value;
    const found = `its ${what} (column ${field + 1}) is "${fieldText(row, field)}"`;
    throw new InputError(`${found}: a ${what} is a number`, file, row.line);
  };

  eachRow(source, layout, (row) => {
    if (skip > 0) {
      skip--;
      return;
    }
    if (row.count < needed) {
      throw new InputError(`it has ${row.count} columns where ${needed} are read`, file, row.line);
    }
    users[count] = id(row, user, "user");
    items[count] = id(row, item, "item");
    if (ratings) ratings[count] = number(row, rating!, "rating", parseNumber);
    if (times) times[count] = number(row, time!, "time", parseTime);
    count++;
  });
  if (count === 0) throw new InputError("it has no interactions", file);
  return {
    users: users.slice(0, count),
    items: items.slice(0, count),
    ...(ratings && { ratings: ratings.slice(0, count) }),
    ...(times && { times: times.slice(0, count) }),
    notes: [],
  };
}
