import type { Relation } from "./metadata.ts";

/**
 * How alike two rows are: |A and B| / |A or B|, from 0 to 1 (Jaccard, 1901). 0 where both are empty.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { jaccard } from "./jaccard.ts";
 *
 * const genres = { offsets: Int32Array.of(0, 2, 5), targets: Int32Array.of(1, 4, 0, 1, 4) };
 * assert.equal(jaccard(genres, 0, 1), 2 / 3);
 * ```
 */
export function jaccard({ offsets, targets }: Relation, a: number, b: number): number {
  const lastA = offsets[a + 1]!, lastB = offsets[b + 1]!;
  let atA = offsets[a]!, atB = offsets[b]!, common = 0;
  const size = lastA - atA + lastB - atB;
  while (atA < lastA && atB < lastB) {
    const difference = targets[atA]! - targets[atB]!;
    if (difference <= 0) atA++;
    if (difference >= 0) atB++;
    if (difference === 0) common++;
  }
  return size > 0 ? common / (size - common) : 0;
}
