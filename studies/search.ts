import type { Job, Standing, Strategy } from "./strategy.ts";

/** A search by a strategy. */
export interface Search {
  readonly strategy: Strategy;
  /** Runs a trial to the end of a rung, and says how it then stands: one that ended early stands so on all rungs above, too. */
  readonly run: (job: Job) => Promise<Standing>;
  /** How trials stood before. Default: there are none. */
  readonly known?: readonly Standing[];
}

/** A job that is done. */
export interface SearchStep extends Job {
  /** Of all trials, after it. */
  readonly standings: readonly Standing[];
}

/**
 * Runs one job after the other until the strategy has none left; `break` is a budget of any other kind.
 *
 * @throws what `run` throws, which ends the search.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { halving } from "./halving.ts";
 * import { search } from "./search.ts";
 *
 * const learningRates = [1, 0.1, 0.01, 0.001], epochs = [1, 3], order: string[] = [];
 * const value = (lr: number, epoch: number) => -((Math.log10(lr) + 2) ** 2) / epoch;
 * const strategy = halving({ trials: 4, rungs: 2, eta: 2 });
 * for await (
 *   const { trial, rung } of search({
 *     strategy,
 *     run: ({ trial, rung }) =>
 *       Promise.resolve(epochs.slice(0, rung + 1).map((epoch) => value(learningRates[trial]!, epoch))),
 *   })
 * ) order.push(`${learningRates[trial]} to ${epochs[rung]}`);
 * assert.deepEqual(order, ["1 to 1", "0.1 to 1", "0.01 to 1", "0.001 to 1", "0.01 to 3", "0.1 to 3"]);
 * ```
 */
export async function* search({ strategy, run, known = [] }: Search): AsyncGenerator<SearchStep, void, void> {
  const standings = [...known];
  for (let job = strategy(standings); job; job = strategy(standings)) {
    standings[job.trial] = await run(job);
    yield { ...job, standings: [...standings] };
  }
}
