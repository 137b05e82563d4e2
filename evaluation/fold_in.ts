import { gram } from "./gram.ts";
import { solveRow } from "./solve_row.ts";
import { checkId, countOf, type Vectors } from "./vectors.ts";

export interface FoldInOptions {
  /** Weight of an item that was not met, above 0; one that was weighs 1. */
  readonly c0: number;
  /** Decay, above 0, in units of the mean squared length of the items' vectors: those of one model are longer than of another. */
  readonly l2: number;
  /**
   * Given where the last coordinate of items is a bias: the length that the vector without its last coordinate, 1, is
   * brought to. Biases are left out of the squares, which would have to make up for how popular each item is.
   */
  readonly lengthBesideBias?: number;
}

/**
 * Vectors for users whom training did not know, out of what they met and the vectors q_i of items, which are held: a half
 * step of implicit alternating least squares (Hu, Koren & Volinsky, ICDM 2008, eq. 4; here as in {@link ials}), the least of
 *
 *     sum_(i met) (1 - p . q_i)^2 + c0 sum_(j not met) (p . q_j)^2 + l2 s |p|^2,  s = mean_i |q_i|^2,
 *
 * p = (c0 Q'Q + l2 s I + (1 - c0) Q_m' Q_m)^-1 Q_m' 1 with Q_m the vectors of what was met. Nothing is drawn.
 *
 * @returns a user's vector [width] by what was met; zeros by nothing, or by what has no vector.
 * @throws RangeError where an option means nothing or elements make no whole number of vectors, and by the function that it
 * returns where no item has an id.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { openFoldIn } from "./fold_in.ts";
 *
 * const items = { data: Float32Array.of(1, 0, 0, 1), width: 2 }; // s = 1, Q'Q = I
 * const fold = openFoldIn(items, { c0: 0.5, l2: 1 });
 * assert.deepEqual([...fold([0])], [0.5, 0]); // (0.5 + 1 + 0.5) p = 1
 * ```
 */
export function openFoldIn(
  { data, width }: Vectors,
  { c0, l2, lengthBesideBias }: FoldInOptions,
): (met: Iterable<number>) => Float32Array {
  if (!(c0 > 0 && c0 <= 1 && l2 > 0)) {
    throw new RangeError(`Cannot fold in: c0 is above 0 and at most 1, l2 above 0, found ${c0} and ${l2}`);
  }
  const biased = lengthBesideBias !== undefined, dim = biased ? width - 1 : width, count = countOf({ data, width });
  const q = new Float64Array(count * dim), a = new Float64Array(dim * dim);
  for (let item = 0; item < count; item++) q.set(data.subarray(item * width, item * width + dim), item * dim);
  const base = gram(q, count, dim), squares = Array.from({ length: dim }, (_, d) => base[d * (dim + 1)]!);
  const decay = l2 * (squares.reduce((sum, each) => sum + each, 0) / count || 1);
  for (let at = 0; at < base.length; at++) base[at]! *= c0;
  for (let d = 0; d < dim; d++) base[d * (dim + 1)]! += decay;
  return (met) => {
    const p = new Float64Array(dim), ids = [...new Set(met)];
    for (const id of ids) checkId(id, count);
    solveRow({ y: q, dim, c0, base }, ids, p, a);
    if (!biased) return Float32Array.from(p);
    const length = Math.hypot(...p), scale = length > 0 ? lengthBesideBias / length : 0;
    return Float32Array.from({ length: width }, (_, d) => d < dim ? scale * p[d]! : 1);
  };
}

/**
 * The root mean square length of vectors without their last coordinate.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { lengthBesideBias } from "./fold_in.ts";
 *
 * assert.equal(lengthBesideBias({ data: Float32Array.of(0, 1, 9, 0, 7, 9), width: 3 }), 5); // the root of (1 + 49) / 2
 * ```
 */
export function lengthBesideBias({ data, width }: Vectors): number {
  let sum = 0;
  for (let at = 0; at < data.length; at++) if (at % width < width - 1) sum += data[at]! ** 2;
  return Math.sqrt(sum / (data.length / width));
}
