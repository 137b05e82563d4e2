import type { NegativesReport } from "../../training/negatives_report.ts";
import type { EpochReport } from "../../training/recipe.ts";
import { styleOf } from "../../reports/palette.ts";
import type { Chart, Figure } from "../../reports/chart.ts";
import { isChart } from "../../reports/chart.ts";
import type { Method, Study, Trial } from "../../reports/study.ts";

/** An epoch with as much as a test says. */
export const epoch = (at: number, given: Partial<EpochReport> = {}): EpochReport => ({
  ...{ epoch: at, steps: 1, loss: 1 / (at + 1), lossSum: 1 / (at + 1) },
  seconds: { sampling: 1, scoring: 2, updating: 3, evaluating: 4 },
  ...given,
});

export const negatives = (given: Partial<NegativesReport> = {}): NegativesReport => ({
  ...{ pairs: 100, nonFinite: 0, zeroGradient: 0, gradient: 0.5, cosineDistance: 0.5, byPositive: null, items: null },
  hardness: { mean: 0.5, median: 0.25, skipped: 0 },
  ...given,
});

export const trial = (seed: number, epochs: readonly EpochReport[], given: Partial<Trial> = {}): Trial => ({
  ...{ seed, epochs, best: null, test: null },
  ...given,
});

/** Results over seeds with their mean and spread, which the test knows. */
export const cell = (values: readonly number[], mean: number, sd: number | null) => ({
  values,
  mean,
  sd,
  against: null,
});

export const method = (label: string, given: Partial<Method> = {}): Method => ({
  ...{ label, trained: true, style: styleOf(0), options: { sampler: label }, trials: [], cells: null },
  ...{ reference: null, bestEpoch: null, secondsPerEpoch: null, lists: null },
  ...given,
});

export const study = (methods: readonly Method[], given: Partial<Study> = {}): Study => ({
  ...{ data: "small", title: "small", from: ["runs/small"], compared: true, selectedOn: "valid", selectBy: "ndcg@20" },
  ...{ seeds: [0], metrics: ["ndcg@20"], notes: [], methods },
  ...given,
});

/** The figure as a chart. */
export function drawn(figure: Figure | undefined): Chart {
  if (figure && isChart(figure)) return figure;
  throw new TypeError(`Cannot look at a chart: it takes ${figure?.takes}`);
}

/** The rows of a table of a specification's data. */
// deno-lint-ignore no-explicit-any -- a test reads what was written
export const dataOf = ({ spec }: Chart, name = "rows"): any =>
  (spec.data as { name: string; values: unknown }[]).find((table) => table.name === name)!.values;
