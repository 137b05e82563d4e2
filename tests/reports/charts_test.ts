import assert from "node:assert/strict";
import { againstOption } from "../../reports/charts/against_option.ts";
import { balance } from "../../reports/charts/balance.ts";
import { hardnessByPositive } from "../../reports/charts/hardness_by_positive.ts";
import {
  diversityByEpoch,
  falseNegativesByEpoch,
  hardnessByEpoch,
  quantileByEpoch,
} from "../../reports/charts/negatives.ts";
import { popularity } from "../../reports/charts/popularity.ts";
import { results } from "../../reports/charts/results.ts";
import { seconds } from "../../reports/charts/seconds.ts";
import { lossByEpoch, metricByEpoch } from "../../reports/charts/training.ts";
import { figures } from "../../reports/figures.ts";
import { isChart } from "../../reports/chart.ts";
import { cell, dataOf, drawn, epoch, method, negatives, study, trial } from "./small_study.ts";

const curve = (...values: number[]) => values.map((value, at) => epoch(at, { metrics: { "ndcg@20": value } }));
const shown = (...rows: readonly (readonly [number, number, number, number])[]) =>
  rows.map(([x, y, low, high]) => ({ label: "dns", x, y, low, high }));

Deno.test("a metric by epoch is the mean over seeds with its range, as far as every seed went, and each seed's best", () => {
  const trials = [trial(0, curve(0.1, 0.3, 0.2), { best: 1 }), trial(1, curve(0.3, 0.5), { best: 1 })];
  const chart = drawn(metricByEpoch(study([method("dns", { trials })], { seeds: [0, 1] })));
  assert.deepEqual(dataOf(chart), shown([0, 0.2, 0.1, 0.3], [1, 0.4, 0.3, 0.5]));
  assert.deepEqual(dataOf(chart, "marked"), [{ label: "dns", x: 1, y: 0.3 }, { label: "dns", x: 1, y: 0.5 }]);
  assert.deepEqual(chart.table, { head: ["epoch", "dns"], rows: [[0, 0.2], [1, 0.4]] });
  assert.match(chart.caption, /held out to pick the epoch, not on test/);
  const onTest = drawn(metricByEpoch(study([method("dns", { trials })], { selectedOn: "test" })));
  assert.match(onTest.caption, /on the TEST set, .* optimistic/);
});

Deno.test("epochs that were not evaluated are no points of the curve", () => {
  const trials = [
    trial(0, [epoch(0, { metrics: { "ndcg@20": 0.1 } }), epoch(1), epoch(2, { metrics: { "ndcg@20": 0.2 } })]),
  ];
  const chart = drawn(metricByEpoch(study([method("dns", { trials })])));
  assert.deepEqual(dataOf(chart), shown([0, 0.1, 0.1, 0.1], [2, 0.2, 0.2, 0.2]));
});

Deno.test("losses of different kinds are on charts of their own", () => {
  const of = (label: string, loss: string) =>
    method(label, { options: { loss }, trials: [trial(0, [epoch(0), epoch(1)])] });
  const charts = lossByEpoch(study([of("a", "bpr"), of("b", "infonce"), of("c", "bpr")])).map(drawn);
  assert.deepEqual(charts.map(({ title }) => title), ["Loss (bpr) by epoch", "Loss (infonce) by epoch"]);
  assert.deepEqual(charts.map(({ table }) => table.head), [["epoch", "a", "c"], ["epoch", "b"]]);
  assert.equal(new Set(charts.map(({ id }) => id)).size, 2);
});

Deno.test("hardness by epoch leaves out epochs in which most positives score too low for a ratio", () => {
  const of = (median: number, skipped: number) => ({
    negatives: negatives({ hardness: { mean: 9, median, skipped } }),
  });
  const trials = [trial(0, [epoch(0, of(7, 0.6)), epoch(1, of(0.5, 0.4)), epoch(2, of(0.25, 0))])];
  const chart = drawn(hardnessByEpoch(study([method("dns", { trials })])));
  assert.deepEqual(dataOf(chart), shown([1, 0.5, 0.5, 0.5], [2, 0.25, 0.25, 0.25]));
});

