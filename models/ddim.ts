import type { Value } from "../graphs/builder.ts";
import { add, mul } from "../graphs/ops/arithmetic.ts";

/** The noise that a level adds, beta_t, rises evenly between these (Ho, Jain & Abbeel, NeurIPS 2020). */
const FIRST_BETA = 1e-4, LAST_BETA = 0.02;

/** What is left at each of `levels` levels of noise: abar_t = prod_{s <= t} (1 - beta_s). */
export function leftAt(levels: number): Float32Array {
  let left = 1;
  return Float32Array.from({ length: levels }, (_, t) => {
    const beta = FIRST_BETA + (LAST_BETA - FIRST_BETA) * t / Math.max(1, levels - 1);
    return left *= 1 - beta;
  });
}

/** One step of the sampler, x <- c1 x0 + c2 x: at which level it stands, and its weights. */
export interface DdimStep {
  readonly level: number;
  readonly c1: number;
  readonly c2: number;
}

/**
 * The steps of DDIM without noise of its own, eta = 0 (Song, Meng & Ermon, ICLR 2021, eq. 12), from the noisiest level to
 * the first, as many as asked for and evenly apart: with x0 guessed, c1 = sqrt(abar') - c2 sqrt(abar) and c2 = sqrt((1 -
 * abar') / (1 - abar)), abar' what is left at the level after. The last step goes to x0 itself: c1 = 1, c2 = 0.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ddimSteps, leftAt } from "./ddim.ts";
 *
 * const steps = ddimSteps(leftAt(2000), 21);
 * assert.deepEqual(steps.map(({ level }) => level).slice(-3), [199, 99, 0]);
 * assert.deepEqual(steps.at(-1), { level: 0, c1: 1, c2: 0 });
 * ```
 */
export function ddimSteps(left: Float32Array, count: number): readonly DdimStep[] {
  const T = left.length, stride = T / (count - 1);
  const levels = Array.from({ length: count }, (_, n) => Math.max(0, Math.round(n * stride) - 1));
  return levels.map((level, n) => {
    const abar = left[level]!, after = n === 0 ? 1 : left[levels[n - 1]!]!;
    const c2 = Math.sqrt((1 - after) / (1 - abar));
    return { level, c1: Math.sqrt(after) - c2 * Math.sqrt(abar), c2 };
  }).reverse();
}

/** Where the steps lead from `start` [R|1, D], with a guess of x0 at each. */
export const ddim = (
  start: Value,
  steps: readonly DdimStep[],
  guess: (x: Value, step: number) => Value, // [R|1, D] -> [R, D]
): Value => steps.reduce((x, { c1, c2 }, step) => add(mul(c1, guess(x, step)), mul(c2, x)), start);
