import assert from "node:assert/strict";
import { cohorts } from "../../datasets/cohorts.ts";
import { balance } from "../../evaluation/cohort_metrics.ts";
import { coverage, spread } from "../../evaluation/catalogue_metrics.ts";
import { byActivity, dispersion } from "../../evaluation/dispersion.ts";
import { rankBy } from "../../evaluation/full_ranking.ts";
import { metrics } from "../../evaluation/metrics.ts";
import { parseMetric } from "../../evaluation/parse_metric.ts";
import { catalogueWhere } from "../samplers/drawn.ts";
import { pairLog } from "./pair_log.ts";

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
    assert.throws(
      () => parseMetric(name),
      /metrics are recall, precision, hit, ndcg, mrr, map, capped-recall, retrieved-ndcg, balance, coverage, dispersion/,
    );
  }
});

Deno.test("balance has the golden values of the specification", () => {
  assert.equal(balance([0.0674, 0, 0]).toFixed(5), "0.33334"); // what is added to each is in the last digit
  near(balance([0.2, 0.2, 0.2]), 1);
  near(balance([0, 0, 0]), 1);
  near(balance([0.3, 0.2, 0.1]), 0.777778);
});

Deno.test("spread counts coverage, evenness, popularity and cohorts of lists made by hand", () => {
  const popularity = Int32Array.of(3, 3, 3, 3, 0), lists = Int32Array.of(0, 1, 0, -1);
  const found = spread([lists], popularity, 2);
  near(found.coverage, 2 / 5);
  near(found.popularity, 3);
  near(found.head + found.mid + found.tail, 1);
  // counts ascending 0 0 0 1 2: (2 * 4 - 6) * 1 + (2 * 5 - 6) * 2 = 10, over 5 * 3
  near(found.gini, 10 / 15);
  near(found.entropy, Math.log(3) - 2 / 3 * Math.log(2)); // shares 2/3 and 1/3
  // of lists, not of places
  const lone = spread([Int32Array.of(0, 1, 2, -1)], Int32Array.of(8, 4, 3), 2),
    nothing = spread([], new Int32Array(2), 1);
  near(lone.popularity, (6 + 3) / 2);
  near(lone.logPopularity, ((Math.log(9) + Math.log(5)) / 2 + Math.log(4)) / 2);
  near(lone.relativePopularity, 4.5 / 8);
  assert.deepEqual([nothing.popularity, nothing.logPopularity, nothing.relativePopularity], [0, 0, 0]);
  assert.equal(spread([Int32Array.of(1)], new Int32Array(2), 1).relativePopularity, 0); // of items never trained on
});

Deno.test("recall may be capped, and gain be compared with that of the hits alone; who took nothing has 0 of everything", () => {
  const user = { hits: [1, 3], relevant: 5 };
  near(metrics["capped-recall"](user, 4), 2 / 4);
  near(metrics["capped-recall"](user, 9), 2 / 5);
  const gain = 1 / Math.log2(3) + 1 / Math.log2(5);
  near(metrics["retrieved-ndcg"](user, 4), gain / (1 + 1 / Math.log2(3)));
  near(metrics["retrieved-ndcg"](user, 3), 1 / Math.log2(3));
  assert(metrics["retrieved-ndcg"](user, 4) > metrics.ndcg(user, 4));
  for (const metric of Object.values(metrics)) assert.equal(metric({ hits: [], relevant: 0 }, 5), 0);
});

