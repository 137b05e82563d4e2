import { type Permutation, permutation } from "../random/permutation.ts";
import type { Rng } from "../random/rng.ts";
import type { HistoryBatch } from "./histories.ts";
import type { Interactions } from "./interactions.ts";

/** Interactions that train together, one a row. */
export interface Batch {
  /** Rows that hold an interaction; the rest, in a padded last batch, repeat the first. */
  readonly rows: number;
  readonly users: Int32Array; // [R]
  readonly positives: Int32Array; // [R]
  /** Position of row 0 in the epoch's order: what seeks a row's random stream. */
  readonly first: number;
  /** What the rows have met before, where the backbone reads that. */
  readonly history?: HistoryBatch;
}

/** A run's interactions, in batches. */
export interface Batches {
  /** Rows there are to train on. */
  readonly count: number;
  /** Whether a batch may hold fewer rows than it has space for. */
  readonly padded: boolean;
  /** The batches of an epoch, which depend on the stream's seed and the epoch alone. */
  plan(epoch: number, rng: Rng): EpochBatches;
}

/** The batches of one epoch. */
export interface EpochBatches {
  readonly steps: number;
  at(index: number): Batch;
}

export interface BatchingOptions {
  /** Rows of each batch. */
  readonly size: number;
  /**
   * Leave out a last batch that is not full, as the papers' code does, instead of padding it; of histories, which seldom
   * fill one, a last batch of fewer rows than any before it.
   */
  readonly dropLast: boolean;
}

/** What the rows of an epoch are: each interaction once, or as many draws of a user, each with one of the user's positives. */
export type EpochRows = "interactions" | "users";
export const epochRows = ["interactions", "users"] as const satisfies readonly EpochRows[];

/**
 * How many batches an epoch has.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { batchCount } from "./batching.ts";
 *
 * assert.equal(batchCount(10, { size: 4, dropLast: false }), 3);
 * assert.equal(batchCount(10, { size: 4, dropLast: true }), 2);
 * ```
 */
export const batchCount = (interactions: number, { size, dropLast }: BatchingOptions): number =>
  dropLast ? Math.floor(interactions / size) : Math.ceil(interactions / size);

/**
 * The order in which an epoch visits `count` interactions: a permutation that depends on seed and epoch alone.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Rng } from "../random/rng.ts";
 * import { epochOrder } from "./batching.ts";
 *
 * const order = epochOrder(20, 0, new Rng(1, "batches"));
 * assert.deepEqual(order.toSorted(), Int32Array.from({ length: 20 }, (_, row) => row));
 * assert.deepEqual(epochOrder(20, 0, new Rng(1, "batches")), order);
 * assert.notDeepEqual(epochOrder(20, 1, new Rng(1, "batches")), order);
 * ```
 */
export function epochOrder(count: number, epoch: number, rng: Rng): Int32Array {
  const order = new Int32Array(count);
  for (let at = 0; at < count; at++) order[at] = at;
  return rng.seek(epoch, 0).shuffle(order);
}

/** What a shuffled order of more interactions would take is too much beside them: 64 MiB. */
const SHUFFLED = 2 ** 24;

/**
 * Batch number `index` of an epoch.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { batchAt } from "./batching.ts";
 *
 * const pairs = { users: Int32Array.of(0, 0, 1), items: Int32Array.of(5, 6, 7) }, order = Int32Array.of(2, 0, 1);
 * const { rows, users, positives } = batchAt(pairs, order, 1, { size: 2, dropLast: false });
 * assert.deepEqual([rows, users, positives], [1, Int32Array.of(0, 0), Int32Array.of(6, 6)]); // row 0 pads it
 * ```
 */
export function batchAt(
  { users, items }: Pick<Interactions, "users" | "items">,
  order: Permutation,
  index: number,
  { size }: BatchingOptions,
): Batch {
  const first = index * size, rows = Math.min(size, order.length - first);
  const visited = order instanceof Int32Array ? order.subarray(first, first + rows) : visits(order, first, rows);
  const batch = { rows, first, users: new Int32Array(size), positives: new Int32Array(size) };
  take(visited, users, batch.users, items, batch.positives);
  return batch;
}

/**
 * Takes what is at `visited`; rows past it hold the first of that. A function of its own: V8 has been seen to optimise one
 * that takes objects apart and loops for the length of a batch over and over, and to run it as it stands.
 */
function take(
  visited: Int32Array,
  users: Int32Array,
  intoUsers: Int32Array,
  items: Int32Array,
  intoItems: Int32Array,
): void {
  const rows = visited.length;
  for (let row = 0; row < rows; row++) {
    const at = visited[row]!;
    intoUsers[row] = users[at]!;
    intoItems[row] = items[at]!;
  }
  for (const into of [intoUsers, intoItems]) into.fill(into[0]!, rows);
}

/** What a computed order holds from `first` on. An array is read as it is: `at` of one takes ten times as long. */
function visits(order: Permutation, first: number, count: number): Int32Array {
  const visited = new Int32Array(count);
  for (let row = 0; row < count; row++) visited[row] = order.at(first + row)!;
  return visited;
}

/** Batches of interactions in random order, each for itself; of very many, the order is computed and not held. */
export function pairBatches(data: Pick<Interactions, "users" | "items">, batching: BatchingOptions): Batches {
  const count = data.users.length, steps = batchCount(count, batching);
  return {
    count,
    padded: !batching.dropLast && count % batching.size !== 0,
    plan(epoch, rng) {
      const order = count > SHUFFLED ? permutation(count, rng.seek(epoch, 0)) : epochOrder(count, epoch, rng);
      return { steps, at: (index) => batchAt(data, order, index, batching) };
    },
  };
}
