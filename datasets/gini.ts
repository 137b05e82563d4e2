/**
 * The Gini coefficient of counts (Gini 1912), from 0 where all are equal to almost 1 where one has everything; 0 where
 * there is nothing to share.
 *
 * @param ascending counts, sorted.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { gini } from "./gini.ts";
 *
 * assert.equal(gini(Int32Array.of(2, 2)), 0);
 * assert.equal(gini(Int32Array.of(0, 0, 0, 8)), 0.75);
 * ```
 */
export function gini(ascending: Int32Array): number {
  const items = ascending.length, total = ascending.reduce((sum, count) => sum + count, 0);
  // sum_i (2 i - n - 1) c_(i) / (n sum c), i from 1
  const weighted = ascending.reduce((sum, count, at) => sum + (2 * (at + 1) - items - 1) * count, 0);
  return total > 0 ? weighted / (items * total) : 0;
}