Deno.test("hardness against the positive's score is the ratio of the means of each bin of the epoch that is the result", () => {
  const byPositive = { positive: [-1, 0.5, 2], negative: [0.5, 0.5, 1], low: [0, 0.25, 0], high: [1, 1, 2] };
  const other = { ...byPositive, negative: [0, 0, 0] };
  const epochs = [
    epoch(0, { negatives: negatives({ byPositive: other }) }),
    epoch(1, { negatives: negatives({ byPositive }) }),
    epoch(2, { negatives: negatives({ byPositive: other }) }),
  ];
  const chart = drawn(hardnessByPositive(study([method("dns", { trials: [trial(0, epochs, { best: 1 })] })])));
  assert.deepEqual(dataOf(chart), shown([0.5, 1, 1, 1], [2, 0.5, 0.5, 0.5])); // the bin below 0 has no ratio
  assert.deepEqual(chart.table.rows, [
    ["dns", 1, 0.5, 0.5, "0.25 to 1", 1],
    ["dns", 1, 2, 1, "0 to 2", 0.5],
  ]);
});

Deno.test("beside ahns runs the hardness that it aims at, beta (s+ + alpha)^(p + 1) / s+", () => {
  const byPositive = { positive: [0.5, 2], negative: [0.5, 1], low: [0, 0], high: [1, 1] };
  const trials = [trial(0, [epoch(0, { negatives: negatives({ byPositive }) })])];
  const options = { sampler: "ahns", "sampler.alpha": 0.5, "sampler.beta": 0.25, "sampler.p": -2 };
  const chart = drawn(hardnessByPositive(study([method("ahns", { options, trials }), method("dns", { trials })])));
  const aims = dataOf(chart, "aims");
  assert.deepEqual(new Set(aims.map(({ label }: { label: string }) => label)), new Set(["ahns"]));
  assert.deepEqual(aims[0], { label: "ahns", x: 0.5, y: 0.5 }); // 0.25 / (0.5 + 0.5) / 0.5
  assert.deepEqual(aims.at(-1), { label: "ahns", x: 2, y: 0.05 }); // 0.25 / (2 + 0.5) / 2
  assert.deepEqual(chart.table.rows.map((row) => row.at(-1)), [0.5, 0.05, null, null]);
});

Deno.test("quantiles, diversity and false negatives are told of samplers that have them", () => {
  const items = { cosineDistance: null, quantile: 0.875, popularity: 1, head: 1, mid: 0, tail: 0, unique: 1 };
  const falseNegatives = { rate: 0.06, base: 0.02 };
  const of = (given: Parameters<typeof negatives>[0]) => [trial(0, [epoch(0, { negatives: negatives(given) })])];
  const both = study([
    method("dns", { trials: of({ cosineDistance: 0.75, items: { ...items, falseNegatives } }) }),
    method("other", {
      trials: of({ cosineDistance: null, items: { ...items, quantile: null, falseNegatives: null } }),
    }),
  ]);
  assert.deepEqual(dataOf(drawn(quantileByEpoch(both))), shown([0, 0.875, 0.875, 0.875]));
  assert.deepEqual(dataOf(drawn(diversityByEpoch(both))), shown([0, 0.75, 0.75, 0.75]));
  const [point, ...none] = dataOf(drawn(falseNegativesByEpoch(both)));
  assert(Math.abs(point.y - 3) < 1e-12 && none.length === 0);
});

Deno.test("seconds are means over epochs and seeds, in parts, without evaluation; a study without logs has the sum", () => {
  const slow = { seconds: { sampling: 3, scoring: 4, updating: 5, evaluating: 100 } };
  const trials = [trial(0, [epoch(0), epoch(1, slow)]), trial(1, [epoch(0), epoch(1, slow)])];
  const chart = drawn(seconds(study([method("dns", { trials })])));
  assert.deepEqual(dataOf(chart).map(({ part, start, end }: Record<string, unknown>) => [part, start, end]), [
    ["sampling", 0, 2],
    ["scoring", 2, 5],
    ["updating", 5, 9],
  ]);
  const told = drawn(seconds(study([method("dns", { secondsPerEpoch: 2.5 }), method("popular", { trained: false })])));
  assert.deepEqual(told.table.rows, [["dns", "2.50"]]);
});

