import type { Job, Standing, Strategy } from "./strategy.ts";

/** A search by a strategy. */
export interface Search {
  readonly strategy: Strategy;
  /** Runs a trial to the end of a rung, and says how it then stands: one that ended early stands so on all rungs above, too. */
  readonly run: (job: Job) => Promise<Standing>;
  /** How trials stood before. Default: there are none. */
  readonly known?: readonly Standing[];
  /** So many are run at once, where the strategy has as many. Default one. */
  readonly jobs?: number;
}

/** A job that is done. */
export interface SearchStep extends Job {
  /** Of all trials, after it; of one that is running as it was before, empty where that is new. */
  readonly standings: readonly Standing[];
}

/**
 * Runs jobs until the strategy has none left, and says of each that it is done; `break` is a budget of any other kind, and
 * waits for those that are running.
 *
 * @throws what `run` throws first: no more are begun then, and those that are running come to their end before. RangeError
 * where `jobs` is less than one.
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
export async function* search(
  { strategy, run, known = [], jobs = 1 }: Search,
): AsyncGenerator<SearchStep, void, void> {
  if (!(jobs >= 1)) throw new RangeError(`Cannot search ${jobs} jobs at a time: it takes at least 1`);
  const standings = [...known], running = new Map<Job, Promise<Ended>>(), errors: unknown[] = [];
  try {
    for (;;) {
      while (errors.length === 0 && running.size < jobs) {
        const job = strategy(standings, [...running.keys()]);
        if (!job) break;
        standings[job.trial] ??= [];
        running.set(job, ending(job, run));
      }
      if (running.size === 0) break;
      const ended = await Promise.race(running.values());
      running.delete(ended.job);
      if ("error" in ended) errors.push(ended.error);
      else {
        standings[ended.job.trial] = ended.standing;
        yield { ...ended.job, standings: [...standings] };
      }
    }
  } finally {
    await Promise.all(running.values());
  }
  if (errors.length > 0) throw errors[0];
}

/** How a job ended. */
type Ended = { readonly job: Job } & ({ readonly standing: Standing } | { readonly error: unknown });

async function ending(job: Job, run: Search["run"]): Promise<Ended> {
  try {
    return { job, standing: await run(job) };
  } catch (error) {
    return { job, error };
  }
}
