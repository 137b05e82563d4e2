import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { interactions } from "../../datasets/interactions.ts";
import { sampleUsers } from "../../datasets/sample_users.ts";
import { fullRanking, rankBy, type RankingOptions, type UserSample } from "../../evaluation/full_ranking.ts";
import { hide } from "../../evaluation/hide.ts";
import { rankModel } from "../../evaluation/rank_model.ts";
import { blocksFor, floatsPerScore, itemBytes } from "../../evaluation/scorer.ts";
import { GraphBuilder } from "../../graphs/builder.ts";
import { encode } from "../../graphs/encode.ts";
import { mul } from "../../graphs/ops/arithmetic.ts";
import { gather } from "../../graphs/ops/index.ts";
import { avgpool } from "../../models/avgpool.ts";
import { gmf } from "../../models/gmf.ts";
import { hmf } from "../../models/hmf.ts";
import { lightgcn } from "../../models/lightgcn.ts";
import { mf } from "../../models/mf.ts";
import { mlp } from "../../models/mlp.ts";
import { neumf } from "../../models/neumf.ts";
import { ngcf } from "../../models/ngcf.ts";
import { Rng } from "../../random/rng.ts";
import { openRuntime } from "../../runtime/providers.ts";
import type { Feeds } from "../../runtime/runtime.ts";
import { pairLog as log } from "./pair_log.ts";

Deno.test("items met in training are no candidates, and users without held-out items do not count", async () => {
  const seen = catalogue(log([[0, 0], [1, 3]], 3, 4)), held = log([[0, 1], [1, 0], [1, 2]], 3, 4);
  const scores = Float32Array.of(4, 3, 2, 1); // every user would get 0 1 2 3
  const { metrics, users, perUser } = await rankBy(() => scores, seen, held, { metrics: ["recall@1", "mrr@3"] });
  assert.deepEqual([...users], [0, 1]);
  assert.deepEqual([...perUser["recall@1"]!], [1, 0.5]); // 0: list 1 2 3; 1: list 0 1 2
  assert.equal(metrics["mrr@3"], 1);
});

Deno.test("interactions given as also seen are left out of the lists, too", async () => {
  const seen = catalogue(log([[0, 0]], 1, 4)), held = log([[0, 2]], 1, 4), scores = Float32Array.of(4, 3, 2, 1);
  const rank = async (alsoSeen: ReturnType<typeof log>[]) =>
    1 / (await rankBy(() => scores, seen, held, { metrics: ["mrr@4"], alsoSeen })).metrics["mrr@4"]!;
  assert.equal(await rank([]), 2);
  assert.equal(await rank([log([[0, 1]], 1, 4)]), 1);
});

Deno.test("histories go on with what is also read, whose items stay candidates", async () => {
  const part = (items: readonly number[]) =>
    interactions({ users: items.map(() => 0), items, userCount: 1, itemCount: 9 });
  const [train, valid, held] = [[0, 1], [2], [5]].map(part), metrics = ["mrr@9"];
  const listed = async (options: Pick<RankingOptions, "alsoSeen" | "alsoRead">) => {
    const runtime = await openRuntime({ provider: "wasm", seed: 3 }), lists = { users: 9, length: 9 };
    const ranking = await fullRanking(runtime, avgpool({ dim: 4 }), catalogue(train!), held!, {
      metrics,
      lists,
      ...options,
    });
    const found = await ranking.evaluate();
    await ranking.dispose();
    return [...found.lists!.items].filter((item) => item >= 0);
  };
  const seen = await listed({ alsoSeen: [valid!] }),
    read = await listed({ alsoRead: [valid!] }),
    none = await listed({});
  assert(read.includes(2) && !seen.includes(2));
  assert.deepEqual(read.filter((item) => item !== 2), seen);
  assert.notDeepEqual(read, none);
});

Deno.test("metrics of cold items count those with few train interactions alone: among all candidates, or only such", async () => {
  // popularity 2 1 0 1 0: items 1 to 4 are cold at 1, items 2 and 4 at 0
  const seen = catalogue(log([[1, 0], [2, 0], [0, 1], [1, 3]], 3, 5));
  const held = log([[0, 0], [0, 2], [0, 4], [1, 2], [2, 0]], 3, 5), scores = Float32Array.of(5, 4, 3, 2, 1);
  const ranked = async (...metrics: string[]) => await rankBy(() => scores, seen, held, { metrics });
  const { metrics, perUser, users } = await ranked("mrr@3", "cold1/mrr@3", "only-cold1/mrr@3", "only-cold0/recall@1");
  assert.deepEqual([...users], [0, 1, 2]);
  // 0 is shown 0 2 3 (has met 1), 1 is shown 1 2 4, 2 is shown 1 2 3, and took nothing that is cold
  assert.deepEqual([...perUser["mrr@3"]!], [1, 1 / 2, 0]);
  assert.deepEqual([...perUser["cold1/mrr@3"]!], [1 / 2, 1 / 2]);
  assert.deepEqual([...perUser["only-cold1/mrr@3"]!], [1, 1 / 2]); // 2 3 4, and 1 2 4
  assert.deepEqual([...perUser["only-cold0/recall@1"]!], [1 / 2, 1]); // 2 of 2 and 4, 2 of 2
  assert.deepEqual([metrics["cold1/mrr@3"], metrics["only-cold1/mrr@3"], metrics["only-cold0/recall@1"]], [
    1 / 2,
    3 / 4,
    3 / 4,
  ]);
  assert.deepEqual((await ranked("mrr@3")).catalogue, (await ranked("mrr@3", "only-cold0/mrr@3")).catalogue);
  await assert.rejects(
    rankBy(() => scores, seen, log([[2, 0]], 3, 5), { metrics: ["ndcg@2", "cold1/ndcg@2"] }),
    /by "cold1\/ndcg@2": no held-out item has at most 1 train interactions/,
  );
});

