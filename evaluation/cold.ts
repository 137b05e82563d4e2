import type { Interactions } from "../datasets/interactions.ts";

/**
 * The interactions with cold items: those with at most `atMost` train interactions, none included.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { interactions } from "../datasets/interactions.ts";
 * import { withColdItems } from "./cold.ts";
 *
 * const held = interactions({ users: [0, 0, 1], items: [0, 1, 2], userCount: 2, itemCount: 3 });
 * assert.deepEqual(withColdItems(held, Int32Array.of(9, 5, 0), 5).items, Int32Array.of(1, 2));
 * ```
 */
export function withColdItems(
  { users, items, userCount, itemCount }: Interactions,
  popularity: Int32Array,
  atMost: number,
): Interactions {
  const isCold = (_: number, row: number) => popularity[items[row]!]! <= atMost;
  return { users: users.filter(isCold), items: items.filter(isCold), userCount, itemCount };
}

/** Takes items with more than `atMost` train interactions out of a block of scores of items `first` and up. */
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
