import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { type Evaluation, rankBy, type RankingOptions } from "../../evaluation/full_ranking.ts";
import { keptLists } from "../../evaluation/kept_lists.ts";
import { parseMetric } from "../../evaluation/parse_metric.ts";
import { Rng } from "../../random/rng.ts";
import { pairLog as log } from "./pair_log.ts";

const near = (found: number | undefined, expected: number, within = 1e-6) =>
  assert(Math.abs(found! - expected) < within, `${found} is not ${expected}`);

Deno.test("without a mask what was met is in the lists, and fills their first places", async () => {
  const seen = catalogue(log([[0, 0]], 1, 4)), held = log([[0, 3]], 1, 4), since = log([[0, 1]], 1, 4);
  const rankOf = async (options: Partial<RankingOptions>) => {
    const options_ = { metrics: ["mrr@4"], alsoSeen: [since], ...options };
    return 1 / (await rankBy(() => Float32Array.of(4, 3, 2, 1), seen, held, options_)).metrics["mrr@4"]!;
  };
  assert.equal(await rankOf({}), 2); // 2 3
  assert.equal(await rankOf({ maskSeen: false }), 4); // 0 1 2 3
});

Deno.test("how many lists are in the order of ids, as all scores in them are equal, is said", async () => {
  const seen = catalogue(log([[0, 3], [1, 3], [2, 3]], 3, 4)), held = log([[0, 1], [1, 0], [2, 0]], 3, 4);
  const rank = (...rows: readonly number[][]) =>
    rankBy((user) => Float32Array.from(rows[user]!), seen, held, { metrics: ["mrr@3"] });
  const { notes, metrics } = await rank([0, 0, 0, 0], [0, 1, 0, 9], [5, 5, 5, 5]);
  assert.deepEqual(notes, [
    "the lists of 2 of 3 users are in the order of ids, as all scores in them are equal: they say nothing",
  ]);
  near(metrics["mrr@3"], (1 / 2 + 1 / 2 + 1) / 3);
  assert.deepEqual((await rank([0, 0, 1, 0], [0, 1, 0, 0], [1, 0, 0, 0])).notes, []);
  const first = await rankBy(() => Float32Array.of(3, 2, 1, 0), seen, held, { metrics: ["hit@1"] });
  assert.deepEqual(first.notes, []); // one item is in every order
});

Deno.test("by event a user of more held-out interactions than a call takes arguments counts once for each", async () => {
  const MANY = 200_000, took = Array.from({ length: MANY }, (_, item): [number, number] => [0, item + 1]);
  const seen = catalogue(log([[0, 0]], 1, MANY + 1)), held = log(took, 1, MANY + 1);
  const scores = Float32Array.from({ length: MANY + 1 }, (_, item) => -item);
  const { perUser } = await rankBy(() => scores, seen, held, { metrics: ["hit@10"], byEvent: true });
  assert.deepEqual([perUser["hit@10"]!.length, perUser["hit@10"]!.reduce((a, b) => a + b)], [MANY, 10]);
});

Deno.test("by event each held-out interaction is a ranking of its own with one relevant item", async () => {
  // user 0 took items 1 and 2, user 1 took item 0; everyone is shown 0 1 2 3
  const seen = catalogue(log([[0, 3], [1, 3]], 2, 4)), held = log([[0, 1], [0, 2], [1, 0]], 2, 4);
  const metrics = ["ndcg@2", "hit@2", "recall@3", "mrr@3"], scores = Float32Array.of(4, 3, 2, 1);
  const rank = (byEvent: boolean) => rankBy(() => scores, seen, held, { metrics, byEvent });
  const users = await rank(false), events = await rank(true);
  assert.deepEqual([...users.users], [0, 1]);
  assert.deepEqual([...events.users], [0, 0, 1]);
  assert.deepEqual([...users.perUser["hit@2"]!], [1, 1]);
  assert.deepEqual([...events.perUser["hit@2"]!], [1, 0, 1]);
  assert.deepEqual([...events.perUser["mrr@3"]!], [1 / 2, 1 / 3, 1]);
  near(events.metrics["ndcg@2"], (1 / Math.log2(3) + 0 + 1) / 3); // the ideal gain of one item is 1
  near(users.metrics["ndcg@2"], (1 / Math.log2(3) / (1 + 1 / Math.log2(3)) + 1) / 2);
  near(events.metrics["recall@3"], 1);
});

/** Popularity 5 2 2 1 1 1 of 12: running sums 5 7 9: items 0 and 1 are mid (5 is not below 4), the rest tail. */
const pairs = [[0, 0], [1, 0], [2, 0], [3, 0], [4, 0], [0, 1], [1, 1], [2, 2], [3, 2], [4, 3], [4, 4], [4, 5]] as const;

