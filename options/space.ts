/** What a search draws an option's value from: the unit interval laid over its values. */
export interface Space<T = unknown> {
  /** As it is written for `--space`, such as `log:0.0001..0.01`. */
  readonly text: string;
  /** The value at a share of the way through, `share` in [0, 1). */
  readonly at: (share: number) => T;
  readonly has: (value: unknown) => boolean;
}

/** The ends of a range, both of which belong to it, and whether its logarithms are what is even. */
export interface Ends {
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
}

/** Digits of a real number that is drawn: a command that repeats it stays readable. */
const DIGITS = 3;

/**
 * One of some values, each as likely.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { oneOf } from "./space.ts";
 *
 * const pool = oneOf(4, 8, 16, 32);
 * assert.deepEqual([pool.at(0), pool.at(0.5), pool.text], [4, 16, "4,8,16,32"]);
 * ```
 */
export const oneOf = <T>(...values: readonly T[]): Space<T> => ({
  text: values.join(","),
  at: (share) => values[Math.floor(share * values.length)]!,
  has: (value) => values.some((each) => each === value),
});

/**
 * Real numbers, evenly or by their logarithms, rounded to three digits.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { reals } from "./space.ts";
 *
 * assert.equal(reals({ low: 0, high: 1, log: false }).at(0.12345), 0.123);
 * const rates = reals({ low: 1e-4, high: 1, log: true });
 * assert.deepEqual([rates.at(0.5), rates.text], [0.01, "log:0.0001..1"]);
 * ```
 */
export const reals = ({ low, high, log }: Ends): Space<number> => ({
  text: textOf({ low, high, log }),
  at: (share) => {
    const value = log ? low * (high / low) ** share : low + (high - low) * share;
    return Math.min(high, Math.max(low, Number(value.toPrecision(DIGITS))));
  },
  has: (value) => typeof value === "number" && value >= low && value <= high,
});

/**
 * Whole numbers, each as likely, or by their logarithms.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { wholes } from "./space.ts";
 *
 * const hops = wholes({ low: 1, high: 4, log: false });
 * assert.deepEqual([0, 0.25, 0.5, 0.75].map((share) => hops.at(share)), [1, 2, 3, 4]);
 * assert.deepEqual([hops.has(4), hops.has(2.5)], [true, false]);
 * ```
 */
export const wholes = ({ low, high, log }: Ends): Space<number> => ({
  text: textOf({ low, high, log }),
  // each number has the cell from itself to the next: [low, high + 1) is parted
  at: (share) => Math.min(high, Math.floor(log ? low * ((high + 1) / low) ** share : low + (high + 1 - low) * share)),
  has: (value) => Number.isInteger(value) && Number(value) >= low && Number(value) <= high,
});

const textOf = ({ low, high, log }: Ends): string => `${log ? "log:" : ""}${low}..${high}`;
