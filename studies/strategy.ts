/**
 * What a trial came to: its value at the end of each rung that it was run to, from the first on; larger is better, and NaN
 * is that of a trial that failed.
 */
export type Standing = readonly number[];

/** What is to be run next. */
export interface Job {
  /** From 0, in the order in which trials are drawn; the first that is new is as many as there are. */
  readonly trial: number;
  /** The rung that it is to be run to the end of, from 0. */
  readonly rung: number;
}

/**
 * What is to be run next, of all that is known by now, beside what is `running`: no trial of these. Undefined while
 * something is running: nothing, before more is known; undefined while nothing is: the search has come to its end. It keeps
 * nothing: a search that was stopped goes on from the standings of its trials.
 */
export type Strategy = (standings: readonly Standing[], running: readonly Job[]) => Job | undefined;

/** How many configurations are tried. */
export interface Budget {
  /** Infinity where something else ends the search. */
  readonly trials: number;
}

/**
 * Every trial to its end, in the order in which they are drawn (Bergstra & Bengio, JMLR 2012, where configurations are drawn at random). It
 * has one rung.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { randomSearch } from "./strategy.ts";
 *
 * const next = randomSearch({ trials: 2 });
 * assert.deepEqual(next([[0.3]], []), { trial: 1, rung: 0 });
 * assert.equal(next([[0.3], []], [{ trial: 1, rung: 0 }]), undefined); // all have begun
 * assert.equal(next([[0.3], [0.1]], []), undefined);
 * ```
 */
export const randomSearch = ({ trials }: Budget): Strategy => (standings, running) =>
  pendingAt(0, trialsFrom(0, trials), standings, running);

/** The numbers of trials from `first` and below `end`. */
export function* trialsFrom(first: number, end: number): Generator<number, void, void> {
  for (let trial = first; trial < end; trial++) yield trial;
}

/** Whether a trial has been run to the end of a rung. */
export const isPast = (rung: number, trial: number, standings: readonly Standing[]): boolean =>
  (standings[trial]?.length ?? 0) > rung;

/** The first of some trials that has not been run to the end of a rung, and is not running. */
export function pendingAt(
  rung: number,
  trials: Iterable<number>,
  standings: readonly Standing[],
  running: readonly Job[],
): Job | undefined {
  for (const trial of trials) {
    if (!isPast(rung, trial, standings) && running.every((job) => job.trial !== trial)) return { trial, rung };
  }
  return undefined;
}

/** Some trials in the order in which they stand at a rung, of equal ones those first that were drawn first; none that failed. */
export const rankedAt = (
  rung: number,
  trials: readonly number[],
  standings: readonly Standing[],
): readonly number[] => {
  const value = (trial: number) => standings[trial]![rung]!;
  return trials.filter((trial) => !Number.isNaN(value(trial)))
    .toSorted((a, b) => value(b) - value(a) || a - b);
};

/**
 * The trial with the best value, wherever it was reached; undefined where none has one. Values are those of the best epoch
 * so far, so that running on can only raise them.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { leaderOf } from "./strategy.ts";
 *
 * assert.equal(leaderOf([[0.3], [0.1, 0.4], [NaN], []]), 1);
 * assert.equal(leaderOf([[NaN], []]), undefined);
 * ```
 */
export function leaderOf(standings: readonly Standing[]): number | undefined {
  const last = standings.map((standing) => [standing.at(-1) ?? NaN]);
  return rankedAt(0, [...last.keys()], last)[0];
}
