import type { Interactions } from "./interactions.ts";
import { type RowsByUser, rowsByUser } from "./rows_by_user.ts";

/**
 * The rows of each user, oldest first: by time, and of equal times the later row is the later. Without times the order
 * of the rows is that in which things happened.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { interactions } from "./interactions.ts";
 * import { orderedRows } from "./ordered_rows.ts";
 *
 * const log = interactions({ users: [1, 0, 1], items: [4, 2, 3], times: [9, 5, 7], userCount: 2, itemCount: 5 });
 * assert.deepEqual(orderedRows(log).rows, Int32Array.of(1, 2, 0));
 * ```
 */
export function orderedRows(log: Interactions): RowsByUser {
  const { offsets, rows } = rowsByUser(log), { times } = log;
  if (times) {
    for (let user = 0; user < log.userCount; user++) {
      const own = rows.subarray(offsets[user], offsets[user + 1]);
      if (!inOrder(own, times)) own.sort((a, b) => times[a]! - times[b]! || a - b);
    }
  }
  return { offsets, rows };
}

/** Whether they need no sorting, as in a log that was written as things happened. */
function inOrder(rows: Int32Array, times: Float64Array): boolean {
  for (let at = 1; at < rows.length; at++) if (times[rows[at]!]! < times[rows[at - 1]!]!) return false;
  return true;
}
