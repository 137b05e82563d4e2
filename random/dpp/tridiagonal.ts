/** A symmetric tridiagonal matrix T. */
export interface Tridiagonal {
  readonly diagonal: Float64Array; // [n]
  readonly offDiagonal: Float64Array; // [n]: T_(i, i + 1) at i; the last is 0
}

/**
 * A = Q T Q^T with T tridiagonal, by Householder reflections (Golub & Van Loan, Matrix Computations, 8.3.1). Only the
 * lower triangle of `a` [n, n] is read. It is overwritten: the first i entries of row i become the v of H_i = I - v v^T,
 * and Q = H_(n-1) .. H_1. Q itself is not made; {@link reflect} multiplies by it.
 *
 * @param w any n + 1 numbers.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { tridiagonalise } from "./tridiagonal.ts";
 *
 * const a = Float64Array.of(2, 0, 0, 0, 5, 0, 3, 4, 7);
 * const t = { diagonal: new Float64Array(3), offDiagonal: new Float64Array(3) };
 * tridiagonalise(a, 3, t, new Float64Array(4));
 * assert.equal(Math.abs(t.offDiagonal[1]!).toFixed(9), "5.000000000"); // the length of (3, 4)
 * assert.equal(t.diagonal[2], 7);
 * ```
 */
export function tridiagonalise(a: Float64Array, n: number, t: Tridiagonal, w: Float64Array): void {
  for (let i = n - 1; i > 0; i--) {
    const x = i * n, last = x + i - 1, end = a[last]!;
    t.diagonal[i] = a[x + i]!;
    let rest = 0;
    for (let c = x; c < last; c++) rest += a[c]! * a[c]!;
    if (rest === 0) { // the row is as it should be: v = 0
      t.offDiagonal[i - 1] = end;
      a[last] = 0;
      continue;
    }
    // H_i x = (0, .., 0, alpha), |v|^2 = 2
    const length = Math.sqrt(rest + end * end), alpha = end > 0 ? -length : length;
    const scale = Math.SQRT2 / Math.sqrt(rest + (end - alpha) ** 2);
    t.offDiagonal[i - 1] = alpha;
    for (let c = x; c < last; c++) a[c]! *= scale;
    a[last] = (end - alpha) * scale;
    reflectBothSides(a, n, i, w);
  }
  if (n > 0) {
    t.diagonal[0] = a[0]!;
    t.offDiagonal[n - 1] = 0;
  }
}

/** The leading i x i block of A becomes H A H = A - v w^T - w v^T (H = H_i). Two rows at a time, to read v and w half as often. */
function reflectBothSides(a: Float64Array, n: number, i: number, w: Float64Array): void {
  const x = i * n;
  for (let r = 0; r < i; r += 2) { // w = A v, from the lower triangle
    const row = r * n, next = r + 1 < i ? row + n : x, v = a[x + r]!, u = r + 1 < i ? a[x + r + 1]! : 0;
    let sum = 0, sumNext = 0;
    for (let c = 0; c < r; c++) {
      const entry = a[row + c]!, entryNext = a[next + c]!, vc = a[x + c]!;
      sum += entry * vc;
      sumNext += entryNext * vc;
      w[c]! += entry * v + entryNext * u;
    }
    w[r] = sum + a[row + r]! * v + a[next + r]! * u;
    w[r + 1] = sumNext + a[next + r]! * v + a[next + r + 1]! * u;
  }
  let vw = 0;
  for (let r = 0; r < i; r++) vw += a[x + r]! * w[r]!;
  for (let r = 0; r < i; r++) w[r]! -= 0.5 * vw * a[x + r]!; // w = A v - v (v^T A v) / 2
  for (let r = 0; r < i; r += 2) {
    const row = r * n, v = a[x + r]!, y = w[r]!;
    if (r + 1 === i) {
      for (let c = 0; c <= r; c++) a[row + c]! -= v * w[c]! + y * a[x + c]!;
      break;
    }
    const next = row + n, u = a[x + r + 1]!, z = w[r + 1]!;
    for (let c = 0; c <= r; c++) {
      const wc = w[c]!, vc = a[x + c]!;
      a[row + c]! -= v * wc + y * vc;
      a[next + c]! -= u * wc + z * vc;
    }
    a[next + r + 1]! -= 2 * u * z;
  }
}

/**
 * Multiplies each row x of `rows` [k, n] by Q = H_(n-1) .. H_1, of the v that {@link tridiagonalise} left in `a`; k must be
 * a multiple of 4, which are taken at a time.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { reflect } from "./tridiagonal.ts";
 *
 * const a = Float64Array.of(0, 0, Math.SQRT2, 0); // v = (sqrt 2) of H_1, which negates the first coordinate
 * const rows = reflect(a, 2, Float64Array.of(3, 4, 1, 0, 0, 1, 0, 0));
 * assert.deepEqual([...rows].map(Math.round), [-3, 4, -1, 0, 0, 1, 0, 0]);
 * ```
 */
export function reflect(a: Float64Array, n: number, rows: Float64Array): Float64Array {
  for (let first = 0; first < rows.length; first += 4 * n) {
    for (let i = 1; i < n; i++) {
      const v = i * n;
      let along0 = 0, along1 = 0, along2 = 0, along3 = 0; // v x of each
      for (let c = 0, x = first; c < i; c++, x++) {
        const vc = a[v + c]!;
        along0 += vc * rows[x]!;
        along1 += vc * rows[x + n]!;
        along2 += vc * rows[x + 2 * n]!;
        along3 += vc * rows[x + 3 * n]!;
      }
      for (let c = 0, x = first; c < i; c++, x++) {
        const vc = a[v + c]!;
        rows[x]! -= along0 * vc;
        rows[x + n]! -= along1 * vc;
        rows[x + 2 * n]! -= along2 * vc;
        rows[x + 3 * n]! -= along3 * vc;
      }
    }
  }
  return rows;
}
