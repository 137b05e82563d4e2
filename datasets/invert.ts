import { countingSort } from "./counting_sort.ts";
import { entryRows } from "./entry_rows.ts";
import type { Relation } from "./metadata.ts";

/**
 * The transposed relation: from attribute to items, from item to the users who met it. Linear time; weights and times
 * go along.
 *
 * @param targetCount how many targets there are: the rows of the result.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { invert } from "./invert.ts";
 *
 * // items 0 and 1 have attribute 1, item 1 has attribute 0, too
 * const attributes = { offsets: Int32Array.of(0, 1, 3), targets: Int32Array.of(1, 0, 1) };
 * const { offsets, targets } = invert(attributes, 2);
 * assert.deepEqual([offsets, targets], [Int32Array.of(0, 1, 3), Int32Array.of(1, 0, 1)]);
 * ```
 */
export function invert({ offsets: starts, targets, weights, times }: Relation, targetCount: number): Relation {
  const { offsets, order } = countingSort(targets, targetCount), rowOf = entryRows({ offsets: starts });
  return {
    offsets,
    targets: order.map((entry) => rowOf[entry]!),
    ...(weights && { weights: Float32Array.from(order, (entry) => weights[entry]!) }),
    ...(times && { times: Float64Array.from(order, (entry) => times[entry]!) }),
  };
}
