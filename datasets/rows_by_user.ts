import { countingSort } from "./counting_sort.ts";
import type { Interactions } from "./interactions.ts";

/** Rows of interactions gathered by user: user u's are `rows[offsets[u] .. offsets[u + 1])`, in their order. */
export interface RowsByUser {
  readonly offsets: Int32Array; // [users + 1]
  readonly rows: Int32Array; // [n]
}

/**
 * Gathers the rows of each user, in time linear in rows and users.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { interactions } from "./interactions.ts";
 * import { rowsByUser } from "./rows_by_user.ts";
 *
 * const { offsets, rows } = rowsByUser(interactions({ users: [1, 0, 1], items: [0, 0, 1], userCount: 2, itemCount: 2 }));
 * assert.deepEqual([offsets, rows], [Int32Array.of(0, 1, 3), Int32Array.of(1, 0, 2)]);
 * ```
 */
export function rowsByUser({ users, userCount }: Interactions): RowsByUser {
  const { offsets, order: rows } = countingSort(users, userCount);
  return { offsets, rows };
}