Deno.test("dispersion is the deviation of groups over the mean: quarters of users by activity, or groups of items", async () => {
  near(dispersion([0.1, 0.3]), 0.1 / 0.2);
  near(dispersion([0.1, 0.3], 0.4), 0.1 / 0.4);
  assert.deepEqual([dispersion([0, 0]), dispersion([0.5])], [0, 0]);
  assert.deepEqual(byActivity([8, 1, 2, 3, 4, 5, 6, 7], [9, 1, 1, 2, 3, 4, 5, 6]), [1.5, 3.5, 5.5, 7.5]);
  assert.deepEqual(byActivity([1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 1, 1]), [1.5, 3, 4.5, 6]); // ties by place, bounds 2 3 5
  // users 0 to 3 have 1 to 4 train interactions; items 4 and 5 have attribute a, 6 and 7 attribute b
  const attributes = {
    names: ["a", "b"],
    offsets: Int32Array.of(0, 0, 0, 0, 0, 1, 2, 3, 4),
    targets: Int32Array.of(0, 0, 1, 1),
  };
  const met = [[0], [0, 1], [0, 1, 2], [0, 1, 2, 3]], seen = catalogueWhere(met, 8, { attributes });
  const pairs = (of: readonly (readonly number[])[]) =>
    of.flatMap((items, user) => items.map((item) => [user, item] as const));
  const held = pairLog(pairs([[4, 6], [4, 7], [5, 6], [4]]), 4, 8), scores = Float32Array.of(0, 0, 0, 0, 9, 8, 7, 0);
  const { metrics: found, perUser } = await rankBy(() => scores, seen, held, {
    metrics: ["recall@2", "dispersion@2", "group-dispersion@2"],
  });
  // all get 4 and 5: recalls 1/2, 1/2, 1/2 and 1; of a four of four, of b none of three
  near(found["dispersion@2"]!, Math.sqrt((3 * 0.125 ** 2 + 0.375 ** 2) / 4) / 0.625);
  near(found["group-dispersion@2"]!, 0.5 / 0.5);
  const longer = await rankBy(() => scores, seen, held, { metrics: ["group-dispersion@2", "recall@4"] });
  near(longer.metrics["group-dispersion@2"]!, 1); // what is third is not among the first two
  near(dispersion([0.002, 0.004]), 1 / 3);
  assert.deepEqual(Object.keys(perUser), ["recall@2"]);
  // quarters of users by 1, 2, 3 and 4 interactions are 0 and 7, 1 and 6, 2 and 5, 3 and 4: hits of the first alone
  const more = catalogueWhere([...met, ...met.toReversed()], 8),
    fewest = pairs([[4], [7], [7], [7], [7], [7], [7], [4]]);
  const of = await rankBy(() => scores, more, pairLog(fewest, 8, 8), { metrics: ["dispersion@2"] });
  near(of.metrics["dispersion@2"]!, Math.sqrt((0.75 ** 2 + 3 * 0.25 ** 2) / 4) / 0.25);
  await assert.rejects(
    rankBy(() => scores, catalogueWhere(met, 8), held, { metrics: ["group-dispersion@2"] }),
    /Cannot evaluate by group-dispersion: the data have no item attributes/,
  );
  assert.throws(() => parseMetric("tail/dispersion@5"), /There is no metric/);
});

Deno.test("activity is what users did in training, not how much of them is held out", async () => {
  const met = [[0], [0], [0, 1], [0, 1], [0, 1, 2], [0, 1, 2], [0, 1, 2, 3], [0, 1, 2, 3]];
  // all get item 4, which every other user took; the others took two
  const taken = (user: number) => user % 2 === 0 ? [4] : [5, 6];
  const held = met.flatMap((_, user) => taken(user).map((item) => [user, item] as const));
  const scores = Float32Array.of(0, 0, 0, 0, 9, 8, 7), options = { metrics: ["recall@1", "dispersion@1"] };
  const { metrics } = await rankBy(() => scores, catalogueWhere(met, 7), pairLog(held, 8, 7), options);
  assert.deepEqual(metrics, { "recall@1": 0.5, "dispersion@1": 0 });
});

Deno.test("an item that brings the running sum to a third, or to two, is of the next cohort", () => {
  assert.deepEqual(cohorts(Int32Array.of(1, 1, 1, 1, 1, 1)).of, Uint8Array.of(0, 1, 1, 2, 2, 2)); // sums 1 2 3 4 5 6 of 6
  assert.deepEqual(cohorts(Int32Array.of(0, 0)).of, Uint8Array.of(2, 2));
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
  near(spread([Int32Array.from({ length: 100 }, (_, item) => item)], popularity, 10).gini, 0);
  near(spread([new Int32Array(50)], popularity, 10).gini, 0.99);
  // a list of nothing, whose popularity is none, is left out of the means over lists
  const some = spread([Int32Array.of(0, 1, -1, -1), Int32Array.of(0, -1)], Int32Array.of(4, 2), 2);
  assert.deepEqual([some.popularity, some.relativePopularity], [(3 + 4) / 2, 3.5 / 4]);
  near(some.logPopularity, ((Math.log(5) + Math.log(3)) / 2 + Math.log(5)) / 2);
});
