import { counted } from "./counted.ts";
import { difference } from "./difference.ts";
import { type Interactions, interactions } from "./interactions.ts";
import { merge } from "./merge.ts";
import type { Relation } from "./metadata.ts";
import { relation } from "./relation.ts";
import type { Rows } from "./rows.ts";

/**
 * Dislikes out of the rows of train that are rated below the threshold: weights say how far below, times when. Of
 * repeats the highest rating counts and the latest time. Pairs that are positives in train, too, are no dislikes; nor
 * can be those of a user (item) without positives, whose id is negative.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { interactions } from "./interactions.ts";
 * import { ratedDislikes } from "./rated_dislikes.ts";
 *
 * const train = interactions({ users: [0], items: [0], userCount: 1, itemCount: 3 });
 * const low = { users: Int32Array.of(0, 0, 0), items: Int32Array.of(0, 2, 2), ratings: Float32Array.of(1, 1, 3), notes: [] };
 * const { dislikes, notes } = ratedDislikes(low, 4, train);
 * assert.deepEqual([dislikes?.targets, dislikes?.weights], [Int32Array.of(2), Float32Array.of(1)]);
 * assert.deepEqual(notes, ["dislikes: 1 pair rated below 4"]);
 * ```
 */
export function ratedDislikes(
  { users, items, ratings, times }: Rows,
  minRating: number,
  train: Interactions,
): { readonly dislikes?: Relation; readonly notes: readonly string[] } {
  const { userCount, itemCount } = train;
  const known = Int32Array.from(users.keys()).filter((row) => users[row]! >= 0 && items[row]! >= 0);
  const pick = (column: Int32Array) => known.map((row) => column[row]!);
  const { interactions: low } = merge(interactions({
    users: pick(users),
    items: pick(items),
    ratings: Float32Array.from(known, (row) => ratings![row]!),
    times: times && Float64Array.from(known, (row) => times[row]!),
    userCount,
    itemCount,
  }));
  const counts = { rowCount: userCount, targetCount: itemCount };
  const dislikes = difference(
    relation({
      rows: low.users,
      targets: low.items,
      weights: low.ratings!.map((rating) => minRating - rating),
      times: low.times,
      ...counts,
    }),
    relation({ rows: train.users, targets: train.items, ...counts }),
  );
  const pairs = dislikes.targets.length, unknown = users.length - known.length;
  if (pairs === 0) return { notes: [] };
  return {
    dislikes,
    notes: [
      `dislikes: ${counted(pairs, "pair")} rated below ${minRating}` +
      (unknown > 0 ? `; left out ${counted(unknown, "row")} of a user or item without positives` : ""),
    ],
  };
}
