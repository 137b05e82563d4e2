import assert from "node:assert/strict";
import { GraphBuilder } from "../../graphs/builder.ts";
import { Rng } from "../../random/rng.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { bpr } from "../../losses/bpr.ts";
import { mf } from "../../models/mf.ts";
import { bns, risk, trueNegative } from "../../samplers/bns.ts";
import type { Negatives } from "../../samplers/sampler.ts";
import { proposedInput, trainingStep } from "../../training/step.ts";
import { eachProvider } from "../runtime/each_provider.ts";
import { batchOf, catalogueWhere, drawIn, opened, selector } from "./drawn.ts";

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const unbias = (F: number, P: number) => (1 - F) * (1 - P) / (1 - F - P + 2 * F * P);

eachProvider("the golden posterior and risk are computed", async (runtime) => {
  const graph = new GraphBuilder(), of = (x: number) => graph.constant(Float32Array.of(x), [1]);
  const info = 1 - sigmoid(1 - 0.4), posterior = trueNegative(of(0.8), of(0.1));
  assert(Math.abs(info - 0.354344) < 1e-6);
  const none = trueNegative(of(1), of(0)); // 0 / 0
  const program = await runtime.compile(graph, { outputs: { posterior, none, risk: risk(of(info), posterior, 5) } });
  const found = await program.run({});
  assert.equal(found.none![0], 0);
  assert(Math.abs(found.posterior![0] as number - 0.692308) < 1e-6);
  assert(Math.abs(found.risk![0] as number + 1.117545) < 1e-5);
});

// user 0 has met items 0 (three times) and 7
const of = catalogueWhere([[0, 0, 0, 7], [1, 1, 2, 3, 4, 5, 6, 7, 8, 9]], 10), rng = new Rng(7, "scores");
const scores = Array.from({ length: 10 }, () => rng.below(2000) / 500 - 2);

/** The risk of each item for user 0, its rank taken among all that the user has not met. */
function risks(positive: number, lambda: number): number[] {
  const unseen = scores.filter((_, item) => item !== 0 && item !== 7);
  return scores.map((score, item) => {
    const F = unseen.filter((s) => s <= score).length / (unseen.length + 1);
    return (1 - sigmoid(positive - score)) * (1 - (1 + lambda) * unbias(F, of.popularity[item]! / 14));
  });
}

Deno.test("with the whole catalogue as its sample the choice is the argmin of the formula, written again", async () => {
  const runtime = await openRuntime({ provider: "wasm" }), rows = 40;
  for (const lambda of [0, 0.3, 5]) {
    const policy = bns({ pool: 3, lambda, sample: 0 }), sampler = opened(policy, of, rows);
    const fed = await sampler.propose(batchOf(0, rows), drawIn(of));
    const positives = Float32Array.from({ length: rows }, (_, row) => (row - 20) / 10);
    const { ids } = await (await selector(runtime, policy, of, rows))(fed, scores, positives);
    const candidates = fed.candidates as Int32Array;
    ids.forEach((id, row) => {
      const of = risks(positives[row]!, lambda), pool = [...candidates.subarray(3 * row, 3 * row + 3)];
      assert(of[id]! <= Math.min(...pool.map((item) => of[item]!)) + 1e-5, `row ${row}: ${id} of ${pool}`);
    });
  }
});

Deno.test("a large lambda trusts true negatives: it takes the least likely to be a false one at equal scores", async () => {
  const runtime = await openRuntime({ provider: "wasm" }), policy = bns({ pool: 2, lambda: 100, sample: 0 });
  const sampler = opened(policy, of, 1), fed = await sampler.propose(batchOf(0, 1), drawIn(of));
  const select = await selector(runtime, policy, of, 1), flat = new Array<number>(10).fill(0.5);
  const { ids } = await select({ ...fed, candidates: Int32Array.of(1, 2) }, flat, [0.5]);
  assert.deepEqual([...ids], [2]); // of items 1 and 2, met 2 and 1 times
});

eachProvider("a candidate whose score is not finite is not chosen while another's is", async (runtime) => {
  for (const lambda of [0, 5]) {
    const policy = bns({ pool: 3, lambda, sample: 0 }), select = await selector(runtime, policy, of, 1);
    const fed = await opened(policy, of, 1).propose(batchOf(0, 1), drawIn(of));
    for (const score of [Infinity, -Infinity, NaN]) {
      const { ids } = await select({ ...fed, candidates: Int32Array.of(1, 2, 3) }, scores.with(1, score));
      assert.notEqual(ids[0], 1, `${score}, lambda ${lambda}`);
    }
  }
});

Deno.test("a shared sample is one for the step, another for the next, and leaves out what each user has met", async () => {
  const sampler = opened(bns({ sample: 6 }), of, 2), draw = drawIn(of);
  const batch = { ...batchOf(0, 2), users: Int32Array.of(0, 1) };
  const fed = await sampler.propose(batch, draw),
    sample = fed.sample as Int32Array,
    unseen = fed.unseen as Float32Array;
  assert.equal(sample.length, 6);
  sample.forEach((item, at) =>
    assert.deepEqual([unseen[at], unseen[6 + at]], [0, 1].map((user) => draw.seen.has(user, item) ? 0 : 1))
  );
  assert.notDeepEqual((await sampler.propose({ ...batch, first: 2 }, draw)).sample, sample);
});

eachProvider(
  "a candidate counts among the items that score no higher than it, however its scores are rounded",
  async (runtime) => {
    const rows = 64,
      dim = 32,
      of = catalogueWhere([[0, 1, 2], [...Array(300).keys()].map((at) => at % 30)], 30),
      pool = 4,
      lambda = 5,
      draws = new Rng(3, "tables");
    const sampler = opened(bns({ pool, lambda, sample: 0 }), of, rows), batch = batchOf(0, rows);
    const { graph, negatives } = trainingStep({
      backbone: mf({ dim }),
      sampler,
      loss: bpr(),
      catalogue: of,
      batchSize: rows,
      padded: false,
      l2: 0,
    });
    const { ids } = negatives as Negatives,
      normals = (count: number) => Float32Array.from({ length: count }, () => 0.1 * draws.normal());
    const program = await runtime.compile(graph, { outputs: { ids: ids! } }),
      user = normals(2 * dim),
      item = normals(30 * dim);
    await runtime.load(
      new Map([["user", { shape: [2, dim], data: user }], ["item", { shape: [30, dim], data: item }]]),
    );
    const fed = await sampler.propose(batch, drawIn(of)), candidates = fed.candidates as Int32Array;
    const found = await program.run({
      users: batch.users,
      positives: batch.positives,
      epoch: Float32Array.of(0),
      ...Object.fromEntries(Object.entries(fed).map(([name, value]) => [proposedInput(name), value])),
    });
    const s = Array.from(
      { length: 30 },
      (_, i) => user.subarray(0, dim).reduce((sum, x, d) => sum + x * item[i * dim + d]!, 0),
    );
    const unseen = s.slice(3),
      riskOf = (i: number) => {
        const F = unseen.filter((other) => other <= s[i]!).length / 28;
        return (1 - sigmoid(s[0]! - s[i]!)) * (1 - (1 + lambda) * unbias(F, of.popularity[i]! / 303));
      };
    found.ids!.forEach((id, row) => {
      const least = Math.min(...[...candidates.subarray(row * pool, (row + 1) * pool)].map(riskOf));
      assert(riskOf(Number(id)) <= least + 1e-4, `row ${row}: ${riskOf(Number(id))}, not ${least}`);
    });
    await program.dispose();
  },
);
