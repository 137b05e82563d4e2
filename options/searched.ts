import type { Option, Ordered } from "./option.ts";
import { oneOf } from "./space.ts";

/**
 * A number that `tune` draws evenly between two ends.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { integer } from "./option.ts";
 * import { byMagnitude, evenly } from "./searched.ts";
 *
 * const hops = evenly(integer(3, "hops", { min: 1 }), 1, 4), pool = byMagnitude(integer(16, "candidates"), 4, 64);
 * assert.deepEqual([0, 0.5, 0.99].map((share) => hops.space!.at(share)), [1, 3, 4]);
 * assert.deepEqual([0, 0.5, 0.99].map((share) => pool.space!.at(share)), [4, 16, 63]);
 * ```
 */
export const evenly = (option: Ordered, low: number, high: number): Ordered => ({
  ...option,
  space: option.between({ low, high, log: false }),
});

/**
 * A number whose logarithm `tune` draws evenly between those of two ends.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { real } from "./option.ts";
 * import { byMagnitude } from "./searched.ts";
 *
 * const lr = byMagnitude(real(1e-3, "learning rate"), 1e-4, 1);
 * assert.equal(lr.space!.at(0.5), 0.01);
 * ```
 */
export const byMagnitude = (option: Ordered, low: number, high: number): Ordered => ({
  ...option,
  space: option.between({ low, high, log: true }),
});

/**
 * An option that `tune` draws from some values, each as likely.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { integer } from "./option.ts";
 * import { among } from "./searched.ts";
 *
 * const dim = among(integer(64, "width"), 32, 64, 128);
 * assert.deepEqual([0, 0.5, 0.99].map((share) => dim.space!.at(share)), [32, 64, 128]);
 * ```
 */
export const among = <T>(option: Option<T>, ...values: readonly NonNullable<T>[]): Option<T> => ({
  ...option,
  space: oneOf(...values),
});
