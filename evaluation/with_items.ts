import type { Interactions } from "../datasets/interactions.ts";

/**
 * The interactions with the items that are wanted.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { interactions } from "../datasets/interactions.ts";
 * import { withItems } from "./with_items.ts";
 *
 * const held = interactions({ users: [0, 0, 1], items: [0, 1, 2], userCount: 2, itemCount: 3 });
 * assert.deepEqual(withItems(held, (item) => item > 0).items, Int32Array.of(1, 2));
 * ```
 */
export function withItems(
  { users, items, userCount, itemCount }: Interactions,
  wanted: (item: number) => boolean,
): Interactions {
  const isWanted = (_: number, row: number) => wanted(items[row]!);
  return { users: users.filter(isWanted), items: items.filter(isWanted), userCount, itemCount };
}
