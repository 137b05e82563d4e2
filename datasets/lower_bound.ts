/**
 * The first position in [`low`, `high`) of an ascending array whose value is not below `bound`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { lowerBound } from "./lower_bound.ts";
 *
 * assert.equal(lowerBound(Int32Array.of(2, 4, 4, 7), 0, 4, 4), 1);
 * ```
 */
export function lowerBound(values: Int32Array, low: number, high: number, bound: number): number {
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
