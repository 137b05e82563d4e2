import { innerProducts } from "../random/dpp/inner_products.ts";
import { factorise, solve } from "./solve.ts";

/** Rows that are swept at a time: their columns of all rows, 64 numbers each, are read as often. */
const BLOCK = 64;

/**
 * The inverse of a symmetric positive definite matrix, in its place: of `a` [n, n] the lower triangle is read, and becomes
 * that of the inverse. By sweeps of blocks of rows K (Goodnight, The American Statistician 1979), n^3 / 2 products:
 *
 *     A_RR <- A_RR - A_RK A_KK^-1 A_KR,  A_RK <- A_RK A_KK^-1,  A_KK <- -A_KK^-1,
 *
 * R all other rows, those swept before them included; once all are swept, A is less its inverse.
 *
 * @throws RangeError where the matrix is not positive definite.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { inverse } from "./inverse.ts";
 *
 * const a = Float64Array.of(4, 0, 2, 2); // [[4, 2], [2, 2]]
 * inverse(a, 2);
 * assert.deepEqual([a[0], a[2], a[3]], [0.5, -0.5, 1]);
 * ```
 */
export function inverse(a: Float64Array, n: number): void {
  const columns = new Float64Array(n * BLOCK), swept = new Float64Array(n * BLOCK);
  const products = new Float64Array(BLOCK * n), pivot = new Float64Array(BLOCK * BLOCK);
  for (let first = 0; first < n; first += BLOCK) {
    const width = Math.min(BLOCK, n - first), end = first + width;
    const lower = (i: number, j: number) => i >= j ? i * n + j : j * n + i;
    for (let i = 0; i < n; i++) { // A_RK, and no rows of K
      for (let k = 0; k < width; k++) columns[i * width + k] = i >= first && i < end ? 0 : a[lower(i, first + k)]!;
    }
    const whole = inverseOf(a, n, first, width, pivot); // A_KK^-1
    innerProducts(columns, n, whole, width, width, swept);
    for (let from = 0; from < n; from += BLOCK) {
      const rows = Math.min(BLOCK, n - from), to = from + rows;
      const some = swept.subarray(from * width, to * width);
      innerProducts(some, rows, columns, to, width, products);
      for (let i = 0; i < rows; i++) {
        for (let j = 0, row = (from + i) * n; j <= from + i; j++) a[row + j]! -= products[i * to + j]!;
      }
    }
    for (let i = 0; i < n; i++) {
      if (i >= first && i < end) continue;
      for (let k = 0; k < width; k++) a[lower(i, first + k)] = swept[i * width + k]!;
    }
    for (let i = 0; i < width; i++) {
      for (let k = 0; k <= i; k++) a[(first + i) * n + first + k] = -whole[i * width + k]!;
    }
  }
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) a[i * n + j] = -a[i * n + j]!;
}

/** The inverse of the block of `a` that begins at row and column `first`, whole, [width, width]. */
function inverseOf(a: Float64Array, n: number, first: number, width: number, into: Float64Array): Float64Array {
  const factor = new Float64Array(width * width), one = new Float64Array(width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) factor[i * width + j] = a[(first + i) * n + first + j]!;
  }
  factorise(factor, width, width);
  for (let i = 0; i < width; i++) {
    if (!(factor[i * width + i]! > 0)) {
      throw new RangeError(`Cannot invert: row ${first + i} is no positive definite one`);
    }
  }
  for (let i = 0; i < width; i++) {
    one.fill(0)[i] = 1;
    into.set(solve(factor, width, width, one), i * width);
  }
  return into.subarray(0, width * width);
}
