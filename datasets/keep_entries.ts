import type { Relation } from "./metadata.ts";

/**
 * The relation with those entries that `keeps` says yes to; it is asked row by row. What else the relation has (names)
 * stays.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { keepEntries } from "./keep_entries.ts";
 *
 * const ratings = {
 *   offsets: Int32Array.of(0, 2, 3),
 *   targets: Int32Array.of(4, 7, 4),
 *   weights: Float32Array.of(1, 2, 3),
 * };
 * const strong = keepEntries(ratings, (entry) => ratings.weights[entry]! > 1);
 * assert.deepEqual([strong.offsets, strong.targets], [Int32Array.of(0, 1, 2), Int32Array.of(7, 4)]);
 * ```
 */
export function keepEntries<R extends Relation>(relation: R, keeps: (entry: number, row: number) => boolean): R {
  const { targets, weights, times } = relation, offsets = new Int32Array(relation.offsets.length);
  const kept = new Int32Array(targets.length);
  let size = 0;
  for (let row = 0; row + 1 < offsets.length; row++) {
    for (let entry = relation.offsets[row]!; entry < relation.offsets[row + 1]!; entry++) {
      if (keeps(entry, row)) kept[size++] = entry;
    }
    offsets[row + 1] = size;
  }
  const entries = kept.subarray(0, size);
  return {
    ...relation,
    offsets,
    targets: entries.map((entry) => targets[entry]!),
    ...(weights && { weights: Float32Array.from(entries, (entry) => weights[entry]!) }),
    ...(times && { times: Float64Array.from(entries, (entry) => times[entry]!) }),
  };
}
