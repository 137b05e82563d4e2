import type { Interactions } from "./interactions.ts";
import { rowsByUser } from "./rows_by_user.ts";
import { select } from "./select.ts";

/**
 * Merges rows of the same user and item into the first of them, which takes the latest time and the highest rating;
 * into the last where rows are in order and have no times.
 *
 * @param owned whether its columns may be written over: nothing is copied then.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { interactions } from "./interactions.ts";
 * import { merge } from "./merge.ts";
 *
 * const log = interactions({ users: [0, 0, 0], items: [1, 0, 1], times: [5, 6, 7], userCount: 1, itemCount: 2 });
 * const { interactions: merged, repeats } = merge(log);
 * assert.equal(repeats, 1);
 * assert.deepEqual([merged.items, merged.times], [Int32Array.of(1, 0), Float64Array.of(7, 6)]);
 * ```
 */
export function merge(
  log: Interactions,
  owned = false,
): { readonly interactions: Interactions; readonly repeats: number } {
  const { items, itemCount } = log, { offsets, rows } = rowsByUser(log);
  const last = log.inOrder === true && !log.times;
  let times: Float64Array | undefined, ratings: Float32Array | undefined; // copied when the first repeat changes them
  const rowOf = new Int32Array(itemCount), metBy = new Int32Array(itemCount).fill(-1);
  const repeated = new Uint8Array(items.length);
  let repeats = 0;
  for (let user = 0; user + 1 < offsets.length; user++) {
    for (let at = offsets[user]!; at < offsets[user + 1]!; at++) {
      const row = rows[at]!, item = items[row]!;
      if (metBy[item] !== user) {
        metBy[item] = user;
        rowOf[item] = row;
        continue;
      }
      const [kept, gone] = last ? [row, rowOf[item]!] : [rowOf[item]!, row];
      rowOf[item] = kept;
      repeated[gone] = 1;
      if (repeats++ === 0) {
        times = owned ? log.times : log.times?.slice();
        ratings = owned ? log.ratings : log.ratings?.slice();
      }
      if (times) times[kept] = Math.max(times[kept]!, times[gone]!);
      if (ratings) ratings[kept] = Math.max(ratings[kept]!, ratings[gone]!);
    }
  }
  if (repeats === 0) return { interactions: log, repeats };
  const merged = { ...log, ...(times && { times }), ...(ratings && { ratings }) };
  if (owned) return { interactions: without(merged, repeated), repeats };
  const kept = new Int32Array(items.length - repeats);
  for (let row = 0, at = 0; row < repeated.length; row++) if (repeated[row] === 0) kept[at++] = row;
  return { interactions: select(merged, kept), repeats };
}

/** The rows that are not marked, moved to the front of their own columns. */
function without(log: Interactions, marked: Uint8Array): Interactions {
  const { users, items, times, ratings } = log;
  let count = 0;
  for (let row = 0; row < marked.length; row++) {
    if (marked[row] === 1) continue;
    users[count] = users[row]!;
    items[count] = items[row]!;
    if (times) times[count] = times[row]!;
    if (ratings) ratings[count] = ratings[row]!;
    count++;
  }
  return {
    ...log,
    users: users.subarray(0, count),
    items: items.subarray(0, count),
    ...(times && { times: times.subarray(0, count) }),
    ...(ratings && { ratings: ratings.subarray(0, count) }),
  };
}
