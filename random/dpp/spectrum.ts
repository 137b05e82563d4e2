import { symmetricEigen } from "./eigen.ts";
import { innerProducts } from "./inner_products.ts";
import type { OpenKernel } from "./kernel.ts";
import { scratch } from "./scratch.ts";

/** The share of the largest eigenvalue below which one is rounding: such directions hold nothing to draw. */
const NUMERICALLY_ZERO = 1e-12;

/** The positive eigenvalues of a kernel and a way to its eigenvectors. */
export interface Spectrum {
  readonly values: Float64Array; // [rank], above 0
  /** The eigenvectors of some eigenvalues as columns. */
  eigenvectors(chosen: Int32Array): Float64Array; // [m, chosen.length]
}

const matrices = scratch(), turned = scratch(), positives = scratch(), vectors = scratch();

/**
 * The eigenvalues of K = B B^T, by the smaller of B B^T [m, m] and the dual B^T B [D, D], whose eigenvectors c give those
 * of K as B c / sqrt(lambda) (Kulesza & Taskar, 2012, 3.3). Valid until the next call.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { openKernel } from "./kernel.ts";
 * import { spectrum } from "./spectrum.ts";
 *
 * const features = Float32Array.of(1, 1, 2); // three slots of width 1
 * const { values, eigenvectors } = spectrum(openKernel({ features, width: 1, quality: Float32Array.of(1, 1, 1) }));
 * assert.deepEqual([...values], [6]);
 * assert.equal(Math.abs(eigenvectors(Int32Array.of(0))[2]!).toFixed(6), (2 / Math.sqrt(6)).toFixed(6));
 * ```
 */
export function spectrum(kernel: OpenKernel): Spectrum {
  const { size: m, width: D, rows } = kernel, dual = rows !== undefined && D < m, n = dual ? D : m;
  const a = matrices(n * n);
  if (dual) {
    const columns = transposed(rows, m, D, turned(m * D));
    innerProducts(columns, D, columns, D, m, a, true);
  } else kernel.matrix(a);
  const eigen = symmetricEigen(a, n), places = new Int32Array(n);
  let largest = 0, rank = 0;
  for (let j = 0; j < n; j++) largest = Math.max(largest, eigen.values[j]!);
  for (let j = 0; j < n; j++) if (eigen.values[j]! > NUMERICALLY_ZERO * largest) places[rank++] = j;
  const values = positives(rank);
  for (let j = 0; j < rank; j++) values[j] = eigen.values[places[j]!]!;
  return {
    values,
    eigenvectors(chosen) {
      const k = chosen.length, c = eigen.vectors(chosen.map((at) => places[at]!)); // [k, n]
      if (!dual) return transposed(c, k, n, vectors(m * k));
      for (let at = 0; at < k; at++) {
        const scale = 1 / Math.sqrt(values[chosen[at]!]!);
        for (let d = at * D; d < (at + 1) * D; d++) c[d]! *= scale;
      }
      return innerProducts(rows, m, c, k, D, vectors(m * k));
    },
  };
}

/** [m, n] to [n, m]. */
function transposed(rows: Float64Array, m: number, n: number, into: Float64Array): Float64Array {
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) into[j * m + i] = rows[i * n + j]!;
  return into;
}
