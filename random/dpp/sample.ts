import type { Rng } from "../rng.ts";
import { chooseEigenvectors, elementaryRatios } from "./elementary.ts";
import { fillSets } from "./fill_sets.ts";
import { type Kernel, openKernel } from "./kernel.ts";
import { drawProjection } from "./projection.ts";
import { scratch } from "./scratch.ts";
import { spectrum } from "./spectrum.ts";

const tables = scratch();

/**
 * Draws k of m slots from a k-DPP, exactly: each set S of k with probability det(K_S) / e_k, K_ab = q_a S_ab q_b (Kulesza
 * & Taskar, Determinantal point processes for machine learning, 2012, algorithm 8).
 *
 * det(K_S) is 0 for sets larger than the rank of K, which is at most the width of its features. The rank rule: k' =
 * min(k, rank), and ceil(k / k') sets of k' are drawn independently and follow each other, the last cut short. Within one
 * set slots are distinct. Where m <= k every slot is taken, in turns; where K is 0 all sets are equally likely.
 * Eigenvalues below 1e-12 of the largest are taken for 0: a slot whose quality is a millionth of another's may count for
 * nothing.
 *
 * With n = min(m, D), time is O(m n^2 + n^3) and O(m n k' + k'^3 log k') for each set.
 *
 * @param count how many independent draws.
 * @returns k slots, 0 to m - 1, for each draw, in random order; none where m is 0.
 * @throws {RangeError} where the kernel is not finite or its quality is negative.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { sampleKDpp } from "./sample.ts";
 * import { Rng } from "../rng.ts";
 *
 * const features = Float32Array.of(1, 0, 1, 0, 0, 1); // slots 0 and 1 are the same, hence never together
 * const slots = sampleKDpp({ features, width: 2, quality: Float32Array.of(1, 1, 1) }, 2, new Rng(1, "dpp"));
 * assert(slots.includes(2));
 * ```
 */
export function sampleKDpp(kernel: Kernel, k: number, rng: Rng, count = 1): Int32Array {
  const open = openKernel(kernel), { size: m } = open, slots = new Int32Array(m === 0 ? 0 : count * k);
  if (m <= k) return fillSets(slots, k, { size: m, rank: m }, rng, () => {});
  const { values, eigenvectors } = spectrum(open), rank = values.length, most = Math.min(k, rank);
  const ratios = elementaryRatios(values, most, tables((rank + 1) * most));
  const chosen = new Int32Array(most);
  let vectors: Float64Array | undefined;
  return fillSets(slots, k, { size: m, rank: most }, rng, (set) => {
    if (most < rank || !vectors) vectors = eigenvectors(chooseEigenvectors(values, ratios, rng, chosen));
    drawProjection(vectors, most, rng, set);
  });
}
