import type { Thinning } from "./halving.ts";
import { type Job, pendingAt, rankedAt, type Standing, type Strategy } from "./strategy.ts";

/**
 * Asynchronous successive halving (Li et al., MLSys 2020, Algorithm 2): a trial goes on as soon as it is among the best
 * 1 / eta of those that have come to the end of its rung, the highest rung first; where none is, a new one begins. So a
 * search that may be stopped at any time, by a budget of minutes, say, has trials on every rung.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { asha } from "./asha.ts";
 *
 * const next = asha({ trials: 9, rungs: 2, eta: 3 });
 * assert.deepEqual(next([[0.1], [0.4]]), { trial: 2, rung: 0 }); // of two, none is the best third
 * assert.deepEqual(next([[0.1], [0.4], [0.3]]), { trial: 1, rung: 1 });
 * assert.deepEqual(next([[0.1], [0.4, 0.5], [0.3]]), { trial: 3, rung: 0 });
 * ```
 */
export const asha = ({ trials, rungs, eta }: Thinning): Strategy => (standings) => {
  const begun = pendingAt(0, standings.length, 0, standings);
  if (begun) return begun;
  for (let rung = rungs - 2; rung >= 0; rung--) {
    const job = promotion(rung, eta, standings);
    if (job) return job;
  }
  return standings.length < trials ? { trial: standings.length, rung: 0 } : undefined;
};

/** The best trial of a rung that may go on from it and has not: get_job of Algorithm 2, for one rung. */
function promotion(rung: number, eta: number, standings: readonly Standing[]): Job | undefined {
  const done = [...standings.keys()].filter((trial) => standings[trial]!.length > rung);
  const promotable = rankedAt(rung, done, standings).slice(0, Math.floor(done.length / eta));
  const trial = promotable.find((each) => standings[each]!.length === rung + 1);
  return trial === undefined ? undefined : { trial, rung: rung + 1 };
}
