import { isMapping } from "../options/mapping.ts";
import { loadRecipe } from "../recipes/load.ts";
import { parted, settingsIn } from "./study_methods.ts";

/** How a method in text says that its parts are a recipe's: `recipe:strong`, or `ours=recipe:./ours.yaml lr=0.01`. */
const NAMED = /^(?:([^=:\s]+)=)?recipe:(\S+)\s*(.*)$/s;

/**
 * Methods as they are given, with the recipes that they name in place of the names: what a study's file says is then
 * whole, and may be sent to machines that have no such file.
 *
 * @throws TypeError where a recipe cannot be read.
 */
export async function withRecipes(given: readonly unknown[]): Promise<readonly unknown[]> {
  const entries = given.flatMap((each) => typeof each === "string" && /\brecipe:/.test(each) ? parted(each) : [each]);
  return await Promise.all(entries.map(async (each) => {
    const [, label, name, settings] = typeof each === "string" ? NAMED.exec(each) ?? [] : [];
    if (name !== undefined) {
      const own = settingsIn(settings!.split(/\s+/).filter(Boolean), `method "${each}": after the recipe`);
      return { label: label ?? name, recipe: await loadRecipe(name), ...own };
    }
    if (!isMapping(each) || typeof each.recipe !== "string") return each;
    return { label: each.recipe, ...each, recipe: await loadRecipe(each.recipe) };
  }));
}
