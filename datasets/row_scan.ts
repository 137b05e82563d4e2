import type { Dialect } from "./fields.ts";
import type { Scan } from "./format.ts";
import { parseNumber, parseTime, TIME } from "./numbers.ts";
import type { IdTables } from "./rows.ts";
import { tableScan } from "./scan_table.ts";

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
  /** Fields that a row has at most. */
  readonly width?: number;
  /** How a row is written, where no header says it: for messages. */
  readonly row?: string;
}

/**
 * Reads a file of one interaction a row, piece by piece.
 *
 * @throws InputError naming file and line where a row is short, an id is empty, or a rating or time is not a number.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { idTable } from "./id_table.ts";
 * import { rowScan } from "./row_scan.ts";
 *
 * const ids = { users: idTable(), items: idTable() };
 * const layout = { delimiter: "\t", quotes: false, skip: 0, fields: { user: 0, item: 1, rating: 2 } };
 * const scan = rowScan("u.data", layout, ids);
 * scan.take({ file: "u.data", bytes: new TextEncoder().encode("196\t242\t3\n22\t242\t1") });
 * const rows = scan.end();
 * assert.deepEqual([rows.users, rows.items], [Int32Array.of(0, 1), Int32Array.of(0, 0)]);
 * assert.deepEqual(rows.ratings, Float32Array.of(3, 1));
 * ```
 */
export function rowScan(
  file: string,
  { fields, ...layout }: Layout,
  ids: IdTables,
  notes: readonly string[] = [],
): Scan {
  const { user, item, rating, time } = fields;
  const scan = tableScan(file, {
    ...layout,
    holds: "interactions",
    ids: [{ field: user, what: "user", table: ids.users }, { field: item, what: "item", table: ids.items }],
    numbers: {
      rating: { field: rating, parse: parseNumber, single: true },
      time: { field: time, parse: parseTime, takes: TIME },
    },
  });
  return {
    take: scan.take,
    end() {
      const { ids: [users, items], numbers } = scan.end();
      return {
        users: users!,
        items: items!,
        ...(numbers.rating && { ratings: numbers.rating as Float32Array }),
        ...(numbers.time && { times: numbers.time as Float64Array }),
        notes,
      };
    },
  };
}