Deno.test("metrics of a cohort count the held-out items of it alone, in the same lists", async () => {
  // head: items 0 and 1 (sums 3 and 6 of 20), mid: 2 and 3 (9, 12), tail: 4 to 8 (14, 16 ...)
  const popularity = [3, 3, 3, 3, 2, 2, 2, 1, 1];
  const trained = popularity.flatMap((count, item) =>
    Array.from({ length: count }, (_, user) => [user + 3, item] as const)
  );
  const seen = catalogue(log(trained, 6, 9)), held = log([[0, 0], [0, 4], [1, 2], [1, 5], [2, 8]], 6, 9);
  const scores = Float32Array.of(9, 8, 7, 6, 5, 4, 3, 2, 1); // everyone is shown 0 1 2 3 4 ...
  const metrics = ["hit@3", "head/hit@3", "mid/mrr@3", "tail/hit@5", "tail/hit@6", "balance@3", "balance@5", "hr@3"];
  metrics.push("coverage@2", "coverage@5");
  const { metrics: found, perUser, notes } = await rankBy(() => scores, seen, held, { metrics });
  assert.deepEqual([...perUser["head/hit@3"]!], [1]); // user 0's item 0
  assert.deepEqual([...perUser["mid/mrr@3"]!], [1 / 3]); // user 1's item 2
  assert.deepEqual([...perUser["tail/hit@5"]!], [1, 0, 0]); // items 4, 5, 8 at ranks 5, 6, 9
  near(found["tail/hit@6"], 2 / 3);
  assert.equal(found["hr@3"], found["hit@3"]);
  near(found["balance@3"], 2 / 3); // of 1 1 0: Gini 1/3
  near(found["balance@5"], 1 - 4 / 21); // of 1 1 1/3: (-2/3 + 2) / (3 * 7/3)
  assert.deepEqual([found["coverage@2"], found["coverage@5"]], [2 / 9, 5 / 9]);
  assert.deepEqual([Object.hasOwn(perUser, "balance@3"), Object.hasOwn(perUser, "coverage@2"), notes], [
    ...[false, false, []],
  ]);
  const events = await rankBy(() => scores, seen, held, { metrics: ["tail/hit@5", "balance@3"], byEvent: true });
  near(events.metrics["tail/hit@5"], 1 / 3);
  near(events.metrics["balance@3"], found["balance@3"]!);
});

Deno.test("a cohort of which nothing is held out is refused by its own metric, and never hit in a balance", async () => {
  const seen = catalogue(log(pairs, 6, 6)), held = log([[5, 1], [5, 4]], 6, 6), scores = new Float32Array(6);
  const rank = (metrics: string[]) => rankBy(() => scores, seen, held, { metrics });
  await assert.rejects(rank(["hit@2", "head/hit@2"]), /by "head\/hit@2": no held-out item is of the head/);
  near((await rank(["balance@2"])).metrics["balance@2"], 1 / 3, 1e-5); // 0 1 0
});

Deno.test("a balance of nothing but misses is 1, and said to say nothing", async () => {
  const seen = catalogue(log(pairs, 6, 6)), held = log([[5, 5]], 6, 6);
  const { metrics, notes } = await rankBy(() => Float32Array.of(6, 5, 4, 3, 2, 1), seen, held, {
    metrics: ["balance@2"],
  });
  assert.equal(metrics["balance@2"], 1);
  assert.match(notes.join("\n"), /balance@2 is 1 because nothing was hit at all/);
  assert.match(notes.join("\n"), /^balance is 1 because nothing was hit at all/m); // that of the longest lists
});

Deno.test("among as many candidates as there are, sampled ranks are those of full ranking by event", async () => {
  const users = 30, items = 40, rng = new Rng(4, "test");
  const draw = (count: number) => Array.from({ length: count }, () => [rng.below(users), rng.below(items)] as const);
  const trained = draw(150), met = new Set(trained.map(String));
  const held = log(draw(90).filter((pair) => !met.has(String(pair))), users, items);
  const seen = catalogue(log(trained, users, items));
  const scores = Float32Array.from({ length: items }, () => rng.below(6)); // many ties
  const metrics = ["mrr@40", "ndcg@5", "tail/hit@10", "balance@5"];
  // one held-out item a user: those of others would be candidates in one and not in the other
  const first = [...held.users].map((user, row) => held.users.indexOf(user) === row);
  const one = log(
    [...held.users].flatMap((user, row) => first[row] ? [[user, held.items[row]!] as const] : []),
    users,
    items,
  );
  const full = await rankBy(() => scores, seen, one, { metrics, byEvent: true });
  const sampled = await rankBy(() => scores, seen, one, { metrics: metrics.map((name) => `sampled1000/${name}`) });
  for (const name of metrics) near(sampled.metrics[`sampled1000/${name}`], full.metrics[name]!);
  assert.deepEqual([...sampled.perUser["sampled1000/mrr@40"]!], [...full.perUser["mrr@40"]!]);
});

