import type { Interactions } from "./interactions.ts";
import type { Metadata } from "./metadata.ts";

/** What training knows of each user and item: positives as sparse rows (CSR), and popularity. */
export interface Catalogue {
  readonly users: number;
  readonly items: number;
  /** User u's positives are `positives[offsets[u] .. offsets[u + 1])`. */
  readonly offsets: Int32Array; // [users + 1]
  /** Item ids, ascending and without repeats within a user. */
  readonly positives: Int32Array;
  /** Train interactions of each item, repeats included. */
  readonly popularity: Int32Array; // [items]
  /** What else is known of users and items. */
  readonly metadata: Metadata;
}

/**
 * The catalogue of a training set, in time linear in interactions, users and items (two counting sorts).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { catalogue } from "./catalogue.ts";
 * import { interactions } from "./interactions.ts";
 *
 * const train = interactions({ users: [1, 0, 1, 1], items: [2, 0, 0, 2], userCount: 2, itemCount: 3 });
 * const { offsets, positives, popularity } = catalogue(train);
 * assert.deepEqual(offsets, Int32Array.of(0, 1, 3));
 * assert.deepEqual(positives, Int32Array.of(0, 0, 2));
 * assert.deepEqual(popularity, Int32Array.of(2, 0, 2));
 * ```
 */
export function catalogue(train: Interactions, metadata: Metadata = {}): Catalogue {
  const { userCount: users, itemCount: items } = train, count = train.users.length;
  const popularity = new Int32Array(items), starts = new Int32Array(users + 1);
  for (let row = 0; row < count; row++) {
    popularity[train.items[row]!]!++;
    starts[train.users[row]! + 1]!++;
  }
  for (let user = 0; user < users; user++) starts[user + 1]! += starts[user]!;

  // rows by item first: then filling the users' rows in that order leaves each sorted
  const next = new Int32Array(items), byItem = new Int32Array(count);
  for (let item = 1; item < items; item++) next[item] = next[item - 1]! + popularity[item - 1]!;
  for (let row = 0; row < count; row++) byItem[next[train.items[row]!]!++] = row;
  const sorted = new Int32Array(count), end = starts.slice(0, users);
  for (const row of byItem) sorted[end[train.users[row]!]!++] = train.items[row]!;

  const offsets = new Int32Array(users + 1);
  let kept = 0;
  for (let user = 0; user < users; user++) {
    const last = starts[user + 1]!;
    for (let at = starts[user]!; at < last; at++) {
      if (at === starts[user] || sorted[at] !== sorted[at - 1]) sorted[kept++] = sorted[at]!;
    }
    offsets[user + 1] = kept;
  }
  return { users, items, offsets, positives: sorted.slice(0, kept), popularity, metadata };
}
