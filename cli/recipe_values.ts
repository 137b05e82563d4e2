import { resolve } from "../options/option.ts";
import { chosenRecipe } from "../recipes/chosen.ts";
import { factsOf } from "../recipes/facts.ts";
import { loadRecipe } from "../recipes/load.ts";
import type { RecipeOptions } from "../recipes/options.ts";
import { type NamedRecipe, settledRecipe } from "../recipes/recipe.ts";
import { kebab } from "./flags.ts";
import type { Output } from "./output.ts";
import { recipeOfRun } from "./start.ts";
import type { OpenedProtocol } from "./protocol_options.ts";
import { flagTexts } from "./train_command_text.ts";
import { trainOptions, type TrainValues } from "./train_options.ts";

/** Who gives one of these knows what to train: no recipe is chosen for them. */
const METHODS = ["backbone", "freeze", "sampler", "loss", "optimizer"];
/** Nor for who gives one of these, which may be meant for a recipe. */
const NUMBERS = ["lr", "l2", "batchSize", "dropLast", "visit"];

/** The names of the options that somebody gave. */
export type Given = ReadonlySet<string>;

/** The recipe that options ask for; undefined where data are to choose it; null where parts are given, and none is. */
export async function askedRecipe(
  { recipe, init }: TrainValues,
  given: Given,
): Promise<NamedRecipe | null | undefined> {
  if (recipe !== null) return await loadRecipe(recipe);
  if (init !== null) return await recipeOfRun(init);
  return [...METHODS, ...NUMBERS].some((name) => given.has(name)) ? null : undefined;
}

/** What to say where none was chosen for numbers' sake alone; null where somebody named a method. */
export function withoutRecipe({ backbone, sampler, loss, optimizer }: TrainValues, given: Given): string | null {
  if (METHODS.some((name) => given.has(name))) return null;
  const flags = NUMBERS.filter((name) => given.has(name)).map((name) => `--${kebab(name)}`).join(", ");
  return `no recipe, as ${flags} is given: ${[backbone, sampler, loss, optimizer].join(", ")}; ` +
    `with --recipe strong, say, ${flags} changes that one`;
}

/** Options with those of a recipe that nobody gave; `--refit` only where there is something to train on as well. */
export function withRecipe(values: TrainValues, options: RecipeOptions, given: Given): TrainValues {
  const own = Object.fromEntries(
    Object.entries(options).filter(([name]) => !given.has(name) && !(name === "refit" && values.select !== "valid")),
  );
  const lr = given.has("optimizer") && !given.has("lr") ? { lr: null } : {}; // a recipe's is of its own optimiser
  return resolve("train", trainOptions, { ...values, ...own, ...lr });
}

/** The options to train with on these data, said with the reasons. */
export async function settledValues(
  values: TrainValues,
  { data }: OpenedProtocol,
  { asked, given, output }: { readonly asked: NamedRecipe | undefined; readonly given: Given; readonly output: Output },
): Promise<TrainValues> {
  const facts = factsOf(data.train), chosen = asked ? undefined : chosenRecipe(facts, asksNext(values, data));
  const recipe = asked ?? await loadRecipe(chosen!.name), { options, because } = settledRecipe(recipe, facts);
  const found = withRecipe(values, options, given), { options: _options, where: _where, ...about } = recipe;
  const why = [...chosen ? [chosen.why] : [], ...because];
  const flags = Object.keys(options).map((name) => [name, found[name as keyof TrainValues]] as const);
  output.result({ event: "recipe", ...about, why, facts, options: Object.fromEntries(flags) }, null);
  output.say(`recipe ${recipe.name}${why.length > 0 ? ` (${why.join("; ")})` : ""}: ${recipe.about}`);
  output.say(`  ${flags.flatMap(([name, value]) => flagTexts(name, value)).join(" ")}`);
  return { ...found, recipe: asked && values.recipe === null ? null : recipe.name };
}

/** Whether what is held out is what users met next; data that came in parts are not split, whatever `--split` says. */
const asksNext = ({ split }: TrainValues, { before, test }: OpenedProtocol["data"]): boolean =>
  before !== undefined || // as a split by user leaves it, too
  (split === "leave-one-out" && (!test || new Set(test.users).size === test.users.length));
