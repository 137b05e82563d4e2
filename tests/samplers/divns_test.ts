import assert from "node:assert/strict";
import { batchAt } from "../../datasets/batching.ts";
import { interactions } from "../../datasets/interactions.ts";
import { Rng } from "../../random/rng.ts";
import { openRuntime } from "../../runtime/providers.ts";
import type { Feeds } from "../../runtime/runtime.ts";
import { divns } from "../../samplers/divns.ts";
import { dns } from "../../samplers/dns.ts";
import { eachProvider } from "../runtime/each_provider.ts";
import { smallRun } from "../training/small_run.ts";
import { assertLaw } from "./chi_square.ts";
import { anyMetadata } from "./metadata.ts";
import { catalogueWhere, drawIn, opened } from "./drawn.ts";
import { inner, layeredFeeds, layeredStep, type Tables } from "./layered.ts";

const ROWS = 3, POOL = 5, COUNT = 2, CACHE = 2, WIDTH = 3, of = catalogueWhere([[0], [0]], 20);
const policy = (options = {}) => divns({ pool: POOL, cache: CACHE, negatives: COUNT, ...options });
const DIVERSE = [3, 7, -1, 5, -1, -1]; // of rows x negatives; -1 is none
const LAMBDA = [0.7, 0.4, 1]; // of rows
const feeds: Feeds = {
  ...layeredFeeds(of, ROWS, POOL * COUNT),
  "sampler/diverse": Int32Array.from(DIVERSE),
  "sampler/lambda": Float32Array.of(...LAMBDA),
};

/** Each pool's ids, hardest first: [rows x negatives][POOL]. */
function ranked(tables: Tables, layers: number): number[][] {
  const meanOf = (table: string, id: number) =>
    Array.from({ length: WIDTH }, (_, d) => {
      let total = 0;
      for (let l = 0; l < layers; l++) total += tables[table]![(id * layers + l) * WIDTH + d]! / layers;
      return total;
    });
  return Array.from({ length: ROWS * COUNT }, (_, at) => {
    const user = (feeds.users as Int32Array)[Math.floor(at / COUNT)]!;
    const pool = [...(feeds["sampler/candidates"] as Int32Array).subarray(at * POOL, (at + 1) * POOL)];
    const scores = pool.map((id) => inner(meanOf("user", user), meanOf("item", id)));
    return pool.map((id, slot) => ({ id, score: scores[slot]! })).sort((a, b) => b.score - a.score).map(({ id }) => id);
  });
}

eachProvider(
  "a negative is lambda of the hardest and 1 - lambda of the diverse item, or the hardest alone",
  async (runtime) => {
    const layers = 2,
      size = layers * WIDTH,
      step = await layeredStep(runtime, policy(), of, { rows: ROWS, layers, width: WIDTH });
    const { items, sources, hard: found, scores } = await step.run(step.tables, feeds),
      { item } = step.tables;
    const pools = ranked(step.tables, layers), hard = pools.map(([first]) => first!);
    assert.deepEqual([...found!], hard);
    pools.forEach((ids, pool) => { // the scores that it reports rank the candidates
      const slots = Array.from({ length: POOL }, (_, slot) => pool * POOL + slot);
      const candidates = feeds["sampler/candidates"] as Int32Array;
      assert.deepEqual(slots.sort((a, b) => scores![b]! - scores![a]!).map((at) => candidates[at]), ids);
    });
    const diverse = DIVERSE.map((id, at) => id < 0 ? hard[at]! : id);
    assert.deepEqual(
      [...sources!],
      [0, 1, 2].flatMap((row) => [hard, DIVERSE].flatMap((ids) => ids.slice(2 * row, 2 * row + 2))),
    );
    items!.forEach((x, at) => {
      const which = Math.floor(at / size), d = at % size;
      const lambda = LAMBDA[Math.floor(which / COUNT)]!;
      const wanted = lambda * item![hard[which]! * size + d]! + (1 - lambda) * item![diverse[which]! * size + d]!;
      assert(Math.abs(x - wanted) < 1e-6);
    });
  },
);

Deno.test("its gradients are those of the mixture, choices held: both halves learn", async () => {
  const runtime = await openRuntime({ provider: "wasm" });
  const step = await layeredStep(runtime, policy(), of, { rows: ROWS, layers: 2, width: WIDTH });
  await step.checkSlopes(feeds);
  const slope = (await step.run(step.tables, feeds))["d item"]!;
  assert(slope.subarray(3 * 2 * WIDTH, 4 * 2 * WIDTH).some((x) => x !== 0), "item 3 was a diverse half alone");
});

