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
  const end = offsets[row + 1]!;
  let low = offsets[row]!, high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (targets[middle]! < target) low = middle + 1;
    else high = middle;
  }
  return low < end && targets[low] === target;
}
