import { methodText } from "../options/method_spec.ts";
import { resolve } from "../options/option.ts";
import type { DataFacts } from "../recipes/facts.ts";
import { type NamedRecipe, settledRecipe } from "../recipes/recipe.ts";
import { methodOptions, type MethodValues, type SharedValues } from "./study_options.ts";

/** A method of a study, under the name that the table has for it. */
export interface StudyMethod {
  readonly label: string;
  readonly values: MethodValues;
  /** What a recipe makes of them for data. */
  readonly settled: (facts: DataFacts) => MethodValues;
  /** The label of the method that it is tested against; null for one that others are tested against. */
  readonly against: string | null;
}

/** What a study varies. */
export type Axis = "sampler" | "backbone" | "loss";

/** One of the samplers, backbones or losses of a study: its label, and the settings that come with it. */
export interface AxisEntry {
  readonly label: string;
  readonly own: Readonly<Record<string, unknown>>;
  /** What they override. */
  readonly recipe?: NamedRecipe;
}

/**
 * Reads the methods of a study. In text they are parted by `;`, or by `,` where no option follows; each is
 * `label=sampler:options name=value ...`, of which only the sampler must be there. In YAML a method may be a mapping of
 * the same names. All are tested against the first.
 *
 * @throws TypeError where a method has an option that there is not, or two have one label.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readMethods } from "./study_methods.ts";
 *
 * const shared = { backbone: "mf", freeze: null, loss: "bpr", optimizer: "adam", lr: null, l2: 0, epochs: 9 };
 * const drawing = { visit: "interactions", exclude: "train", distinct: false } as const;
 * const others = { batchSize: 8, dropLast: false, ...drawing, init: null } as const;
 * const found = readMethods(["rns,ahns:p=-1,pool=8", "slow=rns lr=0.001"], { ...shared, ...others });
 * assert.deepEqual(found.map(({ label }) => label), ["rns", "ahns:p=-1,pool=8", "slow"]);
 * assert.deepEqual([found[1]!.values.sampler, found[2]!.values.lr], ["ahns:p=-1,pool=8", 0.001]);
 * ```
 */
export function readMethods(given: readonly unknown[], shared: SharedValues): readonly StudyMethod[] {
  const entries = readEntries("sampler", given);
  return entries.map((entry, at) => ({
    ...{ label: entry.label, against: at === 0 ? null : entries[0]!.label },
    ...methodOf(entry.label, shared, [entry]),
  }));
}

/** The entries of an axis, in text or as mappings. @throws TypeError where one cannot be read, or two have one label. */
export function readEntries(axis: Axis, given: readonly unknown[]): readonly AxisEntry[] {
  const entries = given.flatMap((each) =>
    typeof each === "string" ? parted(each).map((text) => fromText(axis, text)) : [fromYaml(axis, each)]
  );
  const what = axis === "sampler" ? "methods" : axis === "loss" ? "losses" : "backbones";
  if (entries.length === 0) throw new TypeError(`Cannot compare: no ${what} are named, found ${JSON.stringify(given)}`);
  for (const [at, { label }] of entries.entries()) {
    if (entries.findIndex((other) => other.label === label) === at) continue;
    throw new TypeError(
      `Cannot compare two ${what} that are both "${label}": give one a label, as in "other=${label}"`,
    );
  }
  return entries;
}

/** What a method is: the settings of its own, the later over the earlier, over those that are shared. */
export function methodOf(
  label: string,
  shared: SharedValues,
  entries: readonly AxisEntry[],
): Pick<StudyMethod, "values" | "settled"> {
  const common = Object.entries(shared).filter(([name, value]) => name in methodOptions && value !== null);
  const valuesFor = (facts?: DataFacts): MethodValues => {
    const known: Record<string, unknown> = Object.fromEntries(common);
    for (const { recipe, own } of entries) {
      for (const settings of recipe ? [recipeSettings(recipe, facts), own] : [own]) {
        if (settings.optimizer !== undefined) delete known.lr; // one for all is not one for an optimiser of its own
        Object.assign(known, settings);
      }
    }
    return resolve(label, methodOptions, known);
  };
  return { values: valuesFor(), settled: valuesFor };
}

/** What a recipe says of a method, for data where they are known: the protocol is the study's. */
export function recipeSettings(recipe: NamedRecipe, facts?: DataFacts): Readonly<Record<string, unknown>> {
  const { options } = facts ? settledRecipe(recipe, facts) : recipe;
  return Object.fromEntries(Object.entries(options).filter(([name]) => name in methodOptions));
}

/** Text with several methods, in pieces of one each. */
export function parted(text: string): string[] {
  if (/[;\n]/.test(text)) return text.split(/[;\n]/).map((each) => each.trim()).filter(Boolean);
  const found: string[] = [];
  for (const piece of text.split(",").map((each) => each.trim()).filter(Boolean)) {
    // `top=2` after `dns:pool=8` is its next option; where there is a colon, or none before, a method begins
    const [head = ""] = piece.split(/\s/), option = head.includes("=") && !head.includes(":");
    if (option && found.at(-1)?.includes(":")) found.push(`${found.pop()},${piece}`);
    else found.push(piece);
  }
  return found;
}

/** `label=sampler:options name=value ...`, say */
function fromText(axis: Axis, text: string): AxisEntry {
  const [head = "", ...rest] = text.replaceAll(/\s*,\s*/g, ",").split(/\s+/);
  const [, label, named] = /^([^=:]+)=(.+)$/.exec(head) ?? [];
  const own = settingsIn(rest, `${word(axis)} "${text}": after the ${axis}`);
  return { label: label ?? [head, ...rest].join(" "), own: { [axis]: named ?? head, ...own } };
}

/** Settings in words of name=value. @throws TypeError saying where another stands. */
export const settingsIn = (words: readonly string[], where: string): Record<string, string> =>
  Object.fromEntries(words.map((word) => {
    const at = word.indexOf("=");
    if (at > 0) return [word.slice(0, at), word.slice(at + 1)];
    throw new TypeError(`Cannot read ${where} come settings written name=value, found "${word}"`);
  }));

/** A mapping such as `{ label: SSM, sampler: { name: rns, negatives: 32 }, loss: infonce }`. */
function fromYaml(axis: Axis, given: unknown): AxisEntry {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new TypeError(`Cannot read a ${word(axis)}: expected text or a mapping, found ${JSON.stringify(given)}`);
  }
  const { recipe, ...entry } = ("name" in given ? { [axis]: given } : given) as Record<string, unknown> & {
    readonly recipe?: NamedRecipe;
  };
  const { label, ...rest } = Object.fromEntries(Object.entries(entry).map(([key, value]) => [key, methodText(value)]));
  if (recipe) return { label: typeof label === "string" ? label : recipe.name, own: rest, recipe };
  if (rest[axis] === undefined) {
    throw new TypeError(`Cannot read ${word(axis)} ${JSON.stringify(given)}: "${axis}" says which ${axis} it has`);
  }
  const { [axis]: named, ...others } = rest;
  const shown = [named, ...Object.entries(others).map(([key, value]) => `${key}=${value}`)].join(" ");
  return { label: typeof label === "string" ? label : shown, own: rest };
}

/** What has a sampler is a whole method. */
const word = (axis: Axis): string => axis === "sampler" ? "method" : axis;