Deno.test("side by side, hard and diverse negatives have ids, and what is missing is masked", async () => {
  const runtime = await openRuntime({ provider: "wasm" });
  const step = await layeredStep(runtime, policy({ mix: "separate" }), of, { rows: ROWS, layers: 1, width: WIDTH });
  const { ids, mask } = await step.run(step.tables, feeds), hard = ranked(step.tables, 1).map(([first]) => first!);
  assert.deepEqual([...ids!], [
    hard[0],
    hard[1],
    3,
    7,
    hard[2],
    hard[3],
    hard[2],
    5,
    ...hard.slice(4),
    ...hard.slice(4),
  ]);
  assert.deepEqual([...mask!], [1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 0, 0]);
  await step.checkSlopes(feeds);
});

Deno.test("with lambda 1 a run is dynamic negative sampling, byte for byte", async () => {
  const plain = await smallRun({ sampler: dns({ pool: 6, negatives: 2 }) });
  const mixed = await smallRun({ sampler: divns({ pool: 6, cache: 3, negatives: 2, lambda: 1 }) });
  assert.deepEqual(mixed.saved, plain.saved);
  assert.deepEqual(mixed.reports.map(({ loss }) => loss), plain.reports.map(({ loss }) => loss));
  const half = await smallRun({ sampler: divns({ pool: 6, cache: 3, negatives: 2, lambda: 0.5 }) });
  assert.equal(half.reports[0]!.loss, plain.reports[0]!.loss); // nothing is cached in the first epoch
  assert.notEqual(half.reports[1]!.loss, plain.reports[1]!.loss);
});

Deno.test("where nothing is mixed in, the report of an epoch's items is that of dynamic negative sampling", async () => {
  const [plain, mixed] = await Promise.all(
    [dns({ pool: 6, negatives: 2 }), divns({ pool: 6, cache: 3, negatives: 2, lambda: 1 })].map((sampler) =>
      smallRun({ sampler, diagnose: true })
    ),
  );
  assert.equal(mixed!.reports.length, 3);
  mixed!.reports.forEach(({ negatives }, epoch) =>
    assert.deepEqual(negatives!.items, plain!.reports[epoch]!.negatives!.items)
  );
});

Deno.test("what does not fit is refused: a cache as large as the pool, attributes that the data lack", () => {
  assert.throws(() => divns({ pool: 4, cache: 4 }), /its hardest and 4 runners-up do not fit a pool of 4/);
  assert.throws(() => opened(divns({ attributes: 0.3 }), of), /the data have no attributes; --attributes names/);
  assert.throws(() => opened(divns({ sampler: "quota" }), of), /sampler=quota: the data have no attributes/);
  for (const options of [{ attributes: 0.3 }, { sampler: "quota" }] as const) {
    assert(opened(divns(options), catalogueWhere([[0]], 3, anyMetadata(1, 3))));
  }
  assert.throws(() => divns({ schedule: "adaptive", share: "beta" }), /share=beta gives rows their own/);
  assert.throws(() => divns({ mix: "separate", share: "entropy" }), /mix=separate mixes nothing, and share=entropy/);
  assert.throws(() => divns({ mix: "separate", schedule: "linear" }), /mixes nothing, and schedule=linear says/);
});

