import { Rotations, TOGETHER } from "./rotations.ts";
import { scratch } from "./scratch.ts";
import { reflect, type Tridiagonal, tridiagonalise } from "./tridiagonal.ts";

/** A = V diag(values) V^T. */
export interface Eigen {
  readonly values: Float64Array; // [n], in no order
  /** The eigenvectors of some values, by their places, as rows: O(n^2) each. Valid until the next call. */
  vectors(places: Int32Array): Float64Array; // [places, n]
}

const values = scratch(),
  offDiagonals = scratch(),
  vectors = scratch(),
  buffers = scratch(),
  rotations = new Rotations();

/**
 * Eigenvalues of a symmetric matrix, and those eigenvectors that are asked for: Householder's tridiagonal form, then the
 * implicit QL algorithm with Wilkinson's shift (Golub & Van Loan, Matrix Computations, 8.3). Its rotations are not
 * accumulated but kept: applied backwards to a unit vector they give its eigenvector, to machine precision, and only k
 * of n are needed. Only the lower triangle of `a` [n, n] is read. It is overwritten, and must stay as it is for
 * `vectors`; what is returned is valid until the next call.
 *
 * Our own, as ml-matrix 6.12 always computes all vectors, allocates for each matrix, and takes more than twice as long.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { symmetricEigen } from "./eigen.ts";
 *
 * const { values, vectors } = symmetricEigen(Float64Array.of(2, 0, 1, 2), 2); // [[2, 1], [1, 2]]
 * const [x, y] = vectors(Int32Array.of(values.findIndex((value) => value > 2)));
 * assert.equal(Math.max(...values).toFixed(9), "3.000000000");
 * assert.equal((x! / y!).toFixed(9), "1.000000000");
 * ```
 */
export function symmetricEigen(a: Float64Array, n: number): Eigen {
  const t: Tridiagonal = { diagonal: values(n), offDiagonal: offDiagonals(n) };
  tridiagonalise(a, n, t, buffers(n + 1));
  diagonalise(t, rotations);
  return {
    values: t.diagonal,
    vectors(places) {
      const rows = vectors(Math.ceil(places.length / TOGETHER) * TOGETHER * n).fill(0);
      places.forEach((place, row) => rows[row * n + place] = 1);
      return reflect(a, n, rotations.undo(rows, n)).subarray(0, places.length * n);
    },
  };
}

/** Sweeps until nothing is beside the diagonal of T. */
function diagonalise({ diagonal: d, offDiagonal: e }: Tridiagonal, rotations: Rotations): void {
  const n = d.length;
  let norm = 0;
  for (let i = 0; i < n; i++) norm = Math.max(norm, Math.abs(d[i]!) + Math.abs(e[i]!));
  const negligible = Number.EPSILON * norm;
  rotations.clear();
  for (let first = 0; first < n; first++) {
    for (;;) {
      let last = first;
      while (last < n - 1 && Math.abs(e[last]!) > negligible) last++;
      if (last === first) break;
      sweep(d, e, first, last, rotations);
    }
  }
}

/** One QL step on rows `first` to `last` of T, by rotations of rows i and i + 1 for i from last - 1 down to first. */
function sweep(d: Float64Array, e: Float64Array, first: number, last: number, rotations: Rotations): void {
  const slope = (d[first + 1]! - d[first]!) / (2 * e[first]!), root = Math.sqrt(slope * slope + 1);
  const shift = d[first]! - e[first]! / (slope + (slope < 0 ? -root : root)); // Wilkinson's
  const at = rotations.begin(first, last), { cosines, sines } = rotations;
  let g = d[last]! - shift, c = 1, s = 1, p = 0;
  for (let i = last - 1; i >= first; i--) {
    const f = s * e[i]!, b = c * e[i]!, r = Math.sqrt(f * f + g * g);
    e[i + 1] = r;
    const inverse = r === 0 ? 0 : 1 / r;
    s = f * inverse;
    c = r === 0 ? 1 : g * inverse;
    g = d[i + 1]! - p;
    const t = (d[i]! - g) * s + 2 * c * b;
    p = s * t;
    d[i + 1] = g + p;
    g = c * t - b;
    cosines[at + i - first] = c;
    sines[at + i - first] = s;
  }
  d[first]! -= p;
  e[first] = g;
  e[last] = 0;
}
