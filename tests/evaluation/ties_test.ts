import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { type Evaluation, fullRanking, rankBy } from "../../evaluation/full_ranking.ts";
import { metrics as formulas } from "../../evaluation/metrics.ts";
import { parseMetric } from "../../evaluation/parse_metric.ts";
import type { Ties } from "../../evaluation/ties.ts";
import { mf } from "../../models/mf.ts";
import { Rng } from "../../random/rng.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { anyMetadata } from "../samplers/metadata.ts";
import { pairLog as log } from "./pair_log.ts";

const near = (found: number, expected: number, what = "") =>
  assert(Math.abs(found - expected) < 1e-12, `${what}: ${found} is not ${expected}`);

const USERS = 4, ITEMS = 7;
/** Every order of some items in which no score is above one before it. */
function orders(items: readonly number[], scores: Float32Array): readonly (readonly number[])[] {
  if (items.length === 0) return [[]];
  const best = Math.max(...items.map((item) => scores[item]!));
  return items.filter((item) => scores[item] === best)
    .flatMap((item) => orders(items.filter((other) => other !== item), scores).map((rest) => [item, ...rest]));
}

/** Of metrics that only grow as held-out items come earlier the best and the worst order are these two. */
const GROWING = ["recall", "precision", "hit", "ndcg", "mrr", "map", "capped-recall"];
const LENGTHS = [1, 2, 3, 9];
const VIEWS = ["", "cold1/", "only-cold1/", "sampled1000/"];
const METRICS = VIEWS.flatMap((view) => GROWING.flatMap((name) => LENGTHS.map((k) => `${view}${name}@${k}`)));

/** Users, what they met and what is held out of them, and scores with many ties, some infinite. */
function anyCase(seed: number) {
  const rng = new Rng(seed, "ties"), levels = [-Infinity, 0, -0, 0, 1, 1, Infinity];
  const met: [number, number][] = [], held: [number, number][] = [];
  for (let user = 0; user < USERS; user++) {
    for (let item = 0; item < ITEMS; item++) {
      const [meets, holds] = [rng.below(6) === 0, rng.below(3) === 0];
      if (meets) met.push([user, item]);
      if (holds) held.push([user, item]); // of the met ones, too: such are never hit
    }
  }
  const rows = Array.from(
    { length: USERS },
    () => Float32Array.from({ length: ITEMS }, () => levels[rng.below(levels.length)]!),
  );
  return { met, held, rows };
}

for (const byEvent of [false, true]) {
  Deno.test(`held-out items go before, or behind, all others of their score: the best and the worst of all orders, ${byEvent ? "by event" : "by user"}`, async () => {
    let differ = 0, compared = 0;
    for (let seed = 0; seed < 25; seed++) {
      const { met, held, rows } = anyCase(seed), seen = catalogue(log(met, USERS, ITEMS));
      const truth = log(held, USERS, ITEMS), { popularity } = seen;
      const counts = (name: string) => (item: number) => !/cold1/.test(name) || popularity[item]! <= 1;
      const names = METRICS.filter((name) => held.some(([, item]) => counts(name)(item)));
      /** Each length by itself: of longer lists more is known than of those that end among equal scores. */
      const rank = async (ties: Ties) =>
        Object.assign(
          {},
          ...await Promise.all(LENGTHS.map(async (k) => {
            const metrics = names.filter((name) => name.endsWith(`@${k}`));
            return (await rankBy((user) => rows[user]!, seen, truth, { metrics, byEvent, ties })).perUser;
          })),
        ) as Evaluation["perUser"];
      const found = { optimistic: await rank("optimistic"), pessimistic: await rank("pessimistic") };
      for (const name of names) {
        const { name: formula, k, only, sampled } = parseMetric(name),
          expected = { optimistic: [], pessimistic: [] } as Record<"optimistic" | "pessimistic", number[]>;
        for (let user = 0; user < USERS; user++) {
          const took = held.filter(([of]) => of === user).map(([, item]) => item), wanted = took.filter(counts(name));
          if (wanted.length === 0) continue;
          const scores = rows[user]!,
            open = (item: number) =>
              !met.some(([of, other]) => of === user && other === item) && scores[item]! > -Infinity &&
              (!only || popularity[item]! <= 1);
          const candidates = [...Array(ITEMS).keys()].filter(open);
          /** The metric in each order, of `targets` among candidates. */
          const values = (targets: readonly number[], among: readonly number[]) =>
            orders(among, scores).map((order) => {
              const hits = order.flatMap((item, rank) => targets.includes(item) ? [rank] : []);
              return formulas[formula]({ hits, relevant: targets.length }, k);
            });
          const alone = sampled !== undefined || byEvent;
          const each = (alone ? wanted.map((item) => [item]) : [wanted]).map((targets) =>
            values(
              targets,
              sampled === undefined
                ? candidates
                : candidates.filter((item) => !took.includes(item) || targets.includes(item)),
            )
          );
          for (const [ties, best] of [["optimistic", Math.max], ["pessimistic", Math.min]] as const) {
            const of = each.map((all) => best(...all));
            expected[ties].push(...byEvent ? of : [of.reduce((a, b) => a + b) / of.length]);
          }
        }
        for (const ties of ["optimistic", "pessimistic"] as const) {
          const values = [...found[ties][name]!];
          assert.equal(values.length, expected[ties].length, name);
          values.forEach((value, at) => near(value, expected[ties][at]!, `${name}, ${ties}, case ${seed}`));
          compared += values.length;
        }
        if (`${expected.optimistic}` !== `${expected.pessimistic}`) differ++;
      }
    }
    assert(differ > 500 && compared > 5000, `${differ} ${compared}`);
  });
}

