import { dot } from "../random/dpp/dot.ts";

/**
 * Factors a symmetric positive definite matrix A = L L^T (Cholesky; Golub & Van Loan, Matrix Computations, 4.2.5). Of
 * `a` [.., stride], rows 0 to n - 1, the lower triangle is read and becomes L.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { factorise, solve } from "./solve.ts";
 *
 * const a = Float64Array.of(4, 0, 2, 5), x = Float64Array.of(8, 14); // [[4, 2], [2, 5]]
 * factorise(a, 2, 2);
 * assert.deepEqual([...solve(a, 2, 2, x)], [0.75, 2.5]);
 * ```
 */
export function factorise(a: Float64Array, n: number, stride: number): void {
  for (let r = 0; r < n; r++) {
    const row = r * stride;
    for (let c = 0; c < r; c++) a[row + c] = (a[row + c]! - dot(a, row, a, c * stride, c)) / a[c * stride + c]!;
    a[row + r] = Math.sqrt(a[row + r]! - dot(a, row, a, row, r));
  }
}

/** Solves L L^T x = b, L as {@link factorise} left it; `x` [n] holds b before and the solution after. */
export function solve(l: Float64Array, n: number, stride: number, x: Float64Array): Float64Array {
  for (let r = 0; r < n; r++) x[r] = (x[r]! - dot(l, r * stride, x, 0, r)) / l[r * stride + r]!;
  for (let r = n - 1; r >= 0; r--) {
    x[r]! /= l[r * stride + r]!;
    for (let c = 0; c < r; c++) x[c]! -= l[r * stride + c]! * x[r]!;
  }
  return x;
}