Deno.test("hits are told by the cohort of the item, with their balance", async () => {
  // popularity 4 4 2 2: running sums 4 8 10 12 of 12: item 0 opens mid (4 is not below 4), 1 to 3 are tail
  const pairs = [[1, 0], [2, 0], [3, 0], [4, 0], [1, 1], [2, 1], [3, 1], [4, 1], [1, 2], [2, 2], [1, 3], [
    2,
    3,
  ]] as const;
  const held = log([[0, 0], [0, 3]], 5, 4);
  const found = await rankBy(() => Float32Array.of(9, 8, 7, 1), catalogue(log(pairs, 5, 4)), held, {
    metrics: ["hit@2"],
  });
  assert.deepEqual([found.catalogue.hitMid, found.catalogue.hitTail], [1, 0]);
  assert(Math.abs(found.catalogue.balance - 1 / 3) < 1e-5);
});

Deno.test("ranking a model in blocks, whatever their size, is ranking its scores whole", async () => {
  const users = 37, items = 1500, rng = new Rng(3, "test");
  const draw = (count: number) => Array.from({ length: count }, () => [rng.below(users), rng.below(items)] as const);
  const seen = catalogue(log(draw(2000), users, items)), held = log(draw(300), users, items);
  const runtime = await openRuntime({ provider: "wasm", seed: 5 });
  const options = { metrics: ["ndcg@20", "recall@50", "map@10"] };
  const found = [];
  for (const memory of [2 ** 28, 2 ** 14]) {
    const evaluator = await fullRanking(runtime, mf({ dim: 8 }), seen, held, { ...options, memory });
    found.push(await evaluator.evaluate());
    await evaluator.dispose();
  }
  const saved = await runtime.save(), [p, q] = [saved.get("user")!.data, saved.get("item")!.data];
  const whole = await rankBy(
    (user) =>
      Float32Array.from({ length: items }, (_, item) => {
        let sum = 0;
        for (let d = 0; d < 8; d++) sum += p[user * 8 + d]! * q[item * 8 + d]!;
        return sum;
      }),
    seen,
    held,
    options,
  );
  assert.deepEqual(found[1], found[0]);
  for (const name of options.metrics) {
    assert(Math.abs(found[0]!.metrics[name]! - whole.metrics[name]!) < 1e-4, name); // sums in another order may swap neighbours
  }
  await runtime.dispose();
});

Deno.test("blocks keep within the memory they are given", () => {
  for (const bytes of [2 ** 14, 2 ** 20, 2 ** 28]) {
    for (const floats of [1, 96]) {
      const { rows, columns } = blocksFor(bytes, 100_000, floats);
      assert(rows >= 1 && columns <= 4096 && (rows === 1 || rows * columns * floats * 4 <= bytes));
    }
  }
});

Deno.test("what is computed for each score is the widest layer of a network over pairs, and one number otherwise", () => {
  const of = catalogue(log([[0, 0], [1, 1]], 2, 3));
  const widths = [mf(), gmf(), lightgcn(), ngcf(), hmf(), mlp({ hidden: "40-96-8" }), neumf({ hidden: "32" })];
  assert.deepEqual(widths.map((backbone) => floatsPerScore(backbone, of)), [1, 1, 1, 1, 1, 96, 32]);
});

