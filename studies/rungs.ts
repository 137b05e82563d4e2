/** How rungs are laid out. */
export interface RungOptions {
  /** Epochs of a trial that is run whole, E. */
  readonly epochs: number;
  /** Epochs between evaluations: a rung ends with one. */
  readonly evaluateEvery: number;
  /** A rung takes so many times the epochs of the one below it. */
  readonly eta: number;
  /** At most so many; of few epochs there are fewer. */
  readonly rungs: number;
}

/**
 * The epochs that each rung ends after: E / eta^(rungs - 1), ..., E / eta, E, each moved to where a trial is evaluated
 * anyway, after epochs 0, n, 2n, ... So a trial that goes on from a rung is the run that would not have stopped there.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { rungsOf } from "./rungs.ts";
 *
 * assert.deepEqual(rungsOf({ epochs: 100, evaluateEvery: 5, eta: 3, rungs: 3 }), [11, 31, 100]);
 * assert.deepEqual(rungsOf({ epochs: 4, evaluateEvery: 5, eta: 3, rungs: 3 }), [1, 4]);
 * ```
 */
export function rungsOf({ epochs, evaluateEvery, eta, rungs }: RungOptions): readonly number[] {
  const below = Array.from({ length: rungs - 1 }, (_, at) => {
    const evaluation = Math.round((epochs / eta ** (rungs - 1 - at) - 1) / evaluateEvery);
    return 1 + evaluateEvery * Math.max(0, evaluation);
  });
  return [...new Set([...below.filter((end) => end < epochs), epochs])];
}
