import { holm } from "../statistics/holm.ts";
import { pairedT } from "../statistics/paired_t.ts";
import { summary } from "../statistics/summary.ts";
import { wilcoxon } from "../statistics/wilcoxon.ts";

/** What one trial, or one baseline, measured on test. */
export interface Measured {
  readonly metrics: Readonly<Record<string, number>>;
  /** Each metric of each user, or event, that is a mean over those; the same ones in the same order in all that is compared. */
  readonly perUser: Readonly<Record<string, ArrayLike<number>>>;
}

/** A method, and what its trials measured. */
export interface Contender {
  readonly label: string;
  /** By seed. A method without randomness has the same result under each. */
  readonly results: ReadonlyMap<number, Measured>;
  /** What it is tested against, of the same data; without it, it is only what others are tested against. */
  readonly against?: Contender;
}

/** A method beside the one that it is tested against, by one metric. */
export interface Against {
  /** Difference of the means over the seeds that both have. */
  readonly difference: number;
  /** The difference in percent of the other's mean; null where that is 0. */
  readonly percent: number | null;
  /** Paired t-test over seeds: would another seed say the same? Null where fewer than two seeds are shared. */
  readonly overSeeds: {
    readonly n: number;
    readonly t: number | null;
    readonly p: number | null;
    readonly holm: number | null;
  };
  /**
   * Wilcoxon signed-rank test over users (or events), each one's values averaged over seeds: would other users say the same?
   * Null for a metric that is no mean over them, such as a balance.
   */
  readonly overUsers: { readonly n: number; readonly w: number; readonly p: number; readonly holm: number } | null;
}

/** One metric of one method. */
export interface Cell {
  /** By seed, in the order of seeds. */
  readonly values: readonly number[];
  readonly mean: number;
  /** Sample standard deviation over seeds; null where there is one. */
  readonly sd: number | null;
  /** Null for what is tested against nothing, and where the two share no seed. */
  readonly against: Against | null;
}

/** One method's cells by metric; null where no trial of it is done. */
export interface ComparedRow {
  readonly label: string;
  /** The label of what it is tested against. */
  readonly reference: string | null;
  readonly seeds: readonly number[];
  readonly cells: Readonly<Record<string, Cell>> | null;
}

/**
 * Compares methods with the first of them; see {@link compared}.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { compareToFirst } from "./comparison.ts";
 *
 * const measured = (value: number) => ({ metrics: { "hit@1": value }, perUser: { "hit@1": [value, value] } });
 * const results = (...values: number[]) => new Map(values.map((value, seed) => [seed, measured(value)]));
 * const [, dns] = compareToFirst(
 *   [{ label: "rns", results: results(0.25, 0.5) }, { label: "dns", results: results(0.5, 1) }],
 *   ["hit@1"],
 * );
 * assert.deepEqual([dns!.cells!["hit@1"]!.mean, dns!.cells!["hit@1"]!.against!.percent], [0.75, 100]);
 * ```
 */
export const compareToFirst = (
  [first, ...others]: readonly Contender[],
  metrics: readonly string[],
): readonly ComparedRow[] =>
  first ? compared([first, ...others.map((other) => ({ ...other, against: first }))], metrics) : [];

/**
 * Compares each contender with the one that it names. p-values are also given corrected by Holm over all contenders
 * that are tested, for each metric and each test by itself: they may be of several datasets.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { compared } from "./comparison.ts";
 *
 * const results = (value: number) => new Map([[0, { metrics: { "hit@1": value }, perUser: { "hit@1": [value] } }]]);
 * const books = { label: "rns", results: results(0.5) }, films = { label: "rns", results: results(0.25) };
 * const dns = [{ against: books, value: 1 }, { against: films, value: 0.5 }].map(({ against, value }) => ({
 *   ...{ label: "dns", results: results(value), against },
 * }));
 * const rows = compared([books, films, ...dns], ["hit@1"]);
 * assert.deepEqual(rows.map(({ cells }) => cells!["hit@1"]!.against?.percent), [undefined, undefined, 100, 100]);
 * ```
 */
export function compared(contenders: readonly Contender[], metrics: readonly string[]): readonly ComparedRow[] {
  const columns = metrics.map((metric) => [metric, column(contenders, metric)] as const);
  return contenders.map(({ label, results, against }, at) => ({
    label,
    reference: against?.label ?? null,
    seeds: sorted(results.keys()),
    cells: results.size === 0 ? null : Object.fromEntries(columns.map(([metric, cells]) => [metric, cells[at]!])),
  }));
}

const sorted = (seeds: Iterable<number>) => [...seeds].sort((a, b) => a - b);

/** One metric of every contender; null where none of its trials is done. */
function column(contenders: readonly Contender[], metric: string): (Cell | null)[] {
  const tests = contenders.map((contender) => contender.against ? test(contender.against, contender, metric) : null);
  const seeds = holm(tests.map((found) => found?.overSeeds.p ?? null));
  const users = holm(tests.map((found) => found?.overUsers?.p ?? null));
  return contenders.map(({ results }, at) => {
    if (results.size === 0) return null;
    const values = sorted(results.keys()).map((seed) => results.get(seed)!.metrics[metric]!);
    const { mean, sd } = summary(values), found = tests[at]!;
    const against = found && {
      ...found,
      overSeeds: { ...found.overSeeds, holm: seeds[at]! },
      overUsers: found.overUsers && { ...found.overUsers, holm: users[at]! },
    };
    return { values, mean, sd, against };
  });
}

function test(first: Contender, other: Contender, metric: string) {
  const shared = sorted(first.results.keys()).filter((seed) => other.results.has(seed));
  if (shared.length === 0) return null;
  const values = ({ results }: Contender) => shared.map((seed) => results.get(seed)!.metrics[metric]!);
  const { n, difference, t, p } = pairedT(values(other), values(first)), base = summary(values(first)).mean;
  return {
    difference,
    percent: base === 0 ? null : 100 * difference / base,
    overSeeds: { n, t, p },
    overUsers: isMean(first, metric) && isMean(other, metric)
      ? wilcoxon(...userDifferences(userMeans(other, shared, metric), userMeans(first, shared, metric)))
      : null,
  };
}

const isMean = ({ results }: Contender, metric: string) =>
  [...results.values()].every(({ perUser }) => metric in perUser);

/**
 * What users differ by, and zeros beside it, to a millionth: means over seeds of the same values in another order are equal
 * then, and .3 - .2 is as far as .2 - .1, of values that are float32 where they were read from a file. The step is a
 * power of two, halfway between two of which no share of few lies.
 */
function userDifferences(other: Float64Array, first: Float64Array): [Float64Array, Float64Array] {
  const rounded = (x: number) => Math.sign(x) * Math.round(Math.abs(x) / STEP) * STEP; // the same either way
  return [other.map((mean, user) => rounded(mean - first[user]!)), new Float64Array(first.length)];
}
const STEP = 2 ** -20;

/** Each user's mean over seeds. */
function userMeans({ results }: Contender, seeds: readonly number[], metric: string): Float64Array {
  const runs = seeds.map((seed) => results.get(seed)!.perUser[metric]!);
  return Float64Array.from(
    { length: runs[0]!.length },
    (_, user) => runs.reduce((sum, run) => sum + run[user]!, 0) / runs.length,
  );
}
