import { distinct } from "../datasets/distinct.ts";
import type { Interactions } from "../datasets/interactions.ts";

/** What recipes go by. */
export interface DataFacts {
  /** Users and items that have train interactions, and those. */
  readonly users: number;
  readonly items: number;
  readonly interactions: number;
  /** Interactions over users x items. */
  readonly density: number;
  /** Interactions a user, and an item. */
  readonly perUser: number;
  readonly perItem: number;
}

/**
 * The facts of train interactions.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { interactions } from "../datasets/interactions.ts";
 * import { factsOf } from "./facts.ts";
 *
 * const train = interactions({ users: [0, 0, 2], items: [1, 3, 3], userCount: 9, itemCount: 9 });
 * assert.deepEqual(factsOf(train), { users: 2, items: 2, interactions: 3, density: 0.75, perUser: 1.5, perItem: 1.5 });
 * ```
 */
export function factsOf(train: Interactions): DataFacts {
  const users = distinct(train.users).length, items = distinct(train.items).length, interactions = train.users.length;
  const over = (count: number) => count > 0 ? interactions / count : 0;
  return {
    ...{ users, items, interactions, density: over(users * items) },
    ...{ perUser: over(users), perItem: over(items) },
  };
}

/** The names of facts, as conditions call them. */
export const factNames: readonly (keyof DataFacts)[] = [
  "users",
  "items",
  "interactions",
  "density",
  "perUser",
  "perItem",
];
