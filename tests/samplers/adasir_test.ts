import assert from "node:assert/strict";
import { Rng } from "../../random/rng.ts";
import { bpr } from "../../losses/bpr.ts";
import { mf } from "../../models/mf.ts";
import { adasir, resampled } from "../../samplers/adasir.ts";
import type { Negatives } from "../../samplers/sampler.ts";
import { proposedInput, trainingStep } from "../../training/step.ts";
import { eachProvider } from "../runtime/each_provider.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { assertLaw, uniformOver } from "./chi_square.ts";
import { batchOf, catalogueWhere, drawIn, opened, selector, stubProbe } from "./drawn.ts";

const SCORES = [0.5, -1, 2, 0, 1.2, 9], of = catalogueWhere([[5], [0, 1]], 6);
const harmonic = (r: number) => Array.from({ length: r }, (_, at) => 1 / (at + 1)).reduce((a, b) => a + b, 0);
const probe = stubProbe((_, item) => SCORES[item]!);

Deno.test("resampling takes slots with the probabilities of a softmax, and says with which", () => {
  const logits = Float64Array.of(1, -2, 0.5, 700),
    law = (xs: readonly number[]) => {
      const mass = xs.map(Math.exp), total = mass.reduce((a, b) => a + b);
      return mass.map((m) => m / total);
    };
  const { slots, logP } = resampled(logits.subarray(0, 3), 8000, new Rng(2, "resampled"));
  const wanted = law([1, -2, 0.5]);
  assertLaw(slots, wanted);
  slots.forEach((slot, k) => assert(Math.abs(logP[k]! - Math.log(wanted[slot]!)) < 1e-6));
  assert(resampled(logits, 50, new Rng(2, "resampled")).slots.every((slot) => slot === 3)); // no overflow
});

Deno.test("a pool holds unseen items with probabilities proportional to e^s, whatever the proposal", async () => {
  for (const proposal of ["uniform", "popularity", "log"] as const) {
    const met = catalogueWhere([[5], [0, 1, 2, 2, 2, 3, 3, 4]], 6);
    // a pool of 4000 out of 200,000 draws: all but the law of e^s
    const sampler = opened(adasir({ sample: 200_000, pool: 4000, proposal, exponent: 1 }), met, 1);
    await sampler.beginEpoch!(drawIn(met, { probe }));
    const mass = SCORES.slice(0, 5).map(Math.exp), total = mass.reduce((a, b) => a + b);
    assertLaw((sampler.state!.ids as Int32Array).subarray(0, 4000), [...mass.map((m) => m / total), 0]);
  }
});

Deno.test("a user who has met all that anyone has draws the rest by e^s, and says how likely", async () => {
  const met = catalogueWhere([[0, 1], [0]], 4),
    sampler = opened(adasir({ sample: 200_000, pool: 4000, proposal: "popularity" }), met, 1);
  await sampler.beginEpoch!(drawIn(met, { probe }));
  const { ids, logW } = sampler.state!, mass = [SCORES[2]!, SCORES[3]!].map(Math.exp), total = mass[0]! + mass[1]!;
  assertLaw((ids as Int32Array).subarray(0, 4000), [0, 0, mass[0]! / total, mass[1]! / total]);
  assert(logW!.subarray(0, 4000).every(Number.isFinite));
});

Deno.test("a refreshed pool is half old and half new, and one that is not due stays", async () => {
  const sampler = opened(adasir({ sample: 60, pool: 4000, refresh: 2 }), of, 1), { ids, logW } = sampler.state!;
  await sampler.beginEpoch!(drawIn(of, { probe: stubProbe((_, item) => item === 3 ? 100 : 0) }));
  assert((ids as Int32Array).subarray(0, 4000).every((item) => item === 3));
  const old = logW![0]!; // -log of how many of the 60 draws are item 3
  const other = stubProbe((_, item) => item === 4 ? 100 : 0);
  await sampler.beginEpoch!(drawIn(of, { epoch: 1, probe: other }));
  assert((ids as Int32Array).subarray(0, 4000).every((item) => item === 3));
  await sampler.beginEpoch!(drawIn(of, { epoch: 2, probe: other }));
  assertLaw((ids as Int32Array).subarray(0, 4000), [0, 0, 0, 0.5, 0.5, 0]);
  const fresh = logW![ids!.indexOf(4)]!;
  assert.notEqual(fresh, old);
  for (let at = 0; at < 4000; at++) assert.equal(logW![at], ids![at] === 3 ? old : fresh); // each as it was drawn
});

Deno.test("training draws uniformly from the user's pool", async () => {
  const sampler = opened(adasir({ negatives: 1, pool: 3 }), of, 6000), { ids, logW } = sampler.state!;
  ids!.set([1, 2, 4, 2, 3, 5]);
  logW!.set([-1, -2, -3, -4, -5, -6]);
  const said = [{ 1: -1, 2: -2, 4: -3 }, { 2: -4, 3: -5, 5: -6 }] as Readonly<Record<number, number>>[];
  for (const [user, pool] of [[1, 2, 4], [2, 3, 5]].entries()) {
    const fed = await sampler.propose(batchOf(user, 6000), drawIn(of));
    assertLaw(fed.ids as Int32Array, uniformOver(pool, 6));
    (fed.ids as Int32Array).forEach((id, row) => assert.equal(fed.logQ![row], said[user]![id]));
  }
});