Deno.test("popularity is the shares of the lists, means over seeds, of baselines, too", () => {
  const test = (head: number) => ({
    head,
    mid: 0.25,
    tail: 0.75 - head,
    popularity: 10 * head,
    coverage: 0.5,
    gini: 0.25,
  });
  const chart = drawn(popularity(study([
    method("dns", { trials: [trial(0, [], { test: test(0.5) }), trial(1, [], { test: test(0.25) })] }),
    method("most popular", { trained: false, trials: [trial(0, [], { test: test(0.75) })] }),
    method("late"),
  ])));
  assert.deepEqual(chart.table.rows, [
    ["dns", "37.5%", "25.0%", "37.5%", "3.8", "0.500", "0.250"],
    ["most popular", "75.0%", "25.0%", "0.0%", "7.5", "0.500", "0.250"],
  ]);
});

Deno.test("results have a row for each method that was tested, with its spread, and what was published", () => {
  const methods = [
    method("rns", { cells: { "ndcg@20": cell([0.1, 0.3], 0.2, 0.1414) } }),
    method("popular", { trained: false, cells: { "ndcg@20": cell([0.1, 0.1], 0.1, 0) } }),
    method("late"),
  ];
  const published = { source: "Table 2", metrics: { "ndcg@20": { rns: 0.16 } } };
  const chart = drawn(results(study(methods, { seeds: [0, 1] }), published)[0]);
  assert.deepEqual(chart.table.rows, [
    ["rns", "0.2000", "0.1414", 2, "0.1600", "25.0%"],
    ["popular", "0.1000", null, 2, null, null],
  ]);
  assert.match(chart.caption, /means over 2 seeds.*Diamonds: Table 2\./);
  const once = drawn(results(study([method("rns", { cells: { "ndcg@20": cell([0.1], 0.1, null) } })]))[0]);
  assert.match(once.caption, /One seed/);
});

Deno.test("a curve of more points than a call takes arguments is drawn whole", () => {
  const trials = [trial(0, Array.from({ length: 50_000 }, (_, at) => epoch(at, { loss: 1 + at })))];
  const chart = drawn(lossByEpoch(study([method("dns", { trials })]))[0]);
  assert.equal(dataOf(chart).length, 50_000);
  const [, up] = chart.spec.scales as readonly { readonly domain: readonly number[] }[];
  assert.deepEqual(up!.domain, [1, 50_000]);
});

Deno.test("accuracy is drawn against balance where the table has both", () => {
  const cells = { "ndcg@20": cell([0.1], 0.1, 0.01), "balance@10": cell([0.5], 0.5, null) };
  const of = (metrics: readonly string[]) => balance(study([method("rns", { cells }), method("late")], { metrics }));
  assert.deepEqual(drawn(of(["head/hit@10", "ndcg@20", "balance@10"])).table, {
    head: ["method", "ndcg@20", "balance@10"],
    rows: [["rns", "0.1000", "0.5000"]],
  });
  assert.match(of(["ndcg@20"]) as unknown as string && (of(["ndcg@20"]) as { takes: string }).takes, /--metrics/);
});