Deno.test("cohorts, balances and dispersions count ties as asked; the lists themselves, and what is kept of them, do not change", async () => {
  // items 0 and 1 are the head (sums 3 and 6 of 20), 2 and 3 mid, the rest tail; all score the same
  const popularity = [3, 3, 3, 3, 2, 2, 2, 1, 1];
  const trained = popularity.flatMap((count, item) =>
    Array.from({ length: count }, (_, user) => [user + 2, item] as const)
  );
  const offsets = Int32Array.from({ length: 10 }, (_, item) => item);
  const attributes = { names: ["a", "b"], offsets, targets: Int32Array.of(0, 0, 1, 1, 1, 1, 1, 1, 1) };
  const seen = catalogue(log(trained, 5, 9), { attributes }), held = log([[0, 0], [0, 2], [0, 8], [1, 4]], 5, 9);
  const metrics = [
    "hit@1",
    "head/hit@1",
    "mid/hit@1",
    "tail/hit@1",
    "balance@1",
    "coverage@1",
    "dispersion@1",
    "group-dispersion@1",
  ];
  const rank = async (ties: Ties) => {
    const options = { metrics, ties, lists: { users: 9, length: 1 } };
    return await rankBy(() => new Float32Array(9), seen, held, options);
  };
  const [byId, best, worst] = [await rank("by-id"), await rank("optimistic"), await rank("pessimistic")];
  const of = ({ metrics: found }: typeof best) => metrics.slice(0, 5).map((name) => Number(found[name]!.toFixed(5)));
  // each cohort's item is put first, where it is what the metric counts
  assert.deepEqual([of(byId), of(best), of(worst)], [[0.5, 1, 0, 0, 0.33333], [1, 1, 1, 1, 1], [0, 0, 0, 0, 1]]);
  // recall of the two users: 1/3 and 1, or 1/3 and 0; of the two groups, with one item listed of each user: 1 and 1/3
  near(best.metrics["dispersion@1"]!, 0.5);
  near(byId.metrics["dispersion@1"]!, 1);
  near(best.metrics["group-dispersion@1"]!, (1 - 1 / 3) / 2 / ((1 + 1 / 3) / 2));
  near(byId.metrics["group-dispersion@1"]!, 1);
  for (const { metrics: found, catalogue: { coverage, gini, popularity, head }, lists } of [best, worst]) {
    assert.equal(found["coverage@1"], byId.metrics["coverage@1"]);
    assert.deepEqual({ coverage, gini, popularity, head }, {
      ...{ coverage: byId.catalogue.coverage, gini: byId.catalogue.gini },
      ...{ popularity: byId.catalogue.popularity, head: byId.catalogue.head },
    });
    assert.deepEqual(lists, byId.lists);
  }
  assert.deepEqual([best.catalogue.hitHead, best.catalogue.hitMid, best.catalogue.hitTail], [1, 0, 0.5]); // in one list of one
  assert.deepEqual(worst.catalogue.hitHead, 0);
});

