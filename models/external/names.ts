import type { ModelFile } from "../../graphs/model_file.ts";
import { didYouMean } from "../../options/closest.ts";
import { sidesOf } from "./sides.ts";

/** Names of a file's tensors, as far as they are given. */
export interface GivenNames {
  /** The tensor that represents a user. */
  readonly query?: string;
  /** The tensor that represents an item. */
  readonly item?: string;
  /** The tensor of scores. */
  readonly scores?: string;
  /** The inputs of user ids and item ids. */
  readonly inputs?: { readonly user: string; readonly item: string };
}
/** Names of a file's tensors, given or guessed. */
export interface Names {
  readonly users: string;
  readonly items: string;
  readonly scores: string;
  readonly query?: string;
  readonly item?: string;
  /** Which of them were guessed. */
  readonly guessed: ReadonlySet<keyof Omit<Names, "guessed">>;
}

const USER = /user|member|customer|visitor|^uid|^u(_|$)/i, ITEM = /item|product|movie|article|^iid|^i(_|$)/i;
const SCORE = /score|logit|rating|pred|prob/i;

/** Finds the inputs and outputs of a scoring model. @throws TypeError where a name is wrong, or none is obvious. */
export function findNames(file: ModelFile, given: GivenNames): Names {
  const { source } = file, fail = failing(source), known = tensorsOf(file);
  const { user: users, item: items } = given.inputs ?? guessInputs(file, fail);
  for (const name of [users, items]) {
    if (!file.inputs.some((input) => input.name === name)) {
      fail(`it has no input "${name}"; its inputs are ${listed(file.inputs)}`);
    }
  }
  const others = file.inputs.filter(({ name }) => name !== users && name !== items);
  if (others.length > 0) fail(`Foil feeds ids of users and items; its other inputs are ${listed(others)}`);
  for (const name of [given.query, given.item, given.scores]) {
    if (name !== undefined && !known.has(name)) {
      fail(`it has no tensor "${name}"; its outputs are ${listed(file.outputs)}${didYouMean(name, [...known])}`);
    }
  }
  const side = sidesOf(file, users, items);
  const only = (wanted: { user: boolean; item: boolean }, likely: RegExp) => {
    const found = file.outputs.filter(({ name }) => side(name).user === wanted.user && side(name).item === wanted.item);
    const named = found.filter(({ name }) => likely.test(name));
    return (named.length === 1 ? named : found.length === 1 ? found : [])[0]?.name;
  };
  const query = given.query ?? only({ user: true, item: false }, /query|user/i);
  const item = given.item ?? only({ user: false, item: true }, /item/i);
  const scores = given.scores ?? only({ user: true, item: true }, SCORE) ??
    fail(`which output holds the scores? ${listed(file.outputs)}; name it as "scores"`);
  if (!side(scores).user || !side(scores).item) fail(`"${scores}" does not depend on "${users}" and "${items}" both`);
  const guessed = new Set<keyof Omit<Names, "guessed">>();
  if (!given.inputs) guessed.add("users").add("items");
  for (const name of ["query", "item", "scores"] as const) if (given[name] === undefined) guessed.add(name);
  return { users, items, scores, ...query !== undefined && { query }, ...item !== undefined && { item }, guessed };
}

export const failing = (source: string) => (why: string): never => {
  throw new TypeError(`Cannot use "${source}" as a backbone: ${why}`);
};
const listed = (all: readonly { readonly name: string }[]) => all.map(({ name }) => `"${name}"`).join(", ") || "none";

const tensorsOf = ({ inputs, nodes }: ModelFile): ReadonlySet<string> =>
  new Set([...inputs.map(({ name }) => name), ...nodes.flatMap(({ outputs }) => outputs)]);

/** Of two inputs it is enough that one has a telling name. */
function guessInputs({ inputs }: ModelFile, fail: (why: string) => never): { user: string; item: string } {
  const like = (pattern: RegExp, other: RegExp) => inputs.filter(({ name }) => pattern.test(name) && !other.test(name));
  const [user, ...moreUsers] = like(USER, ITEM), [item, ...moreItems] = like(ITEM, USER);
  const rest = (one: { readonly name: string } | undefined) =>
    inputs.length === 2 ? inputs.find((input) => input !== one) : undefined;
  const users = moreUsers.length === 0 ? user ?? (item && rest(item)) : undefined;
  const items = moreItems.length === 0 ? item ?? (user && rest(user)) : undefined;
  if (users && items && users !== items) return { user: users.name, item: items.name };
  return fail(
    `which input holds users and which items? ${
      listed(inputs)
    }; name both, as in model.onnx:users=u,items=i, or in code as "inputs"`,
  );
}
