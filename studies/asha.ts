import type { Thinning } from "./halving.ts";
import { isPast, pendingAt, rankedAt, type Standing, type Strategy, trialsFrom } from "./strategy.ts";

/**
 * Asynchronous successive halving (Li et al., MLSys 2020, Algorithm 2): a trial goes on as soon as it is among the best
 * 1 / eta of those that have come to the end of its rung, the highest rung first; where none is, a new one begins. So a
 * search that may be stopped at any time, by a budget of minutes, say, has trials on every rung, and while there are trials
 * left none waits for those that are running.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { asha } from "./asha.ts";
 *
 * const next = asha({ trials: 9, rungs: 2, eta: 3 });
 * const promoted = { trial: 1, rung: 1 }, fresh = { trial: 3, rung: 0 };
 * assert.deepEqual(next([[0.1], [0.4]], []), { trial: 2, rung: 0 }); // of two, none is the best third
 * assert.deepEqual(next([[0.1], [0.4], [0.3]], []), promoted);
 * assert.deepEqual(next([[0.1], [0.4], [0.3]], [promoted]), fresh);
 * assert.deepEqual(next([[0.1], [0.4, 0.5], [0.3]], []), fresh);
 * ```
 */
export const asha = ({ trials, rungs, eta }: Thinning): Strategy => (standings, running) => {
  const begun = pendingAt(0, standings.keys(), standings, running);
  if (begun) return begun;
  for (let rung = rungs - 2; rung >= 0; rung--) {
    const job = pendingAt(rung + 1, promotable(rung, eta, standings), standings, running);
    if (job) return job;
  }
  return pendingAt(0, trialsFrom(standings.length, trials), standings, running);
};

/** The trials of a rung that may go on from it, or have: get_job of Algorithm 2, for one rung. */
function promotable(rung: number, eta: number, standings: readonly Standing[]): readonly number[] {
  const done = [...standings.keys()].filter((trial) => isPast(rung, trial, standings));
  return rankedAt(rung, done, standings).slice(0, Math.floor(done.length / eta));
}
