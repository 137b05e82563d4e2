/**
 * The probabilities nearest to `x` in Euclidean distance: x less a number that makes what stays above 0 sum to 1 (Duchi,
 * Shalev-Shwartz, Singer & Chandra, ICML 2008, fig. 1).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ontoSimplex } from "./onto_simplex.ts";
 *
 * assert.deepEqual(ontoSimplex([1.5, 0.5, -1]), [1, 0, 0]);
 * ```
 */
export function ontoSimplex(x: readonly number[]): number[] {
  let total = 0, excess = 0;
  [...x].sort((a, b) => b - a).forEach((value, at) => {
    total += value;
    const candidate = (total - 1) / (at + 1);
    if (value > candidate) excess = candidate;
  });
  return x.map((value) => Math.max(0, value - excess));
}
