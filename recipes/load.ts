import { readAsset } from "../datasets/asset.ts";
import { readBytes } from "../datasets/files.ts";
import { type NamedRecipe, parseRecipe } from "./recipe.ts";

/**
 * The recipes that come with Foil.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { loadRecipe, recipeNames } from "./load.ts";
 *
 * assert(recipeNames.includes("strong"));
 * const recipes = await Promise.all(recipeNames.map(loadRecipe));
 * assert.deepEqual(recipes.map(({ name }) => name), recipeNames);
 * ```
 */
export const recipeNames = ["fast", "strong", "sequential"] as const;

/** Whether text is the path of a recipe of somebody's own, not a name. */
export const isRecipePath = (given: string): boolean => /[./\\]/.test(given);

/**
 * Reads a recipe by its name, or one of one's own by the path of its YAML file.
 *
 * @throws TypeError where there is no such, or it cannot be read.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { loadRecipe } from "./load.ts";
 *
 * assert.match((await loadRecipe("strong")).about, /cosines/i);
 * await assert.rejects(loadRecipe("storng"), /There is no recipe "storng"; there are "fast", "strong", "sequential"/);
 * ```
 */
export async function loadRecipe(given: string): Promise<NamedRecipe> {
  if (isRecipePath(given)) return parseRecipe(given, await textOf(given), given);
  if (!recipeNames.some((name) => name === given)) {
    const known = recipeNames.map((name) => `"${name}"`).join(", ");
    throw new TypeError(
      `There is no recipe "${given}"; there are ${known}; one of your own is a path, ./${given}.yaml`,
    );
  }
  const at = new URL(`${given}.yaml`, import.meta.url);
  return parseRecipe(given, await textOf(at), at.href);
}

async function textOf(at: string | URL): Promise<string> {
  try {
    return new TextDecoder().decode(at instanceof URL ? await readAsset(at) : await readBytes(at));
  } catch (error) {
    throw new TypeError(`Cannot read the recipe: ${(error as Error).message}`, { cause: error });
  }
}
