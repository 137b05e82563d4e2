import type { Rng } from "../rng.ts";

/**
 * Fills `into` with draws of k out of m slots each, by the rank rule: as no set of more than `rank` slots has a positive
 * probability, sets of at most that many follow each other, the last cut short. Where m <= k a draw is every slot, in
 * turns; where the rank is 0 all sets are equally (im)probable.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { fillSets } from "./fill_sets.ts";
 * import { Rng } from "../rng.ts";
 *
 * const sizes: number[] = [], rng = new Rng(1, "dpp");
 * fillSets(new Int32Array(5), 5, { size: 9, rank: 2 }, rng, (set) => sizes.push(set.length));
 * assert.deepEqual(sizes, [2, 2, 1]);
 * assert.deepEqual([...fillSets(new Int32Array(5), 5, { size: 3, rank: 2 }, rng, () => {})], [0, 1, 2, 0, 1]);
 * ```
 */
export function fillSets(
  into: Int32Array,
  k: number,
  { size: m, rank }: { readonly size: number; readonly rank: number },
  rng: Rng,
  draw: (set: Int32Array) => void,
): Int32Array {
  for (let first = 0; first < into.length; first += k) {
    const slots = into.subarray(first, first + k);
    if (m <= k) slots.forEach((_, at) => slots[at] = at % m);
    else if (rank === 0) slots.set(rng.shuffle(Int32Array.from({ length: m }, (_, slot) => slot)).subarray(0, k));
    else for (let at = 0; at < k; at += rank) draw(slots.subarray(at, Math.min(at + rank, k)));
  }
  return into;
}
