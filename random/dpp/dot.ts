/**
 * The inner product of `count` numbers of `a` from place `i` on and as many of `b` from place `j` on. Two sums, as one
 * would wait for itself.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { dot } from "./dot.ts";
 *
 * const a = Float64Array.of(1, 2, 3, 4, 5);
 * assert.equal(dot(a, 0, a, 2, 3), 3 + 8 + 15);
 * ```
 */
export function dot(a: Float64Array, i: number, b: Float64Array, j: number, count: number): number {
  let even = 0, odd = 0;
  const last = i + count - 1;
  for (; i < last; i += 2, j += 2) {
    even += a[i]! * b[j]!;
    odd += a[i + 1]! * b[j + 1]!;
  }
  return i === last ? even + a[i]! * b[j]! + odd : even + odd;
}
