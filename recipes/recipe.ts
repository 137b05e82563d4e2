import { isMapping } from "../options/mapping.ts";
import { readYaml } from "../options/yaml.ts";
import { condition } from "./condition.ts";
import type { DataFacts } from "./facts.ts";
import { type RecipeOptions, recipeOptions } from "./options.ts";

/** Options that hold for some data. */
export interface Variant {
  /** See {@link condition}. */
  readonly when: string;
  /** Why, in words. */
  readonly because: string;
  readonly options: RecipeOptions;
}

/** A backbone, a scoring, a sampler, a loss, an optimiser and their options that are known to go together. */
export interface NamedRecipe {
  readonly name: string;
  readonly about: string;
  readonly citation: string;
  readonly options: RecipeOptions;
  /** The later override the earlier. */
  readonly where: readonly Variant[];
}

/**
 * Reads a recipe.
 *
 * @param source names the text in errors.
 * @throws TypeError where it is none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseRecipe } from "./recipe.ts";
 *
 * const text = "about: ours\noptions: { sampler: rns }\nwhere: [{ when: users > 10, options: { sampler: dns } }]";
 * const { name, options, where } = parseRecipe("ours", text, "ours.yaml");
 * assert.deepEqual([name, options, where[0]!.options], ["ours", { sampler: "rns" }, { sampler: "dns" }]);
 * ```
 */
export function parseRecipe(name: string, text: string, source: string): NamedRecipe {
  const fail = (why: string) => new TypeError(`Cannot read the recipe "${source}": ${why}`);
  let found: unknown;
  try {
    found = readYaml(text);
  } catch (error) {
    throw fail((error as Error).message);
  }
  const { about = "", citation = "", options, where = [], ...others } = mapping(found, "a recipe");
  const [unknown] = Object.keys(others);
  if (unknown) throw fail(`it has "${unknown}"; a recipe has "about", "citation", "options" and "where"`);
  if (!Array.isArray(where)) throw fail(`"where" is a list, found ${JSON.stringify(where)}`);
  return {
    ...{ name, about: `${about}`, citation: `${citation}` },
    options: optionsIn(options, `"options"`),
    where: where.map((each, at) => {
      const { when, because = "", options } = mapping(each, `"where" ${at + 1}`);
      if (typeof when !== "string") throw fail(`"where" ${at + 1} has no "when", such as "density >= 0.01"`);
      try {
        condition(when);
      } catch (error) {
        throw fail((error as Error).message);
      }
      return { when, because: `${because}`, options: optionsIn(options, `"options" of "where" ${at + 1}`) };
    }),
  };

  function mapping(given: unknown, what: string): Record<string, unknown> {
    if (isMapping(given)) return given;
    throw fail(`${what} is a mapping, found ${JSON.stringify(given) ?? "nothing"}`);
  }
  function optionsIn(given: unknown, what: string): RecipeOptions {
    const all = mapping(given, what);
    for (const [option, value] of Object.entries(all)) {
      if (!Object.hasOwn(recipeOptions, option)) {
        throw fail(`${what} has "${option}"; there are ${Object.keys(recipeOptions).map((x) => `"${x}"`).join(", ")}`);
      }
      if (["string", "number", "boolean"].includes(typeof value)) continue;
      throw fail(`${what}: "${option}" is text, a number or true or false, found ${JSON.stringify(value)}`);
    }
    return all as RecipeOptions;
  }
}

/** A recipe's options for some data, and why they are not those that it begins with. */
export interface SettledRecipe {
  readonly options: RecipeOptions;
  readonly because: readonly string[];
}

/**
 * The options of a recipe for data with these facts.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { settledRecipe } from "./recipe.ts";
 *
 * const wide = { when: "items > 1e4", because: "many items", options: { backbone: "mf:dim=128" } };
 * const recipe = { name: "ours", about: "", citation: "", options: { backbone: "mf", lr: 0.01 }, where: [wide] };
 * const facts = { users: 9, items: 2e4, interactions: 9, density: 5e-5, perUser: 1, perItem: 1 };
 * const { options, because } = settledRecipe(recipe, facts);
 * assert.deepEqual([options, because], [{ backbone: "mf:dim=128", lr: 0.01 }, ["many items"]]);
 * ```
 */
export function settledRecipe({ options, where }: NamedRecipe, facts: DataFacts): SettledRecipe {
  const holding = where.filter(({ when }) => condition(when)(facts));
  return {
    options: Object.assign({}, options, ...holding.map((variant) => variant.options)),
    because: holding.map(({ when, because }) => because || when),
  };
}