Deno.test("of many users, scored in parts, each has a pool and draws of its own", async () => {
  const met = catalogueWhere(Array.from({ length: 1100 }, (_, user) => [(user + 1) % 3, (user + 2) % 3]), 3);
  const sampler = opened(adasir({ sample: 4, pool: 2, rank: "above" }), met, 1), { ids, candidates } = sampler.state!;
  await sampler.beginEpoch!(drawIn(met, { probe }));
  const unseen = (perUser: number) =>
    Int32Array.from({ length: 1100 * perUser }, (_, at) => Math.floor(at / perUser) % 3);
  assert.deepEqual([ids, candidates], [unseen(2), unseen(4)]);
});

Deno.test("weighted, negatives weigh e^s over what the resampling drew them by", async () => {
  const runtime = await openRuntime({ provider: "wasm" }), policy = adasir({ negatives: 2, weighted: true });
  const select = await selector(runtime, policy, of, 1);
  const { weight } = await select({ ids: Int32Array.of(1, 2), logQ: Float32Array.of(-1, -2) }, SCORES);
  const mass = [Math.exp(-1 + 1), Math.exp(2 + 2)], total = mass[0]! + mass[1]!;
  mass.forEach((m, k) => assert(Math.abs(weight[k]! - 2 * m / total) < 1e-5));
});

Deno.test("ranked, rows weigh the harmonic number of the rank that the last resampling's draws tell", async () => {
  const runtime = await openRuntime({ provider: "wasm" }), many = catalogueWhere([[0]], 11), sample = 4;
  const scores = Array.from({ length: 11 }, (_, item) => item);
  const candidates = Int32Array.of(2, 4, 4, 9), positives = [10, 9, 4, 3, 0, 5];
  for (const rank of ["above", "released"] as const) {
    const policy = adasir({ negatives: 1, sample, rank }),
      select = await selector(runtime, policy, many, positives.length);
    const { positiveWeight } = await select(
      {
        ids: new Int32Array(6),
        logQ: new Float32Array(6),
        candidates: Int32Array.from({ length: 6 * sample }, (_, at) => candidates[at % sample]!),
      },
      scores,
      positives,
    );
    const wanted = positives.map((s) => {
      const above = candidates.filter((item) => scores[item]! >= s).length,
        r = (n: number) => Math.floor(10 * n / sample);
      return rank === "above" ? harmonic(Math.max(1, r(above))) : harmonic(Math.max(1, r(sample - above) - 1));
    });
    positiveWeight.forEach((weight, row) => assert(Math.abs(weight - wanted[row]!) < 1e-6, `${weight} ${wanted[row]}`));
    assert(rank === "above" ? wanted[0]! < wanted[4]! : wanted[0]! > wanted[4]!);
  }
});

Deno.test("ranked, each row is told by the draws that its user's pool was last made of", async () => {
  const sampler = opened(adasir({ sample: 6, pool: 3, refresh: 2, rank: "above" }), of, 2),
    { candidates } = sampler.state!;
  const batch = { rows: 2, first: 0, users: Int32Array.of(1, 0), positives: Int32Array.of(0, 5) };
  await sampler.beginEpoch!(drawIn(of, { probe }));
  const before = candidates!.slice(), fed = (await sampler.propose(batch, drawIn(of))).candidates as Int32Array;
  assert.deepEqual([...fed], [...before.subarray(6), ...before.subarray(0, 6)]);
  assert(before.subarray(0, 6).every((item) => item !== 5) && before.subarray(6).every((item) => item > 1));
  await sampler.beginEpoch!(drawIn(of, { epoch: 1, probe }));
  assert.deepEqual(candidates, before);
  await sampler.beginEpoch!(drawIn(of, { epoch: 2, probe }));
  assert.notDeepEqual(candidates, before);
  assert.equal(opened(adasir({ sample: 6 }), of, 2).state!.candidates, undefined);
});

eachProvider(
  "ranked, a positive that is among the draws scores what it scores, however that is rounded",
  async (runtime) => {
    const rows = 32, dim = 32, items = 32, sample = 4, normals = new Rng(3, "tables");
    const of = catalogueWhere(Array.from({ length: rows }, (_, user) => [user]), items);
    for (const rank of ["above", "released"] as const) {
      const { graph, negatives } = trainingStep({
        backbone: mf({ dim }),
        sampler: opened(adasir({ negatives: 1, sample, rank }), of, rows),
        loss: bpr(),
        catalogue: of,
        batchSize: rows,
        padded: false,
        l2: 0,
      });
      const { positiveWeight } = negatives as Negatives, ids = Int32Array.from({ length: rows }, (_, row) => row);
      const program = await runtime.compile(graph, { outputs: { weight: positiveWeight! } });
      const table = () => ({ shape: [32, dim], data: Float32Array.from({ length: 32 * dim }, () => normals.normal()) });
      await runtime.load(new Map([["user", table()], ["item", table()]]));
      const { weight } = await program.run({
        ...{ users: ids, positives: ids, epoch: Float32Array.of(0) },
        [proposedInput("ids")]: ids,
        [proposedInput("logQ")]: new Float32Array(rows),
        [proposedInput("candidates")]: Int32Array.from({ length: rows * sample }, (_, at) => Math.floor(at / sample)),
      });
      const wanted = rank === "above" ? harmonic(items - 1) : 1; // all four draws are the positive: n is 4, or 0
      weight!.forEach((w, row) =>
        assert(Math.abs(Number(w) - wanted) < 1e-4, `${rank}, row ${row}: ${w}, not ${wanted}`)
      );
      await program.dispose();
    }
  },
);
