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
 * What is to be run next, of all that is known by now; undefined where the search has come to its end. It keeps nothing: a
 * search that was stopped goes on from the standings of its trials.
 */
export type Strategy = (standings: readonly Standing[]) => Job | undefined;

/** How many configurations are tried. */
export interface Budget {
  /** Infinity where something else ends the search. */
  readonly trials: number;
}

/**
 * Every trial to its end, one after the other (Bergstra & Bengio, JMLR 2012, where configurations are drawn at random). It
 * has one rung.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { randomSearch } from "./strategy.ts";
 *
 * const next = randomSearch({ trials: 2 });
 * assert.deepEqual([next([]), next([[0.3]]), next([[0.3], [0.1]])], [{ trial: 0, rung: 0 }, { trial: 1, rung: 0 }, undefined]);
 * ```
 */
export const randomSearch = ({ trials }: Budget): Strategy => (standings) =>
  pendingAt(0, Math.min(trials, standings.length + 1), 0, standings);

/** The first of the trials from `from` and below `to` that has not been run to the end of a rung. */
export function pendingAt(from: number, to: number, rung: number, standings: readonly Standing[]): Job | undefined {
  for (let trial = from; trial < to; trial++) {
    if ((standings[trial]?.length ?? 0) <= rung) return { trial, rung };
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
 */
export function leaderOf(standings: readonly Standing[]): number | undefined {
  const last = standings.map((standing) => [standing.at(-1) ?? NaN]);
  return rankedAt(0, [...last.keys()], last)[0];
}
