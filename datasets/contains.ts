import { lowerBound } from "./lower_bound.ts";
import type { Relation } from "./metadata.ts";

/**
 * Whether a row has a target, by binary search.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { contains } from "./contains.ts";
 *
 * const friends = { offsets: Int32Array.of(0, 0, 2), targets: Int32Array.of(3, 8) };
 * assert(contains(friends, 1, 8) && !contains(friends, 1, 5) && !contains(friends, 0, 3));
 * ```
 */
export function contains({ offsets, targets }: Relation, row: number, target: number): boolean {
  const end = offsets[row + 1]!, at = lowerBound(targets, offsets[row]!, end, target);
  return at < end && targets[at] === target;
}
