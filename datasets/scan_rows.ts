import type { Dialect } from "./fields.ts";
import { parseNumber, parseTime } from "./numbers.ts";
import type { IdTables, Rows } from "./rows.ts";
import { scanTable } from "./scan_table.ts";
import type { Source } from "./source.ts";

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
export function scanRows(source: Source, { fields, ...layout }: Layout, ids: IdTables): Rows {
  const { user, item, rating, time } = fields;
  const { ids: [users, items], numbers } = scanTable(source, {
    ...layout,
    holds: "interactions",
    ids: [{ field: user, what: "user", table: ids.users }, { field: item, what: "item", table: ids.items }],
    numbers: { rating: { field: rating, parse: parseNumber }, time: { field: time, parse: parseTime } },
  });
  return {
    users: users!,
    items: items!,
    ...(numbers.rating && { ratings: Float32Array.from(numbers.rating) }),
    ...(numbers.time && { times: numbers.time }),
    notes: [],
  };
}
