import type { Rng } from "./rng.ts";

/**
 * A draw from Beta(a, b), a and b above 0, as the quotient of two gamma draws (Marsaglia & Tsang, ACM TOMS 2000). Its
 * mean is a / (a + b).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { beta } from "./beta.ts";
 * import { Rng } from "./rng.ts";
 *
 * const x = beta(new Rng(1, "shares"), 7, 3);
 * assert(x > 0 && x < 1);
 * ```
 */
export function beta(rng: Rng, a: number, b: number): number {
  const x = logGamma(rng, a), y = logGamma(rng, b); // logarithms: of a small parameter both may round to 0
  return 1 / (1 + Math.exp(y - x));
}

/** The logarithm of a draw from Gamma(shape, 1). */
function logGamma(rng: Rng, shape: number): number {
  if (shape < 1) return logGamma(rng, shape + 1) + Math.log(1 - rng.uniform()) / shape;
  const d = shape - 1 / 3, c = 1 / Math.sqrt(9 * d);
  while (true) {
    const z = rng.normal(), v = (1 + c * z) ** 3;
    if (v > 0 && Math.log(1 - rng.uniform()) < z * z / 2 + d - d * v + d * Math.log(v)) return Math.log(d * v);
  }
}
