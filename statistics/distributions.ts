// @ts-types="./jstat.d.ts"
import jstat from "npm:jstat@1.9.6";

/** Below this 1 - erf keeps all its digits; above it the continued fraction converges fast. */
const FAR = 4;
/** Terms of the continued fraction: at {@link FAR} more change nothing in a double. */
const TERMS = 40;

/** Degrees of freedom from which on jstat's incomplete beta function loses digits near t = 0, at last all of them. */
const MANY = 1e4;
/** Of t^2 / df: up to it the terms that are left out below change nothing that is read. */
const NEAR = 1e-3;

/**
 * P(|T| >= |t|) for Student's t with `df` degrees of freedom: what a two-sided t-test reports. With many, and near 0, by
 * the normal z of the same tail, of which the first terms in 1 / df are taken (Wallace, Annals of Mathematical Statistics
 * 1959).
 */
export function studentTwoSided(t: number, df: number): number {
  const far = Math.abs(t);
  if (df < MANY || t * t > NEAR * df) return 2 * jstat.studentt.cdf(-far, df);
  const square = t * t, first = (square + 1) / 4, second = (square * (13 * square + 8) + 3) / 96;
  return 2 * normalTail(far * (1 - first / df + second / df ** 2));
}

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
