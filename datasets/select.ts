import type { Interactions } from "./interactions.ts";

/**
 * The interactions at these rows, in this order. Counts stay.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { interactions } from "./interactions.ts";
 * import { select } from "./select.ts";
 *
 * const log = interactions({ users: [0, 0, 1], items: [0, 1, 2], times: [7, 8, 9], userCount: 2, itemCount: 3 });
 * const { items, times } = select(log, [2, 0]);
 * assert.deepEqual([items, times], [Int32Array.of(2, 0), Float64Array.of(9, 7)]);
 * ```
 */
export function select(log: Interactions, rows: Int32Array | readonly number[]): Interactions {
  const { users, items, times, ratings } = log, count = rows.length;
  const kept = {
    ...log,
    users: new Int32Array(count),
    items: new Int32Array(count),
    ...(times && { times: new Float64Array(count) }),
    ...(ratings && { ratings: new Float32Array(count) }),
  };
  for (let at = 0; at < count; at++) {
    const row = rows[at]!;
    kept.users[at] = users[row]!;
    kept.items[at] = items[row]!;
    if (times) kept.times![at] = times[row]!;
    if (ratings) kept.ratings![at] = ratings[row]!;
  }
  return kept;
}
