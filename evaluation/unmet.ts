import type { Catalogue } from "../datasets/catalogue.ts";
import type { Rng } from "../random/rng.ts";

/**
 * Draws up to `count` different items, each set equally likely (Floyd's algorithm; Bentley & Floyd, CACM 1987), of those
 * that a user has not met in any of `met`. Where there are fewer, all of them.
 *
 * @returns the items, ascending.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { catalogue } from "../datasets/catalogue.ts";
 * import { interactions } from "../datasets/interactions.ts";
 * import { Rng } from "../random/rng.ts";
 * import { drawUnmet } from "./unmet.ts";
 *
 * const met = catalogue(interactions({ users: [0, 0], items: [1, 3], userCount: 1, itemCount: 5 }));
 * assert.deepEqual(drawUnmet([met], 0, 9, new Rng(1, "candidates")), Int32Array.of(0, 2, 4));
 * ```
 */
export function drawUnmet(met: readonly Catalogue[], user: number, count: number, rng: Rng): Int32Array {
  const all = met.flatMap(({ offsets, positives }) => [...positives.subarray(offsets[user], offsets[user + 1])]);
  const known = Int32Array.from(new Set(all)).sort(), size = met[0]!.items - known.length;
  const ranks = new Set<number>(), taken = Math.min(count, size);
  for (let last = size - taken; last < size; last++) {
    const rank = rng.below(last + 1);
    ranks.add(ranks.has(rank) ? last : rank);
  }
  // the r-th of the unmet items is r further than there are met items up to it
  let passed = 0;
  return Int32Array.from(ranks).sort().map((rank) => {
    while (passed < known.length && known[passed]! <= rank + passed) passed++;
    return rank + passed;
  });
}
