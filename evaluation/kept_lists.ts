/** How much of the lists of a ranking is kept to be looked at. */
export interface ListsKept {
  /** Of at most so many users, spread evenly over those that are ranked for. */
  readonly users: number;
  /** Items of each list, from its begin. */
  readonly length: number;
}

/** Lists of a ranking, best first. */
export interface KeptLists {
  readonly users: Int32Array; // [n]
  /** -1 where a list has no more. */
  readonly items: Int32Array; // [n, length]
  readonly length: number;
}

/** The users whose lists are kept: all, or every n-th. The same ones for every model. */
export const keptUsers = (users: Int32Array, kept: Pick<ListsKept, "users">): Int32Array => {
  const stride = strideOf(users.length, kept);
  return users.filter((_, at) => at % stride === 0);
};
/** n: of every n-th user the list is kept. */
const strideOf = (count: number, { users: most }: Pick<ListsKept, "users">): number =>
  Math.max(1, Math.ceil(count / most));

/**
 * Of whole lists of `users`, `longest` items each, in parts one after the other, those that are kept.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { keptLists } from "./kept_lists.ts";
 *
 * const parts = [Int32Array.of(1, 2, 3, 4), Int32Array.of(5, -1)]; // of users 7, 8 and 9
 * const { users, items } = keptLists(Int32Array.of(7, 8, 9), parts, 2, { users: 2, length: 1 });
 * assert.deepEqual([[...users], [...items]], [[7, 9], [1, 5]]);
 * ```
 */
export function keptLists(
  users: Int32Array,
  parts: readonly Int32Array[],
  longest: number,
  kept: ListsKept,
): KeptLists {
  const some = keptUsers(users, kept), length = Math.min(kept.length, longest);
  const items = new Int32Array(some.length * length);
  const stride = strideOf(users.length, kept);
  let from = 0, at = 0;
  for (const part of parts) {
    for (let row = 0; row < part.length / longest; row++) {
      if ((from + row) % stride === 0) items.set(part.subarray(row * longest, row * longest + length), at++ * length);
    }
    from += part.length / longest;
  }
  return { users: some, items, length };
}
