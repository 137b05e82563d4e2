import { type Batches, type BatchingOptions, type EpochRows, epochRows, pairBatches } from "../datasets/batching.ts";
import type { Catalogue } from "../datasets/catalogue.ts";
import type { HistoryCaps } from "../datasets/histories.ts";
import { historyBatches } from "../datasets/history_batches.ts";
import type { Interactions } from "../datasets/interactions.ts";
import type { SeenItems } from "../datasets/negatives.ts";
import { userBatches } from "../datasets/user_batches.ts";
import type { Recipe } from "./recipe.ts";

/**
 * A run's batches: histories where the backbone reads them, else interactions or draws of users, each for itself.
 *
 * @throws TypeError where histories are to be drawn by users.
 */
export function batchesOf(
  { data, visit = "interactions", backbone: { history } }: Pick<Recipe, "data" | "visit" | "backbone">,
  catalogue: Catalogue,
  seen: SeenItems,
  batching: BatchingOptions,
): Batches & { readonly caps?: HistoryCaps } {
  if (!epochRows.includes(visit)) {
    throw new TypeError(`Cannot train with "visit" "${visit}": it is one of ${epochRows.join(", ")}`);
  }
  if (!history) return visiting[visit](trainable(data, seen), catalogue, seen, batching);
  if (visit === "interactions") {
    return historyBatches(catalogue.sequences(), history, batching, (user) => seen.unseenCount(user) > 0);
  }
  throw new TypeError(
    `Cannot train with "visit" "${visit}": this backbone reads histories, and each of its rows is of a user's sequence ` +
      'already; "visit" is "interactions" with it',
  );
}

const visiting: Readonly<
  Record<EpochRows, (pairs: Pairs, catalogue: Catalogue, seen: SeenItems, batching: BatchingOptions) => Batches>
> = {
  interactions: (pairs, _catalogue, _seen, batching) => pairBatches(pairs, batching),
  users: ({ users }, catalogue, seen, batching) => userBatches(catalogue, seen, users.length, batching),
};

type Pairs = Pick<Interactions, "users" | "items">;

/** The interactions that a negative can be found for: a user who has met every item has none. */
function trainable(data: Interactions, seen: SeenItems): Pairs {
  if (data.users.every((user) => seen.unseenCount(user) > 0)) return data;
  const keeps = (_: number, at: number) => seen.unseenCount(data.users[at]!) > 0;
  return { users: data.users.filter(keeps), items: data.items.filter(keeps) };
}
