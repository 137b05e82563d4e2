import { checkMetadata } from "./check_metadata.ts";
import { idsBelow } from "./ids_below.ts";
import type { Interactions } from "./interactions.ts";
import type { Metadata, Relation } from "./metadata.ts";
import { relation } from "./relation.ts";
import { type Sequences, sequences } from "./sequences.ts";

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
  /** What each user met in training, in order; put in order when it is first asked for. */
  sequences(): Sequences;
}

/**
 * The catalogue of a training set, in time linear in interactions, users and items.
 *
 * @throws RangeError where metadata is of other users or items than the interactions.
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
  const { userCount: users, itemCount: items } = train;
  checkMetadata(metadata, users, items);
  const popularity = new Int32Array(items);
  for (const item of train.items) popularity[item]!++;
  const met = metIn(train);
  let ordered: Sequences | undefined;
  return {
    ...{ users, items, offsets: met.offsets, positives: met.targets, popularity, metadata },
    sequences: () => ordered ??= sequences(train),
  };
}

/** The users who have a positive, ascending. */
export const activeUsers = ({ users, offsets }: Pick<Catalogue, "users" | "offsets">): Int32Array =>
  idsBelow(users).filter((user) => offsets[user + 1]! > offsets[user]!);

/** Interactions do not change, and one part of a dataset is asked for its catalogue by all that work on it. */
const known = new WeakMap<Interactions, Relation>();

function metIn(log: Interactions): Relation {
  const found = known.get(log) ??
    relation({ rows: log.users, targets: log.items, rowCount: log.userCount, targetCount: log.itemCount });
  known.set(log, found);
  return found;
}
