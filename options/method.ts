import { didYouMean } from "./closest.ts";
import { type Options, resolve, type Values } from "./option.ts";

/** What a registry, `foil list` and the docs say of a method. */
export interface About<O extends Options> {
  readonly name: string;
  /** One line: what it does. */
  readonly summary: string;
  /** Authors, venue, year. */
  readonly citation: string;
  readonly options: O;
}

/** A named method with typed options; calling it makes one. Options left out take their defaults. */
export interface Method<O extends Options, T> extends About<O> {
  (options?: Partial<Values<O>>): T;
}

/** A method of some registry whose options are only known by name: what the CLI and the tests loop over. */
export interface AnyMethod<T> extends About<Options> {
  (options?: Readonly<Record<string, unknown>>): T;
}

/**
 * Makes a method of what is said about it and a function of its option values.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { define } from "./method.ts";
 * import { integer } from "./option.ts";
 *
 * const top = define(
 *   { name: "top", summary: "The first few.", citation: "none", options: { count: integer(3, "how many", { min: 1 }) } },
 *   ({ count }) => (xs: number[]) => xs.slice(0, count),
 * );
 * assert.deepEqual(top({ count: 2 })([5, 6, 7]), [5, 6]);
 * assert.throws(() => top({ count: 0 }), /option "count" takes a whole number of at least 1, found 0/);
 * ```
 */
export function define<O extends Options, T>(about: About<O>, make: (values: Values<O>) => T): Method<O, T> {
  const method = (given: Partial<Values<O>> = {}) => make(resolve(about.name, about.options, given));
  for (const [key, value] of Object.entries(about)) Object.defineProperty(method, key, { value, enumerable: true });
  defined.add(method);
  return method as Method<O, T>;
}
const defined = new WeakSet<object>();

/** Whether {@link define} made it: this one, not that of another copy of Foil, whose graphs are not this one's. */
export const isDefined = (value: unknown): value is AnyMethod<unknown> =>
  typeof value === "function" && defined.has(value);

/** Finds a method by name. @throws TypeError listing the names there are, and the one that may be meant. */
export function find<M>(registry: Readonly<Record<string, M>>, kind: string, name: string): M {
  const found = Object.hasOwn(registry, name) ? registry[name] : undefined;
  if (found) return found;
  const names = Object.keys(registry), known = names.map((n) => `"${n}"`).join(", ");
  throw new TypeError(`There is no ${kind} "${name}"; there are ${known}${didYouMean(name, names)}`);
}
