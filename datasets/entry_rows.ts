import type { Relation } from "./metadata.ts";

/**
 * The row that each entry of a relation belongs to.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { entryRows } from "./entry_rows.ts";
 *
 * assert.deepEqual(entryRows({ offsets: Int32Array.of(0, 2, 2, 3) }), Int32Array.of(0, 0, 2));
 * ```
 */
export function entryRows({ offsets }: Pick<Relation, "offsets">): Int32Array {
  const rows = new Int32Array(offsets.at(-1)!);
  for (let row = 0; row < offsets.length - 1; row++) rows.fill(row, offsets[row], offsets[row + 1]);
  return rows;
}
