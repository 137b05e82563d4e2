import type { DataFacts } from "./facts.ts";
import type { recipeNames } from "./load.ts";

/** More interactions than these take `strong` hours on a CPU. */
const MANY = 1e6;

/** A recipe that suits data, and why. */
export interface ChosenRecipe {
  readonly name: (typeof recipeNames)[number];
  readonly why: string;
}

/**
 * The recipe for data that nothing else is known of.
 *
 * @param asksNext whether what is held out is what came next, not interactions of any time.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { chosenRecipe } from "./chosen.ts";
 *
 * const facts = { users: 6040, items: 3706, interactions: 8e5, density: 0.036, perUser: 132, perItem: 216 };
 * assert.equal(chosenRecipe(facts, false).name, "strong");
 * assert.equal(chosenRecipe({ ...facts, interactions: 5e7 }, false).name, "fast");
 * assert.equal(chosenRecipe(facts, true).name, "sequential");
 * ```
 */
export function chosenRecipe({ interactions }: DataFacts, asksNext: boolean): ChosenRecipe {
  if (asksNext) return { name: "sequential", why: "what is held out is what users met next" };
  return interactions > MANY
    ? { name: "fast", why: `${interactions} interactions would take the stronger one long` }
    : { name: "strong", why: `${interactions} interactions are few enough for it` };
}
