import assert from "node:assert/strict";
import { balance } from "../../evaluation/cohort_metrics.ts";
import { coverage, spread } from "../../evaluation/catalogue_metrics.ts";
import { metrics } from "../../evaluation/metrics.ts";
import { parseMetric } from "../../evaluation/parse_metric.ts";

const near = (found: number, wanted: number, tolerance = 1e-6) =>
  assert(Math.abs(found - wanted) < tolerance, `${found} is not ${wanted}`);

Deno.test("NDCG has the golden values of the specification", () => {
  near(metrics.ndcg({ hits: [0, 2], relevant: 3 }, 5), 0.703918);
  near(metrics.ndcg({ hits: [1], relevant: 1 }, 5), 0.630930);
  near(metrics.ndcg({ hits: [0, 1], relevant: 7 }, 5), 0.553146);
});

Deno.test("metrics of a list with hits at ranks 2 and 4, of 3 relevant items, are as counted by hand", () => {
  const user = { hits: [1, 3], relevant: 3 };
  near(metrics.recall(user, 5), 2 / 3);
  near(metrics.precision(user, 5), 2 / 5);
  near(metrics.hit(user, 5), 1);
  near(metrics.mrr(user, 5), 1 / 2);
  near(metrics.map(user, 5), (1 / 2 + 2 / 4) / 3);
  near(metrics.recall(user, 3), 1 / 3, 1e-12);
  near(metrics.hit(user, 1), 0);
  near(metrics.mrr(user, 1), 0);
});

Deno.test("recall divides by all that was held out, also where that is more than K", () => {
  near(metrics.recall({ hits: [0, 1], relevant: 7 }, 2), 2 / 7);
});

Deno.test("a perfect list has NDCG and MAP 1 whether K is below or above what was held out", () => {
  for (const relevant of [2, 5, 9]) {
    const user = { hits: Array.from({ length: Math.min(relevant, 5) }, (_, rank) => rank), relevant };
    near(metrics.ndcg(user, 5), 1);
    near(metrics.map(user, 5), 1);
  }
});

Deno.test("names of metrics are read whatever their case, and unknown ones are listed", () => {
  assert.deepEqual(parseMetric("NDCG@20"), { name: "ndcg", k: 20 });
  for (const name of ["auc@5", "ndcg", "ndcg@0", "ndcg@x", "@5", "constructor@5", "cold/ndcg@5", "only-ndcg@5"]) {
    assert.throws(() => parseMetric(name), /metrics are recall, precision, hit, ndcg, mrr, map/);
  }
});

Deno.test("balance has the golden values of the specification", () => {
  near(balance([0.0674, 0, 0]), 0.33334, 1e-5);
  near(balance([0.2, 0.2, 0.2]), 1);
  near(balance([0, 0, 0]), 1);
  near(balance([0.3, 0.2, 0.1]), 0.777778);
});

Deno.test("spread counts coverage, evenness, popularity and cohorts of lists made by hand", () => {
  const popularity = Int32Array.of(3, 3, 3, 3, 0), lists = Int32Array.of(0, 1, 0, -1);
  const found = spread([lists], popularity);
  near(found.coverage, 2 / 5);
  near(found.popularity, 3);
  near(found.head + found.mid + found.tail, 1);
  // counts ascending 0 0 0 1 2: (2 * 4 - 6) * 1 + (2 * 5 - 6) * 2 = 10, over 5 * 3
  near(found.gini, 10 / 15);
});

Deno.test("coverage at K counts the items among the first K of each list, each once", () => {
  const lists = [Int32Array.of(0, 1, 2, 0, 3, -1), Int32Array.of(1, 0, 4)]; // three lists of 3
  assert.deepEqual([1, 2, 3, 9].map((k) => coverage(lists, 3, k, 10)), [0.2, 0.3, 0.5, 0.5]);
  assert.deepEqual(parseMetric("coverage@20"), { name: "hit", k: 20, coverage: true });
  for (const name of ["tail/coverage@5", "cold5/coverage@5", "sampled100/coverage@5"]) {
    assert.throws(() => parseMetric(name), /There is no metric/);
  }
});

Deno.test("the Gini coefficient is 0 where every item is recommended as often, near 1 where one item is all", () => {
  const popularity = new Int32Array(100).fill(1);
  near(spread([Int32Array.from({ length: 100 }, (_, item) => item)], popularity).gini, 0);
  near(spread([new Int32Array(50)], popularity).gini, 0.99);
});