Deno.test("scores that are NaN are an error, not a list that is short; a list may be short of unmet items", async () => {
  const seen = catalogue(log([[0, 0], [1, 0], [1, 1], [1, 2]], 2, 4)), held = log([[0, 1], [1, 3]], 2, 4);
  const options = { metrics: ["mrr@4"] }, scores = Float32Array.of(4, 3, 2, 1), broken = Float32Array.of(4, 3, NaN, 1);
  assert.equal((await rankBy(() => scores, seen, held, options)).metrics["mrr@4"], 1);
  const ranked = rankBy((user) => user === 0 ? broken : scores, seen, held, options);
  await assert.rejects(ranked, /RangeError: Cannot rank: the model's score of item 2 for user 0 is NaN/);
  const full = rankBy(() => broken, seen, log([[0, 1]], 2, 4), { metrics: ["mrr@1"] }); // whose list is not short
  await assert.rejects(full, /score of item 2 for user 0 is NaN/);

  const runtime = await openRuntime({ provider: "wasm" }), backbone = mf({ dim: 1 });
  const ranking = await fullRanking(runtime, backbone, seen, held, options);
  await runtime.load(new Map([["user", { shape: [2, 1], data: Float32Array.of(1, NaN) }]]));
  await assert.rejects(ranking.evaluate(), /item 0 for user 1 is NaN/);
  await ranking.dispose();
  await runtime.dispose();
});

Deno.test("ranking where nothing is held out says so", async () => {
  const seen = catalogue(log([[0, 0]], 1, 2));
  await assert.rejects(
    rankBy(() => new Float32Array(2), seen, log([], 1, 2), { metrics: ["ndcg@5"] }),
    /Cannot evaluate: no user has a held-out interaction/,
  );
});

/** Five users, of whom four have held-out items. */
const five = {
  seen: log([[0, 0], [1, 1], [2, 2], [4, 0]], 5, 6),
  held: log([[0, 1], [0, 5], [1, 2], [2, 3], [4, 4]], 5, 6),
};

Deno.test("ranking for a sample of the users is ranking as if nothing were held out of the others, and says so", async () => {
  const seen = catalogue(five.seen), metrics = ["mrr@3", "tail/hit@2", "sampled2/hit@1"];
  const rank = (held: typeof five.held, sample?: UserSample) =>
    rankBy((user) => Float32Array.from({ length: 6 }, (_, item) => (item * 5 + user) % 6), seen, held, {
      ...{ metrics, ...sample && { sample } },
    });
  const sample = { users: 2, seed: 3 }, { sampledOf, ...found } = await rank(five.held, sample);
  assert.deepEqual([found.users.length, sampledOf], [2, 4]);
  assert.deepEqual(found, await rank(sampleUsers(five.held, 2, 3)));
  assert.deepEqual(await rank(five.held, sample), await rank(five.held, sample));
  assert.deepEqual(await rank(five.held, { users: 4, seed: 3 }), await rank(five.held));
});

Deno.test("items that memory does not hold are represented for each block of users, and lists are the same", async () => {
  const runtime = await openRuntime({ provider: "wasm", seed: 5 }),
    backbone = mf({ dim: 4 }),
    seen = catalogue(five.seen);
  assert.equal(itemBytes(backbone, seen), 6 * 4 * 4);
  const run = async (memory: number) => {
    const compiled: string[][] = [],
      counting = {
        ...runtime,
        compile: async (...[graph, plan]: Parameters<typeof runtime.compile>) => {
          const program = await runtime.compile(graph, plan), runs: string[] = [];
          compiled.push(runs);
          return { ...program, run: (feeds: Feeds) => (runs.push("run"), program.run(feeds)) };
        },
      } as typeof runtime;
    const ranking = await fullRanking(counting, backbone, seen, five.held, { metrics: ["ndcg@3"], memory });
    const found = await ranking.evaluate();
    await ranking.dispose();
    return { found, runs: compiled.map((runs) => runs.length) };
  };
  const [kept, anew] = await Promise.all([run(2 ** 20), run(6 * 4 * 2)]); // 256 users at a time, and 1
  assert.deepEqual(anew.found, kept.found);
  assert.deepEqual([kept.runs, anew.runs], [[1, 1], [4, 4]]); // of queries and of items
  await runtime.dispose();
});

Deno.test("what is hidden in a block of items is of that block alone, from its first to its last", () => {
  const met = { offsets: Int32Array.of(0, 4, 5), positives: Int32Array.of(1, 2, 3, 4, 9) },
    scores = new Float32Array(4);
  hide(met as unknown as Parameters<typeof hide>[0], Int32Array.of(0, 1), scores, 2, 2); // items 2 and 3, for two users
  assert.deepEqual(scores, Float32Array.of(-Infinity, -Infinity, 0, 0));
});

Deno.test("a file that is ranked by is asked for all items, block after block", async () => {
  const items = 8192 + 3,
    g = new GraphBuilder(),
    [user, item] = ["user", "item"].map((name) => g.input(name, "int64", [1]));
  const p = g.constant(Float32Array.of(1)), q = g.constant(Float32Array.from({ length: items }, (_, id) => id));
  const symbolic = { user: ["n"], item: ["n"], scores: ["n"] };
  const bytes = encode(g, { scores: mul(gather(p, user!), gather(q, item!)) }, { symbolic });
  const log = (item: number) => interactions({ users: [0], items: [item], userCount: 1, itemCount: items });
  for (const [held, rank] of [[items - 1, 1], [items - 2, 2], [8191, 4]] as const) { // the higher the id the better
    const { metrics } = await rankModel(bytes, {}, catalogue(log(0)), log(held), { metrics: ["mrr@5"] });
    assert.equal(metrics["mrr@5"], 1 / rank);
  }
});
