import type { Rng } from "../rng.ts";
import { CholeskyFactor } from "./cholesky.ts";
import { fillSets } from "./fill_sets.ts";
import { type Kernel, type OpenKernel, openKernel } from "./kernel.ts";
import { proportional } from "./proportional.ts";
import { scratch } from "./scratch.ts";

/** The share of K_jj that j must add to the determinant to be independent of S. */
const DEPENDENT = 1e-12;
const proposals = scratch(), residuals = scratch();

/**
 * Draws k of m slots approximately from a k-DPP, by a Markov chain that swaps slots: a uniform one of S leaves, and j
 * comes with probability proportional to det(K_(S + j)) (the down-up walk; Anari, Oveis Gharan & Rezaei, COLT 2016).
 * From a set S_0 it is within total variation `accuracy` after k (ln ln 1 / P(S_0) + ln 1 / (2 accuracy^2)) steps (Cryan,
 * Guo & Mousa, Annals of Probability 2021, theorem 1), and so many are made.
 *
 * j is proposed by K_jj and accepted by the share of it that is not in the span of S, so that time hardly depends on m:
 * it is less than that of {@link sampleKDpp} where a pool is large, most of all without features, and k well below the
 * rank. Close to that most proposals are refused, and exact draws are faster. The rank rule is theirs.
 *
 * @param count how many independent draws.
 * @throws {RangeError} where the kernel is not finite or its quality is negative.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { sampleKDppByChain } from "./chain.ts";
 * import { Rng } from "../rng.ts";
 *
 * const features = Float32Array.of(1, 0, 1, 0, 0, 1); // slots 0 and 1 are the same, hence never together
 * const slots = sampleKDppByChain({ features, width: 2, quality: Float32Array.of(1, 1, 1) }, 2, new Rng(1, "dpp"));
 * assert(slots.includes(2));
 * ```
 */
export function sampleKDppByChain(kernel: Kernel, k: number, rng: Rng, count = 1, accuracy = 0.05): Int32Array {
  const open = openKernel(kernel), { size: m, diagonal } = open, slots = new Int32Array(m === 0 ? 0 : count * k);
  if (m <= k) return fillSets(slots, k, { size: m, rank: m }, rng, () => {});
  const totals = proposals(m), factor = new CholeskyFactor(open, Math.min(k, open.width));
  diagonal.reduce((sum, x, slot) => totals[slot] = sum + x, 0);
  for (const slot of rng.shuffle(Int32Array.from({ length: m }, (_, slot) => slot))) {
    if (factor.size < factor.slots.length) tryToAdd(factor, slot, DEPENDENT * diagonal[slot]!);
  }
  const most = factor.size; // the rank where it is below k: what is left depends on S
  return fillSets(slots, k, { size: m, rank: most }, rng, (set) => {
    for (let left = stepsFrom(factor, totals[m - 1]!, accuracy); left > 0; left--) {
      const place = rng.below(most), slot = factor.slots[place]!;
      factor.remove(place);
      if (propose(factor, open, totals, rng) || scan(factor, open, rng)) continue;
      factor.add(slot, Math.max(factor.residual(slot), DEPENDENT * diagonal[slot]!)); // it stays
    }
    set.set(factor.slots.subarray(0, set.length)); // a uniform part: backwards in time, too, a uniform slot leaves
  });
}

/** k (ln ln 1 / P(S_0) + ln 1 / (2 accuracy^2)), with P(S_0) = det K_(S_0) / e_k >= det K_(S_0) k! / (tr K)^k. */
function stepsFrom(factor: CholeskyFactor, trace: number, accuracy: number): number {
  const k = factor.size;
  let surprise = -factor.logDeterminant();
  for (let l = 1; l <= k; l++) surprise += Math.log(trace / l);
  return Math.ceil(k * (Math.log(Math.max(1, surprise)) - Math.log(2 * accuracy ** 2)));
}

/** Adds a slot proposed by K_jj and accepted by its residual's share of that, if one is accepted within m proposals. */
function propose(factor: CholeskyFactor, { size: m, diagonal }: OpenKernel, totals: Float64Array, rng: Rng): boolean {
  for (let proposed = 0; proposed < m; proposed++) {
    const slot = proportional(totals, rng), threshold = Math.max(rng.uniform(), DEPENDENT) * diagonal[slot]!;
    if (tryToAdd(factor, slot, threshold)) return true;
  }
  return false;
}

/** Adds a slot with probability proportional to its residual, all computed; none where no slot is independent of S. */
function scan(factor: CholeskyFactor, { size: m, diagonal }: OpenKernel, rng: Rng): boolean {
  const totals = residuals(m);
  let total = 0;
  for (let slot = 0; slot < m; slot++) {
    const residual = factor.residual(slot);
    totals[slot] = total += residual > DEPENDENT * diagonal[slot]! ? residual : 0;
  }
  const slot = proportional(totals, rng);
  return total > 0 && tryToAdd(factor, slot, 0);
}

/** Adds a slot if its residual is above a threshold. */
function tryToAdd(factor: CholeskyFactor, slot: number, threshold: number): boolean {
  const residual = factor.residual(slot, threshold), independent = residual > threshold;
  if (independent) factor.add(slot, residual);
  return independent;
}
