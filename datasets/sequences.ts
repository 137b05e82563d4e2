import type { Interactions } from "./interactions.ts";
import { orderedRows } from "./ordered_rows.ts";

/** What each user met, in order: user u's items are `items[offsets[u] .. offsets[u + 1])`, oldest first, repeats included. */
export interface Sequences {
  readonly offsets: Int32Array; // [users + 1]
  readonly items: Int32Array; // [n]
}

/**
 * The sequence of each user, by time; of equal times the later row is the later. Without times the order of the rows is
 * that in which things happened.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { interactions } from "./interactions.ts";
 * import { sequences } from "./sequences.ts";
 *
 * const log = interactions({ users: [1, 0, 1], items: [4, 2, 3], times: [9, 5, 7], userCount: 2, itemCount: 5 });
 * const { offsets, items } = sequences(log);
 * assert.deepEqual([offsets, items], [Int32Array.of(0, 1, 3), Int32Array.of(2, 3, 4)]);
 * ```
 */
export function sequences(log: Interactions): Sequences {
  const { offsets, rows } = orderedRows(log);
  return { offsets, items: rows.map((row) => log.items[row]!) };
}

/**
 * Sequences that go on with others of the same users.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { continued } from "./sequences.ts";
 *
 * const known = { offsets: Int32Array.of(0, 2, 2), items: Int32Array.of(7, 8) };
 * const later = { offsets: Int32Array.of(0, 1, 2), items: Int32Array.of(3, 4) };
 * assert.deepEqual(continued(known, later), { offsets: Int32Array.of(0, 3, 4), items: Int32Array.of(7, 8, 3, 4) });
 * ```
 */
export function continued(first: Sequences, then: Sequences): Sequences {
  const offsets = first.offsets.map((start, user) => start + then.offsets[user]!);
  const items = new Int32Array(first.items.length + then.items.length);
  for (let user = 0; user + 1 < offsets.length; user++) {
    const own = first.items.subarray(first.offsets[user], first.offsets[user + 1]);
    items.set(own, offsets[user]);
    items.set(then.items.subarray(then.offsets[user], then.offsets[user + 1]), offsets[user]! + own.length);
  }
  return { offsets, items };
}
