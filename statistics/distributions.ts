// @ts-types="./jstat.d.ts"
import jstat from "npm:jstat@1.9.6";

/** Below this 1 - erf keeps all its digits; above it the continued fraction converges fast. */
const FAR = 4;
/** Terms of the continued fraction: at {@link FAR} more change nothing in a double. */
const TERMS = 40;

/** P(|T| >= |t|) for Student's t with `df` degrees of freedom: what a two-sided t-test reports. */
export const studentTwoSided = (t: number, df: number): number => 2 * jstat.studentt.cdf(-Math.abs(t), df);

/**
 * P(Z >= z) for a standard normal Z and z >= 0, to full relative precision however far out.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { normalTail, studentTwoSided } from "./distributions.ts";
 *
 * assert.equal(normalTail(1.959964).toFixed(6), "0.025000");
 * assert.equal(studentTwoSided(2.776445, 4).toFixed(6), "0.050000");
 * ```
 */
export function normalTail(z: number): number {
  if (z < FAR) return 1 - jstat.normal.cdf(z, 0, 1);
  // Laplace: Q(z) = phi(z) / (z + 1/(z + 2/(z + 3/(z + ...)))); jstat's cdf would lose the tail in 1 - erf
  let fraction = z;
  for (let term = TERMS; term >= 1; term--) fraction = z + term / fraction;
  return Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI) / fraction;
}