Deno.test("lists of one score alone are said to say nothing of the model, whichever way ties go", async () => {
  const seen = catalogue(log([[0, 3]], 1, 4)), held = log([[0, 1]], 1, 4);
  const notes = async (ties: Ties) =>
    (await rankBy(() => new Float32Array(4), seen, held, { metrics: ["mrr@3"], ties })).notes.at(-1);
  assert.equal(
    await notes("optimistic"),
    "all scores in the lists of 1 of 1 users are equal: held-out items are first there whatever the model is (ties: optimistic)",
  );
  assert.match((await notes("pessimistic"))!, /are last there/);
});

Deno.test("an order of ties that there is not is refused", async () => {
  const seen = catalogue(log([[0, 0]], 1, 2)), held = log([[0, 1]], 1, 2);
  await assert.rejects(
    rankBy(() => new Float32Array(2), seen, held, { metrics: ["hit@1"], ties: "byId" as Ties }),
    /TypeError: Cannot rank with "ties" "byId": it is one of by-id, optimistic, pessimistic/,
  );
});

const many = { users: 500, items: 90 };
/** Some of all pairs. */
function someLog(name: string, each: number) {
  const rng = new Rng(4, name), pairs: [number, number][] = [];
  for (let user = 0; user < many.users; user++) {
    for (let item = 0; item < many.items; item++) if (rng.below(many.items) < each) pairs.push([user, item]);
  }
  return log(pairs, many.users, many.items);
}

Deno.test("ties are counted alike on one thread and three, in blocks, and by scores as they are", async () => {
  const seen = catalogue(someLog("train", 9), anyMetadata(many.users, many.items)), held = someLog("held", 6);
  const runtime = await openRuntime({ provider: "wasm", seed: 5 }), rng = new Rng(1, "weights");
  const weights = (count: number) => Float32Array.from({ length: count * 3 }, () => rng.below(3) - 1); // few sums, all exact
  const [user, item] = [weights(many.users), weights(many.items)];
  const metrics = ["ndcg@10", "mrr@3", "tail/hit@10", "balance@5", "cold45/recall@10", "only-cold48/map@4"]
    .concat(["sampled20/hit@3", "dispersion@10", "group-dispersion@20"]);
  const found: Evaluation["metrics"][] = [];
  for (const ties of ["optimistic", "by-id", "pessimistic"] as const) {
    const ways = [{ workers: 1 }, { workers: 3 }, { workers: 1, memory: 4 * many.items * 30 }];
    const rankings = await Promise.all(
      ways.map((way) => fullRanking(runtime, mf({ dim: 3 }), seen, held, { metrics, ties, ...way })),
    );
    await runtime.load(
      new Map([
        ["user", { shape: [many.users, 3], data: user }],
        ["item", { shape: [many.items, 3], data: item }],
      ]),
    );
    const scoresOf = (of: number) =>
      Float32Array.from({ length: many.items }, (_, to) => dot(user.subarray(of * 3), item.subarray(to * 3)));
    const byScores = await rankBy(scoresOf, seen, held, { metrics, ties });
    for (const ranking of rankings) {
      assert.deepEqual(await ranking.evaluate(), byScores);
      await ranking.dispose();
    }
    found.push(byScores.metrics);
  }
  await runtime.dispose();
  for (const name of metrics.filter((name) => !/balance|dispersion/.test(name))) {
    const [best, byId, worst] = found.map((metrics) => metrics[name]!);
    assert(best! > byId! && byId! > worst!, `${name}: ${best} ${byId} ${worst}`);
  }
});

const dot = (a: Float32Array, b: Float32Array) => a[0]! * b[0]! + a[1]! * b[1]! + a[2]! * b[2]!;
