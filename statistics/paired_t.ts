import { studentTwoSided } from "./distributions.ts";
import { differences } from "./differences.ts";
import { summary } from "./summary.ts";

/** A paired t-test. */
export interface PairedT {
  /** Pairs. */
  readonly n: number;
  /** Mean of the differences first - second. */
  readonly difference: number;
  /** Null, as `p`, where there is one pair or the differences do not vary: nothing then says how sure the mean is. */
  readonly t: number | null;
  /** Two-sided, by Student's t with n - 1 degrees of freedom. */
  readonly p: number | null;
}

/** A spread of differences below this part of their size is rounding, not variation. */
const ROUNDING = 1e-12;

/**
 * The paired t-test (Student, Biometrika 1908): whether the mean difference of two paired samples is zero.
 *
 * @throws RangeError where the samples differ in length or are empty.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { pairedT } from "./paired_t.ts";
 *
 * const { t, p } = pairedT([1, 2, 3, 4.5], [1.5, 2, 2.5, 5]);
 * assert.equal(t!.toFixed(4), "-0.5222");
 * assert.equal(p!.toFixed(4), "0.6376");
 * ```
 */
export function pairedT(first: ArrayLike<number>, second: ArrayLike<number>): PairedT {
  const found = differences(first, second), { n, mean, sd } = summary(found);
  const least = ROUNDING * found.reduce((most, d) => Math.max(most, Math.abs(d)), 0);
  if (sd === null || sd <= least) return { n, difference: mean, t: null, p: null };
  const t = mean / (sd / Math.sqrt(n));
  return { n, difference: mean, t, p: studentTwoSided(t, n - 1) };
}
