import type { Catalogue } from "../datasets/catalogue.ts";
import { lowerBound } from "../datasets/lower_bound.ts";

/**
 * Takes what each user has met out of a block of scores, row-major [users, columns], of items `first` and up.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { catalogue } from "../datasets/catalogue.ts";
 * import { interactions } from "../datasets/interactions.ts";
 * import { hide } from "./hide.ts";
 *
 * const met = catalogue(interactions({ users: [0, 0], items: [1, 3], userCount: 1, itemCount: 4 }));
 * const scores = Float32Array.of(0.5, 0.4); // of items 2 and 3
 * hide(met, Int32Array.of(0), scores, 2, 2);
 * assert.deepEqual(scores, Float32Array.of(0.5, -Infinity));
 * ```
 */
export function hide(
  { offsets, positives }: Catalogue,
  users: Int32Array,
  scores: Float32Array,
  columns: number,
  first: number,
): void {
  for (let row = 0; row < users.length; row++) {
    const end = offsets[users[row]! + 1]!, base = row * columns - first;
    for (let at = lowerBound(positives, offsets[users[row]!]!, end, first); at < end; at++) {
      if (positives[at]! >= first + columns) break;
      scores[base + positives[at]!] = -Infinity;
    }
  }
}
