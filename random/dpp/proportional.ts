import type { Rng } from "../rng.ts";

/**
 * A slot with probability proportional to its weight, by inverting the running totals [m] of weights.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { proportional } from "./proportional.ts";
 * import { Rng } from "../rng.ts";
 *
 * assert.equal(proportional(Float64Array.of(0, 2, 2), new Rng(1, "dpp")), 1); // of weights 0, 2, 0
 * ```
 */
export function proportional(totals: Float64Array, rng: Rng): number {
  let low = 0, high = totals.length - 1;
  const x = rng.uniform() * totals[high]!;
  while (low < high) { // the first total above x
    const middle = (low + high) >> 1;
    if (totals[middle]! > x) high = middle;
    else low = middle + 1;
  }
  return low;
}
