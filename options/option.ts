import { didYouMean } from "./closest.ts";
import { type Ends, reals, type Space, wholes } from "./space.ts";

/** One option of a method: its default, what it means, and how a given value is checked. */
export interface Option<T> {
  readonly default: T;
  readonly help: string;
  /** What values it takes, in words. */
  readonly takes: string;
  /** The value in its type, or undefined where it is none of `takes`. Text is parsed: flags and YAML both arrive here. */
  readonly read: (given: unknown) => T | undefined;
  /** The values between two, where it has an order. */
  readonly between?: (ends: Ends) => Space<T>;
  /** What `tune` draws it from where it is not told otherwise; without it, the default stays. */
  readonly space?: Space<NonNullable<T>>;
}
/** An option whose values have an order. */
export interface Ordered extends Option<number> {
  readonly between: (ends: Ends) => Space<number>;
}
/** A method's options by name. */
export type Options = Readonly<Record<string, Option<unknown>>>;
/** The values of options, by name. */
export type Values<O extends Options> = { readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never };

function toNumber(given: unknown): number {
  return typeof given === "number" ? given : typeof given === "string" && given.trim() !== "" ? Number(given) : NaN;
}

/** Limits of a numeric option; both ends belong to it. */
export interface Limits {
  readonly min?: number;
  readonly max?: number;
}
const within = (x: number, { min = -Infinity, max = Infinity }: Limits) => x >= min && x <= max;
function range({ min, max }: Limits): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  return min !== undefined ? ` of at least ${min}` : max !== undefined ? ` of at most ${max}` : "";
}

/**
 * A whole number.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { integer } from "./option.ts";
 *
 * const pool = integer(16, "candidates", { min: 1 });
 * assert.deepEqual(["32", 0, 1.5].map(pool.read), [32, undefined, undefined]);
 * assert.equal(pool.takes, "a whole number of at least 1");
 * ```
 */
export const integer = (fallback: number, help: string, limits: Limits = {}): Ordered => ({
  default: fallback,
  help,
  takes: `a whole number${range(limits)}`,
  read: (given) => {
    const x = toNumber(given);
    return Number.isInteger(x) && within(x, limits) ? x : undefined;
  },
  between: wholes,
});

/**
 * A finite number.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { real } from "./option.ts";
 *
 * const share = real(0.5, "a share", { min: 0, max: 1 });
 * assert.deepEqual(["1e-2", 1.5, NaN].map(share.read), [0.01, undefined, undefined]);
 * assert.equal(share.takes, "a number from 0 to 1");
 * ```
 */
export const real = (fallback: number, help: string, limits: Limits = {}): Ordered => ({
  default: fallback,
  help,
  takes: `a number${range(limits)}`,
  read: (given) => {
    const x = toNumber(given);
    return Number.isFinite(x) && within(x, limits) ? x : undefined;
  },
  between: reals,
});

/**
 * Yes or no.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { flag } from "./option.ts";
 *
 * const bias = flag(false, "adds a bias");
 * assert.deepEqual(["true", false, "yes", 1].map(bias.read), [true, false, undefined, undefined]);
 * ```
 */
export const flag = (fallback: boolean, help: string): Option<boolean> => ({
  default: fallback,
  help,
  takes: "true or false",
  read: (given) => given === true || given === "true" ? true : given === false || given === "false" ? false : undefined,
});

/**
 * One of some words.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { choice } from "./option.ts";
 *
 * const law = choice(["power", "log"], "power", "how popularity counts");
 * assert.deepEqual(["log", "logs"].map(law.read), ["log", undefined]);
 * assert.equal(law.takes, "one of power, log");
 * ```
 */
export const choice = <const W extends string>(words: readonly W[], fallback: NoInfer<W>, help: string): Option<W> => ({
  default: fallback,
  help,
  takes: `one of ${words.join(", ")}`,
  read: (given) => words.find((word) => word === given),
});

/**
 * The values of `options`: those `given`, checked, and defaults for the rest.
 *
 * @throws TypeError naming `method`, the option, what it takes and what was given.
 */
export function resolve<O extends Options>(
  method: string,
  options: O,
  given: Readonly<Record<string, unknown>>,
): Values<O> {
  const names = Object.keys(options);
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue;
    const known = names.length > 0 ? `it has ${names.map((known) => `"${known}"`).join(", ")}` : "it has none";
    throw new TypeError(`Cannot make "${method}": it has no option "${name}"; ${known}${didYouMean(name, names)}`);
  }
  return Object.fromEntries(names.map((name) => {
    const { default: fallback, takes, read } = options[name]!;
    if (given[name] === undefined || given[name] === fallback) return [name, fallback]; // what is left out may be null
    const value = read(given[name]);
    if (value !== undefined) return [name, value];
    throw new TypeError(
      `Cannot make "${method}": option "${name}" takes ${takes}, found ${
        typeof given[name] === "number" ? given[name] : JSON.stringify(given[name])
      }`,
    );
  })) as Values<O>;
}

/** Any text; `null` where it is not given. */
export const text = (fallback: string | null, help: string): Option<string | null> => ({
  default: fallback,
  help,
  takes: "text",
  read: (given) => typeof given === "string" ? given : typeof given === "number" ? String(given) : undefined,
});

/** A number that may be left out: `null` then. */
export const optionalReal = (help: string, limits: Limits = {}): Option<number | null> => ({
  ...real(0, help, limits),
  default: null,
});

/** Whole numbers of at least 1 in a row, joined by dashes, as `64-32-16`; {@link numbersOf} tells them apart. */
export const numbers = (fallback: string, help: string): Option<string> => ({
  default: fallback,
  help,
  takes: "whole numbers of at least 1, joined by dashes",
  read: (given) => {
    const written = typeof given === "number" ? `${given}` : given;
    return typeof written === "string" && /^[1-9]\d*(-[1-9]\d*)*$/.test(written) ? written : undefined;
  },
});

/** The numbers of a {@link numbers} option. */
export const numbersOf = (value: string): readonly number[] => value.split("-").map(Number);
