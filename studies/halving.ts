import {
  type Budget,
  isPast,
  type Job,
  pendingAt,
  rankedAt,
  type Standing,
  type Strategy,
  trialsFrom,
} from "./strategy.ts";

/** How trials are thinned out. */
export interface Thinning extends Budget {
  /** How many rungs there are; a trial at the end of the last has been run whole. */
  readonly rungs: number;
  /** One trial in so many goes on from a rung to the next. */
  readonly eta: number;
}

export interface HalvingOptions extends Thinning {
  /** So many are halved together; more trials than that bracket by bracket. Default all of them. */
  readonly bracket?: number;
  /** Trials that go on however they stand: those whose first epochs say little of their last. Default none. */
  readonly always?: readonly number[];
}

/**
 * Successive halving (Jamieson & Talwalkar, AISTATS 2016; Li et al., MLSys 2020, Algorithm 1): all trials are run to the
 * first rung, the best 1 / eta of them to the second, and so on. At least one goes on. While some are running to a rung that
 * those on it are to be ranked at, there is nothing to run but the brackets that follow.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { halving } from "./halving.ts";
 *
 * const next = halving({ trials: 4, rungs: 2, eta: 2 });
 * assert.deepEqual(next([[0.1], [0.4], [0.3]], []), { trial: 3, rung: 0 });
 * assert.equal(next([[0.1], [0.4], [0.3], []], [{ trial: 3, rung: 0 }]), undefined); // which are the best is not known yet
 * assert.deepEqual(next([[0.1], [0.4], [0.3], [0.2]], []), { trial: 1, rung: 1 });
 * assert.deepEqual(next([[0.1], [0.4, 0.5], [0.3], [0.2]], []), { trial: 2, rung: 1 });
 * assert.equal(next([[0.1], [0.4, 0.5], [0.3, 0.6], [0.2]], []), undefined);
 * ```
 */
export function halving({ trials, rungs, eta, bracket = trials, always = [] }: HalvingOptions): Strategy {
  return (standings, running) => {
    for (let first = 0; first < trials; first += bracket) {
      const last = Math.min(first + bracket, trials),
        begins = pendingAt(0, trialsFrom(first, last), standings, running);
      const job = begins ?? promotion([...trialsFrom(first, last)], standings, running);
      if (job) return job;
    }
    return undefined;
  };

  /** What is next of a cohort that has begun. */
  function promotion(cohort: readonly number[], standings: readonly Standing[], running: readonly Job[]) {
    for (let rung = 1; rung < rungs; rung++) {
      if (!cohort.every((trial) => isPast(rung - 1, trial, standings))) return undefined;
      const ranked = rankedAt(rung - 1, cohort, standings), count = Math.max(1, Math.floor(cohort.length / eta));
      cohort = ranked.filter((trial, place) => place < count || always.includes(trial));
      const job = pendingAt(rung, cohort, standings, running);
      if (job) return job;
    }
    return undefined;
  }
}