Deno.test("each of a user's held-out items is ranked among the same drawn ones, and a user counts once", async () => {
  // one candidate is left to draw: item 3; the user took 0 (above it) and 4 (below it)
  const seen = catalogue(log([[0, 1], [0, 2]], 1, 5)), held = log([[0, 0], [0, 4]], 1, 5);
  const rank = (byEvent: boolean) =>
    rankBy(() => Float32Array.of(9, 8, 7, 6, 5), seen, held, { metrics: ["sampled1/mrr@5", "mrr@5"], byEvent });
  const users: Evaluation = await rank(false), events = await rank(true);
  assert.deepEqual([...users.perUser["mrr@5"]!], [1]); // of all items the user's are first and third
  assert.deepEqual([...events.perUser["mrr@5"]!], [1, 1 / 3]);
  assert.deepEqual([...users.perUser["sampled1/mrr@5"]!], [(1 + 1 / 2) / 2]);
  assert.deepEqual([...events.perUser["sampled1/mrr@5"]!], [1, 1 / 2]);
});

Deno.test("with one drawn candidate a hit at 1 has the probability that it scores less, and the draw is the seed's", async () => {
  const users = 4000, items = 11, all = [...Array(users).keys()];
  // item 10 is held out of everyone and item 0 met; it beats 6 of the 9 others
  const seen = catalogue(log(all.map((user) => [user, 0] as const), users, items));
  const held = log(all.map((user) => [user, 10] as const), users, items);
  const scores = Float32Array.of(99, 1, 2, 3, 4, 5, 6, 8, 9, 10, 7);
  const rank = async (candidateSeed: number) =>
    (await rankBy(() => scores, seen, held, { metrics: ["sampled1/hit@1"], candidateSeed })).perUser["sampled1/hit@1"]!;
  const hits = await rank(1);
  // six of nine, within 4 standard deviations of the mean of 4,000
  near(hits.reduce((a, b) => a + b) / users, 6 / 9, 4 * Math.sqrt(6 / 9 * 3 / 9 / users));
  assert.deepEqual(hits, await rank(1));
  assert.notDeepEqual(hits, await rank(2));
});

Deno.test("an item that is masked is never hit among drawn candidates either", async () => {
  const seen = catalogue(log([[0, 0]], 1, 3)), held = log([[0, 0]], 1, 3), metrics = ["sampled1/hit@2"];
  const rank = (maskSeen: boolean) => rankBy(() => Float32Array.of(3, 2, 1), seen, held, { metrics, maskSeen });
  assert.equal((await rank(true)).metrics["sampled1/hit@2"], 0);
  assert.equal((await rank(false)).metrics["sampled1/hit@2"], 1);
  // nor is what was met ever drawn: two items are left, and both score less
  const best = () =>
    rankBy(() => Float32Array.of(9, 3, 2, 1), catalogue(log([[0, 0]], 1, 4)), log([[0, 1]], 1, 4), {
      ...{ metrics: ["sampled9/hit@1"], maskSeen: false },
    });
  assert.equal((await best()).metrics["sampled9/hit@1"], 1);
});

Deno.test("names that make no sense together are refused", () => {
  for (
    const name of ["head/balance@5", "cold5/balance@5", "sampled0/hit@1", "sampled10/only-cold5/hit@1", "big/hit@1"]
  ) {
    assert.throws(() => parseMetric(name), /There is no metric/, name);
  }
  assert.deepEqual(parseMetric("sampled100/Balance@10"), { name: "hit", k: 10, balance: true, sampled: 100 });
});

Deno.test("lists are as long as the longest K of full ranking, and of one that is shorter all scores may be equal, too", async () => {
  const seen = catalogue(log([[0, 0]], 1, 4)), held = log([[0, 1]], 1, 4);
  const rank = (metrics: string[], scores: readonly number[]) =>
    rankBy(() => Float32Array.from(scores), seen, held, { metrics });
  const { catalogue: spread } = await rank(["hit@1", "sampled2/hit@3"], [4, 3, 2, 1]);
  assert.equal(spread.coverage, 1 / 4);
  const { notes } = await rank(["hit@4"], [9, 5, 5, 5]); // three items are left
  assert.match(notes.join(), /the lists of 1 of 1 users are in the order of ids/);
});

Deno.test("lists that are kept are of every n-th user over all parts, no longer than lists are", () => {
  const parts = [Int32Array.of(1, 2, 3, 4, 5, 6), Int32Array.of(7, 8, 9, 10)]; // of users 0, 1, 2, and of 3, 4
  const kept = (users: number, length: number) => keptLists(Int32Array.of(0, 1, 2, 3, 4), parts, 2, { users, length });
  assert.deepEqual(kept(3, 9), { users: Int32Array.of(0, 2, 4), items: Int32Array.of(1, 2, 5, 6, 9, 10), length: 2 });
  assert.deepEqual(kept(2, 1), { users: Int32Array.of(0, 3), items: Int32Array.of(1, 7), length: 1 });
});
