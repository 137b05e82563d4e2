/** Positions gathered by key: those of key k are `order[offsets[k] .. offsets[k + 1])`. */
export interface Sorted {
  readonly offsets: Int32Array; // [keys + 1]
  readonly order: Int32Array; // [n]
}

/**
 * Sorts positions by key, stably, in linear time (Seward, 1954).
 *
 * @param keys integers from 0 and below `count`.
 * @param from the order to start from: sorting by a second key, then by the first, sorts by both.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { countingSort } from "./counting_sort.ts";
 *
 * const { offsets, order } = countingSort(Int32Array.of(1, 0, 1), 3);
 * assert.deepEqual([offsets, order], [Int32Array.of(0, 1, 3, 3), Int32Array.of(1, 0, 2)]);
 * ```
 */
export function countingSort(keys: Int32Array, count: number, from?: Int32Array): Sorted {
  const offsets = new Int32Array(count + 1), order = new Int32Array(keys.length);
  for (const key of keys) offsets[key + 1]!++;
  for (let key = 0; key < count; key++) offsets[key + 1]! += offsets[key]!;
  const next = offsets.slice(0, count);
  for (let at = 0; at < keys.length; at++) {
    const position = from ? from[at]! : at;
    order[next[keys[position]!]!++] = position;
  }
  return { offsets, order };
}
