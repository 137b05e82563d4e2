import { batchCount, type Batches, type BatchingOptions } from "./batching.ts";
import { activeUsers, type Catalogue } from "./catalogue.ts";
import type { SeenItems } from "./negatives.ts";

/** Users who have a positive, and an item that can be its negative. */
export const learners = (catalogue: Pick<Catalogue, "users" | "offsets">, seen: SeenItems): Int32Array =>
  activeUsers(catalogue).filter((user) => seen.unseenCount(user) > 0);

/**
 * Batches of user-balanced epochs, as the code of LightGCN draws them (He et al., SIGIR 2020): each of `count` rows draws
 * one of the {@link learners} evenly, then one of the user's positives evenly, both with replacement. A row has a stream
 * of its own, found by (epoch, row): it depends on nothing that was drawn before.
 */
export function userBatches(
  { users, offsets, positives }: Pick<Catalogue, "users" | "offsets" | "positives">,
  seen: SeenItems,
  count: number,
  batching: BatchingOptions,
): Batches {
  const { size, dropLast } = batching, drawn = learners({ users, offsets }, seen), steps = batchCount(count, batching);
  return {
    count,
    padded: !dropLast && count % size !== 0,
    plan: (epoch, rng) => ({
      steps,
      at(index) {
        const first = index * size, rows = Math.min(size, count - first);
        const batch = { rows, first, users: new Int32Array(size), positives: new Int32Array(size) };
        for (let row = 0; row < rows; row++) {
          const stream = rng.seek(epoch, first + row), user = drawn[stream.below(drawn.length)]!;
          const from = offsets[user]!;
          batch.users[row] = user;
          batch.positives[row] = positives[from + stream.below(offsets[user + 1]! - from)]!;
        }
        for (const into of [batch.users, batch.positives]) into.fill(into[0]!, rows);
        return batch;
      },
    }),
  };
}
