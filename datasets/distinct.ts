/**
 * The different ids of a column, ascending. It takes a byte for each id there could be, whatever the column's length.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { distinct } from "./distinct.ts";
 *
 * assert.deepEqual(distinct(Int32Array.of(4, 0, 4)), Int32Array.of(0, 4));
 * ```
 */
export function distinct(column: Int32Array): Int32Array {
  let largest = -1, count = 0;
  for (const id of column) if (id > largest) largest = id;
  const met = new Uint8Array(largest + 1);
  for (const id of column) {
    count += 1 - met[id]!;
    met[id] = 1;
  }
  const ids = new Int32Array(count);
  for (let id = 0, at = 0; id <= largest; id++) if (met[id] === 1) ids[at++] = id;
  return ids;
}
