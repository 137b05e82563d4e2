/**
 * Takes items with more than `atMost` train interactions out of a block of scores of items `first` and up.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { hideWarm } from "./hide_warm.ts";
 *
 * const scores = Float32Array.of(0.5, 0.4, 0.2, 0.1); // of items 1 and 2, two users
 * hideWarm(scores, 2, 1, Int32Array.of(9, 9, 0), 5);
 * assert.deepEqual(scores, Float32Array.of(-Infinity, Math.fround(0.4), -Infinity, Math.fround(0.1)));
 * ```
 */
export function hideWarm(
  scores: Float32Array,
  columns: number,
  first: number,
  popularity: Int32Array,
  atMost: number,
): void {
  for (let column = 0; column < columns; column++) {
    if ((popularity[first + column] ?? 0) <= atMost) continue;
    for (let at = column; at < scores.length; at += columns) scores[at] = -Infinity;
  }
}
