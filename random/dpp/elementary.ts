import type { Rng } from "../rng.ts";

/**
 * Ratios r_l = e_l / e_(l-1) of elementary symmetric polynomials of the first j of `values` (> 0), for l = 1 .. k, as rows
 * j = 0 .. n of `into`. From e_l^(j) = e_l^(j-1) + x_j e_(l-1)^(j-1) (Kulesza & Taskar, 2012, algorithm 7) follows
 *
 *   r_1^(j) = r_1^(j-1) + x_j,  r_l^(j) = r_(l-1)^(j-1) (r_l^(j-1) + x_j) / (r_(l-1)^(j-1) + x_j),
 *
 * where no term overflows or vanishes, however many values there are: the polynomials themselves do both.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { elementaryRatios } from "./elementary.ts";
 *
 * const ratios = elementaryRatios(Float64Array.of(1, 2, 3), 3, new Float64Array(4 * 3));
 * assert.deepEqual([...ratios.subarray(9)].map((x) => x.toFixed(9)), [6, 11 / 6, 6 / 11].map((x) => x.toFixed(9)));
 * ```
 */
export function elementaryRatios(values: Float64Array, k: number, into: Float64Array): Float64Array {
  into.fill(0, 0, k);
  if (k === 0) return into;
  for (let j = 0; j < values.length; j++) {
    const x = values[j]!, row = j * k;
    let below = into[row]!;
    into[row + k] = below + x;
    for (let l = row + 1; l < row + k; l++) {
      const ratio = into[l]!;
      into[l + k] = below * (ratio + x) / (below + x);
      below = ratio;
    }
  }
  return into;
}

/**
 * Which eigenvectors a k-DPP takes: each set J of k with probability prod_J x / e_k (Kulesza & Taskar, 2012, algorithm 8).
 * Fills `into` [k] with places in `values`, given their {@link elementaryRatios}.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { chooseEigenvectors, elementaryRatios } from "./elementary.ts";
 * import { Rng } from "../rng.ts";
 *
 * const values = Float64Array.of(1, 2, 3), ratios = elementaryRatios(values, 3, new Float64Array(12));
 * assert.deepEqual([...chooseEigenvectors(values, ratios, new Rng(1, "dpp"), new Int32Array(3))], [2, 1, 0]);
 * ```
 */
export function chooseEigenvectors(values: Float64Array, ratios: Float64Array, rng: Rng, into: Int32Array): Int32Array {
  const k = into.length;
  let wanted = k;
  for (let j = values.length; wanted > 0; j--) {
    const x = values[j - 1]!, ratio = ratios[(j - 1) * k + wanted - 1]!; // 0 where only j - 1 < l are left: taken for sure
    // x e_(l-1)^(j-1) / e_l^(j) = x / (r_l^(j-1) + x)
    if (rng.uniform() * (ratio + x) < x) into[k - wanted--] = j - 1;
  }
  return into;
}