Deno.test("methods that differ in one number alone make a curve, one for each setting of the rest", () => {
  const of = (pool: number, value: number, loss = "bpr") =>
    method(`dns ${pool} ${loss}`, {
      options: { sampler: "dns", "sampler.pool": pool, loss, "loss.tau": loss === "bpr" ? null : 1 },
      cells: { "ndcg@20": cell([value], value, null) },
    });
  const found = againstOption(study([
    ...[of(8, 0.3), of(2, 0.1), of(4, 0.2)],
    ...[of(2, 0.5, "ssm"), of(4, 0.6, "ssm"), of(8, 0.7, "ssm")],
    method("rns", { options: { sampler: "rns" }, cells: { "ndcg@20": cell([0.1], 0.1, null) } }),
  ]));
  assert.equal(found.length, 1);
  assert.deepEqual(drawn(found[0]).table, {
    head: ["sampler.pool", "dns", "dns loss.tau=1"],
    rows: [[2, "0.1000", "0.5000"], [4, "0.2000", "0.6000"], [8, "0.3000", "0.7000"]],
  });
  const [few] = againstOption(study([of(8, 0.3), of(2, 0.1)]));
  assert(!isChart(few!), "two values are no curve");
  const other = method("dns 4", {
    options: { sampler: "dns", "sampler.pool": 4, loss: "bpr", "loss.tau": null },
    cells: { "recall@20": cell([0.2], 0.2, null) },
  });
  const [unmeasured] = againstOption(study([of(8, 0.3), of(2, 0.1), other]));
  assert(!isChart(unmeasured!), "two of the three measured the metric");
});

Deno.test("of a study that knows nothing no chart is drawn: each says what it takes", () => {
  const none = figures(study([method("rns")]));
  assert.deepEqual(none.filter(isChart), []);
  assert(none.length >= 10);
  for (const figure of none) assert(!isChart(figure) && figure.title !== "" && figure.takes !== "");
});

Deno.test("an epoch whose value is no number is no point, and a long curve's table ends with its last epoch", () => {
  const losses = [NaN, 3, Infinity, 1].map((loss, at) => epoch(at, { loss }));
  const chart = drawn(lossByEpoch(study([method("dns", { trials: [trial(0, losses)] })]))[0]);
  assert.deepEqual(dataOf(chart), shown([1, 3, 3, 3], [3, 1, 1, 1]));
  const long = [trial(0, Array.from({ length: 60 }, (_, at) => epoch(at)))];
  const { rows } = drawn(lossByEpoch(study([method("dns", { trials: long })]))[0]).table;
  assert.deepEqual(rows.map(([at]) => at), [...Array.from({ length: 20 }, (_, at) => 3 * at), 59]);
});

Deno.test("bins whose positives score below a thousandth have no ratio", () => {
  const byPositive = { positive: [0.0009, 0.5, 2], negative: [1, 1, 1], low: [0, 0, 0], high: [1, 1, 1] };
  const trials = [trial(0, [epoch(0, { negatives: negatives({ byPositive }) })])];
  const chart = drawn(hardnessByPositive(study([method("dns", { trials })])));
  assert.deepEqual(dataOf(chart).map(({ x }: { x: number }) => x), [0.5, 2]);
});

Deno.test("a trial that was not tested is in no mean of what is recommended", () => {
  const test = { head: 0.5, mid: 0.25, tail: 0.25, popularity: 4, coverage: 0.5, gini: 0.25 };
  const chart = drawn(popularity(study([method("dns", { trials: [trial(0, [], { test }), trial(1, [])] })])));
  assert.deepEqual(chart.table.rows, [["dns", "50.0%", "25.0%", "25.0%", "4.0", "0.500", "0.250"]]);
});

Deno.test("balance is drawn against a metric of all items, not of those with few interactions", () => {
  const cells = { "cold5/ndcg@20": cell([0.3], 0.3, null), "ndcg@20": cell([0.1], 0.1, null) };
  const of = method("rns", { cells: { ...cells, "balance@10": cell([0.5], 0.5, null) } });
  const { table } = drawn(balance(study([of], { metrics: ["cold5/ndcg@20", "ndcg@20", "balance@10"] })));
  assert.deepEqual(table.head, ["method", "ndcg@20", "balance@10"]);
});

Deno.test("an option whose values reach from one to eight times it has a logarithmic axis", () => {
  const of = (pools: readonly number[]) => {
    const methods = pools.map((pool) =>
      method(`dns ${pool}`, {
        options: { sampler: "dns", "sampler.pool": pool },
        cells: { "ndcg@20": cell([0.1], 0.1, null) },
      })
    );
    const [across] = drawn(againstOption(study(methods))[0]).spec.scales as readonly { readonly type: string }[];
    return across!.type;
  };
  assert.deepEqual([of([2, 4, 16]), of([2, 4, 15])], ["log", "linear"]);
});
