/**
 * Inner products of each row of `a` [m, width] with each of `b` [n, width], into `into` [m, n]. Four at a time, so that a
 * number that was read is used twice. With `half`, `a` and `b` are the same and what is above the diagonal is left out.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { innerProducts } from "./inner_products.ts";
 *
 * const a = Float64Array.of(1, 2, 3, 4), b = Float64Array.of(1, 0, 0, 1, 1, 1); // [2, 2], [3, 2]
 * assert.deepEqual([...innerProducts(a, 2, b, 3, 2, new Float64Array(6))], [1, 2, 3, 3, 4, 7]);
 * ```
 */
export function innerProducts(
  a: Float64Array,
  m: number,
  b: Float64Array,
  n: number,
  width: number,
  into: Float64Array,
  half = false,
): Float64Array {
  for (let i = 0; i < m; i += 2) {
    const i1 = Math.min(i + 1, m - 1), a0 = i * width, a1 = i1 * width; // a last odd row is taken twice
    const columns = half ? i1 + 1 : n;
    for (let j = 0; j < columns; j += 2) {
      const j1 = Math.min(j + 1, n - 1), b0 = j * width, b1 = j1 * width;
      let s00 = 0, s01 = 0, s10 = 0, s11 = 0;
      for (let d = 0; d < width; d++) {
        const x0 = a[a0 + d]!, x1 = a[a1 + d]!, y0 = b[b0 + d]!, y1 = b[b1 + d]!;
        s00 += x0 * y0;
        s01 += x0 * y1;
        s10 += x1 * y0;
        s11 += x1 * y1;
      }
      into[i * n + j] = s00;
      into[i * n + j1] = s01;
      into[i1 * n + j] = s10;
      into[i1 * n + j1] = s11;
    }
  }
  return into;
}