/** Two epochs of 40 rows of four users in batches of `size`: the diverse ids that the second hands out, row by row. */
async function handedOut(size: number): Promise<Int32Array> {
  const of = catalogueWhere(Array.from({ length: 4 }, () => [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), 60),
    rng = new Rng(2, "rows");
  const sampler = opened(policy(), of, size), order = rng.shuffle(Int32Array.from({ length: 40 }, (_, at) => at));
  const log = { users: order.map((at) => at % 4), items: order.map((at) => at % 10) }, found: number[] = [];
  const batches = Array.from(
    { length: Math.ceil(40 / size) },
    (_, at) => batchAt(log, order, at, { size, dropLast: false }),
  );
  for (const epoch of [0, 1]) {
    const draw = drawIn(of, { epoch });
    await sampler.beginEpoch?.(draw);
    for (const batch of batches) {
      const proposed = await sampler.propose(batch, draw), candidates = proposed.candidates as Int32Array;
      const { diverse } = proposed, scores = Float32Array.from(candidates, (_, at) => -(at % POOL)); // any choice will do
      found.push(...Array.from(diverse as Int32Array).slice(0, batch.rows * COUNT));
      const hard = Int32Array.from({ length: size * COUNT }, (_, pool) => candidates[pool * POOL]!);
      sampler.observe?.({ hard, scores }, batch, proposed);
    }
  }
  assert.deepEqual(found.slice(0, 40 * COUNT), new Array(40 * COUNT).fill(-1)); // nothing is cached at first
  return Int32Array.from(found.slice(40 * COUNT));
}

Deno.test("which diverse item a row is given does not depend on the batch size, nor on rows that pad", async () => {
  const wanted = await handedOut(40);
  assert(wanted.every((id) => id >= 10), "no positive is handed out");
  for (const size of [1, 7, 16]) assert.deepEqual(await handedOut(size), wanted, `batches of ${size}`);
});

/**
 * Epochs of one pool of 3 for each of four users, who have met two items and of whom an epoch trains `rows` rows each; the
 * hard negative of epoch t is item 10 (t + 1), its runners-up are the next two. What is fed in each epoch, by user.
 */
async function epochsOf(options: Parameters<typeof divns>[0], rows: readonly number[]) {
  const of = catalogueWhere([0, 1, 2, 3].map(() => [0, 1]), 60);
  const sampler = opened(divns({ pool: 3, cache: 2, ...options }), of, 8, rows.length), found = [];
  for (const [epoch, each] of rows.entries()) {
    const draw = drawIn(of, { epoch }), count = 4 * each;
    await sampler.beginEpoch!(draw);
    const users = Int32Array.from({ length: 8 }, (_, row) => row % 4), positives = users.map((_, row) => row >> 2);
    const batch = { rows: count, first: 0, users, positives }, proposed = await sampler.propose(batch, draw);
    const candidates = Int32Array.from({ length: 24 }, (_, at) => 10 * (epoch + 1) + at % 3);
    const scores = Float32Array.from(candidates, (_, at) => -(at % 3)), hard = new Int32Array(8).fill(10 * (epoch + 1));
    sampler.observe!({ hard, scores }, batch, { ...proposed, candidates });
    const ofUser = (values: ArrayLike<number>) =>
      [0, 1, 2, 3].map((user) => Array.from({ length: each }, (_, row) => values[4 * row + user]!));
    found.push({ diverse: ofUser(proposed.diverse as Int32Array), lambda: (proposed.lambda as Float32Array)[1]! });
  }
  return found;
}
const sorted = (xs: readonly number[]) => xs.toSorted((a, b) => a - b);

Deno.test("an epoch hands out what ran up in the one before; users who are not due begin again with what they have", async () => {
  const all = await epochsOf({}, [2, 2, 2]);
  for (const [epoch, ran] of [[1, [11, 12]], [2, [21, 22]]] as const) {
    for (const own of all[epoch]!.diverse) assert.deepEqual(sorted(own), ran);
  }
  const [, first, second] = await epochsOf({ refresh: 2 }, [2, 1, 2]); // the second epoch ends after a row of each
  for (const user of [0, 2]) assert(second!.diverse[user]!.every((id) => id === 21 || id === 22)); // of one row, one
  for (const user of [1, 3]) {
    assert.deepEqual(sorted(second!.diverse[user]!), [11, 12]);
    assert.equal(second!.diverse[user]![0], first!.diverse[user]![0]);
  }
});

Deno.test("a schedule ends in the last epoch, and where lambda is 1 nothing diverse is handed out", async () => {
  const found = await epochsOf({ schedule: "linear", lambda: 0.5, end: 1 }, [2, 2, 2]);
  assert.deepEqual(found.map(({ lambda }) => lambda), [1, 0.75, 1]);
  assert(found[2]!.diverse.flat().every((id) => id === -1));
});

Deno.test("share=entropy measures users who are not due, too", async () => {
  const options = { lambda: 0.8, floor: 0.25, share: "entropy", refresh: 2 } as const;
  const [, , { lambda }] = await epochsOf(options, [2, 2, 2]) as [unknown, unknown, { lambda: number }];
  assert(Math.abs(lambda - 0.2) < 1e-6, `${lambda}`); // of user 1, whose two hard negatives were one item
});

Deno.test("the adaptive lambda answers to the distance of the last epoch's negatives", async () => {
  const run = async (options: Parameters<typeof divns>[0]) =>
    (await smallRun({ sampler: divns({ pool: 6, cache: 3, ...options }) })).saved;
  const constant = await run({ lambda: 0.6 });
  assert.deepEqual(await run({ lambda: 0.6, schedule: "adaptive", kappa: 0 }), constant);
  assert.notDeepEqual(await run({ lambda: 0.6, schedule: "adaptive", kappa: 1 }), constant);
  const plain = await smallRun({ sampler: dns({ pool: 6 }) }); // far from an unreachable target lambda becomes 1
  assert.deepEqual(await run({ lambda: 0.6, schedule: "adaptive", kappa: 10, target: 9 }), plain.saved);
});

Deno.test("users who have met all but one item, whose pools have no runners-up, are trained on where quality weighs", async () => {
  const pairs = Array.from({ length: 30 }, (_, at) => [Math.floor(at / 5), at % 5]).filter(([u, i]) => u! % 5 !== i);
  const [users, items] = [0, 1].map((side) => pairs.map((pair) => pair[side]!));
  const data = interactions({ users: users!, items: items!, userCount: 6, itemCount: 5 });
  const { reports, error } = await smallRun({ data, sampler: divns({ pool: 4, cache: 1, omega: 1 }) });
  assert.equal(error, undefined);
  assert(reports.length === 3 && reports.every(({ loss }) => loss > 0));
});

Deno.test("recency changes what is drawn, and only with it places are state", async () => {
  const run = async (options: Parameters<typeof divns>[0]) =>
    (await smallRun({ sampler: divns({ pool: 6, cache: 3, lambda: 0.5, ...options }) })).saved;
  assert.notDeepEqual(await run({ recency: 1 }), await run({}));
  const kept = (options: Parameters<typeof divns>[0]) => Object.keys(opened(divns(options), of).state!);
  assert.deepEqual(kept({}), ["hard", "behind", "trained", "diverse", "sets", "lambda"]);
  assert.deepEqual(kept({ recency: 1 }), [...kept({}), "places"]);
});

/** lambda of each of the rows of users 0 and 1 in turn, in an epoch after one whose hard negatives were `hard`. */
async function lambdasOf(options: Parameters<typeof divns>[0], hard: (row: number) => number, rows = 8) {
  const of = catalogueWhere([0, 1].map(() => Array.from({ length: rows / 2 }, (_, at) => at)), 60 + rows);
  const sampler = opened(divns({ pool: 3, cache: 1, ...options }), of, rows);
  const users = Int32Array.from({ length: rows }, (_, row) => row % 2);
  const batch = { rows, first: 0, users, positives: users.map((_, row) => row >> 1) };
  const propose = async (epoch: number) => {
    await sampler.beginEpoch!(drawIn(of, { epoch }));
    return await sampler.propose(batch, drawIn(of, { epoch }));
  };
  const first = await propose(0), scores = new Float32Array(rows * 3);
  assert((first.lambda as Float32Array).every((lambda) => lambda === 1), "nothing is cached yet");
  sampler.observe!({ hard: Int32Array.from({ length: rows }, (_, row) => hard(row)), scores }, batch, first);
  return [...(await propose(1)).lambda as Float32Array];
}

Deno.test("share=entropy: lambda goes from a floor of it, where hard negatives are one item, to itself, where none repeats", async () => {
  const options = { lambda: 0.8, floor: 0.25, share: "entropy" } as const;
  const near = (found: readonly number[], [even, odd]: readonly [number, number]) =>
    found.forEach((x, row) => assert(Math.abs(x - (row % 2 ? odd : even)) < 1e-6, `row ${row}: ${x}`));
  near(await lambdasOf(options, (row) => row % 2 ? 50 : 50 + row), [0.8, 0.2]);
  // three of one and one of another: -3/4 ln 3/4 - 1/4 ln 1/4 over ln 4
  const h = (-0.75 * Math.log(0.75) - 0.25 * Math.log(0.25)) / Math.log(4);
  near(await lambdasOf(options, (row) => row === 6 ? 51 : row % 2 ? 50 + (row >> 2) : 50), [
    0.2 + 0.6 * h,
    0.2 + 0.6 * 0.5,
  ]);
  const sampler = opened(divns({ share: "entropy" }), of);
  assert.equal(sampler.state!.evenness!.length, 2);
});

Deno.test("share=beta: rows draw lambda from Beta(c lambda, c (1 - lambda)), whatever the batch", async () => {
  const drawn = await lambdasOf({ lambda: 0.6, concentration: 1 / 0.6, share: "beta" }, () => 50, 6000); // Beta(1, 2/3)
  const below = (x: number) => 1 - (1 - x) ** (2 / 3);
  assertLaw(drawn.map((x) => Math.min(9, Math.floor(10 * below(x)))), new Array<number>(10).fill(0.1));
  const few = await lambdasOf({ lambda: 0.6, concentration: 1 / 0.6, share: "beta" }, () => 50, 8);
  assert.deepEqual(drawn.slice(0, 8), few);
});
