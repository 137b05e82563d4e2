import assert from "node:assert/strict";
import type { Batch } from "../../datasets/batching.ts";
import { bce } from "../../losses/bce.ts";
import { openRuntime } from "../../runtime/providers.ts";
import type { Feeds } from "../../runtime/runtime.ts";
import { adaptive } from "../../samplers/adaptive.ts";
import { sigmoid, softplus } from "../losses/formulas.ts";
import { eachProvider } from "../runtime/each_provider.ts";
import { assertLaw } from "./chi_square.ts";
import { catalogueWhere, drawIn, opened, selector } from "./drawn.ts";
import { inner, layeredStep } from "./layered.ts";

interface Fed {
  readonly ids: Int32Array;
  readonly kept: Uint8Array;
}
/** User u has met items u and u + 1 of 8. */
const of = catalogueWhere([[0, 1], [1, 2], [2, 3], [3, 4]], 8);
const batch: Batch = { rows: 4, first: 0, users: Int32Array.of(0, 1, 2, 3), positives: Int32Array.of(0, 1, 2, 3) };
const propose = async (options: Parameters<typeof adaptive>[0], what = batch, epoch = 0) =>
  await opened(adaptive(options), of, what.users.length).propose(what, drawIn(of, { epoch })) as unknown as Fed;

Deno.test("the pool is some of the batch's positives, without replacement, and uniform items after them", async () => {
  const first: number[] = [], uniform: number[] = [];
  for (let epoch = 0; epoch < 1000; epoch++) {
    const { ids, kept } = await propose({ inBatch: 3, uniform: 2 }, batch, epoch);
    assert.equal(new Set(ids.subarray(0, 3)).size, 3);
    first.push(ids[0]!);
    uniform.push(...ids.subarray(3));
    const met = [0, 1, 2, 3].flatMap((user) => Array.from(ids, (item) => item === user || item === user + 1 ? 0 : 1));
    assert.deepEqual([...kept], met, "a row keeps what its user has not met");
  }
  assertLaw(first, [1 / 4, 1 / 4, 1 / 4, 1 / 4]);
  assertLaw(uniform, new Array<number>(8).fill(1 / 8));
});

Deno.test("a batch with fewer positives than the pool has room for masks the rest; padding is not in it", async () => {
  const { ids, kept } = await propose({ inBatch: 3, uniform: 0, hits: "positive" }, { ...batch, rows: 2 });
  assert.deepEqual([...ids.subarray(0, 2)].sort(), [0, 1]);
  const rows = [0, 1].map((row) => [...ids].filter((_, column) => kept[3 * row + column]));
  assert.deepEqual(rows, [[1], [0]]);
  assert.equal((await propose({ inBatch: 0, uniform: 1 })).ids.length, 5, "0 takes all");
});

eachProvider(
  "each row keeps the highest of what it has not met: ties the lowest slot, others nothing",
  async (runtime) => {
    const select = await selector(runtime, adaptive({ inBatch: 4, uniform: 2, top: 3 }), of, 4);
    const scores = [0.5, 2, -1, 2, NaN, 0.1, -3, 1]; // of items 0 to 7
    const ids = Int32Array.of(3, 1, 6, 0, 4, 7);
    const kept = Uint8Array.from(
      [[1, 1, 1, 1, 1, 1], [0, 1, 1, 1, 1, 0], [0, 0, 1, 0, 1, 0], [0, 0, 0, 0, 0, 0]].flat(),
    );
    const { mask, weight } = await select({ ids, kept }, scores);
    assert.deepEqual(
      [0, 1, 2, 3].map((row) => [...mask.subarray(6 * row, 6 * row + 6)].join("")),
      ["110001", "011100", "001010", "000000"],
    );
    assert.equal(weight, undefined);
    const tied = await selector(runtime, adaptive({ inBatch: 4, uniform: 2, top: 2 }), of, 4);
    const all = await tied({ ids: Int32Array.of(3, 1, 3, 1, 3, 3), kept: new Uint8Array(24).fill(1) }, scores);
    assert.deepEqual([...all.mask.subarray(0, 6)], [1, 1, 0, 0, 0, 0]);
  },
);

/** One row of user 0 with positive 0 and the pool of items 2 to 7; what a step of BCE learns of it. */
async function learned(options: Parameters<typeof adaptive>[0], rows = 2) {
  const runtime = await openRuntime({ provider: "wasm" });
  const step = await layeredStep(runtime, adaptive({ inBatch: 2, uniform: 4, top: 2, ...options }), of, {
    ...{ rows, layers: 1, width: 3, loss: bce(), padded: true },
  });
  const feeds: Feeds = {
    users: Int32Array.of(0, 1),
    positives: Int32Array.of(0, 1),
    rows: Float32Array.of(1, 0), // the second row pads
    "sampler/ids": Int32Array.of(2, 3, 4, 5, 6, 7),
    "sampler/kept": Uint8Array.from([1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1]),
  };
  const found = await step.run(step.tables, feeds), { user, item } = step.tables;
  const vector = (id: number) => item!.subarray(3 * id, 3 * id + 3), u = user!.subarray(0, 3);
  const scores = [2, 3, 4, 5, 6].map((id) => ({ id, score: inner(u, vector(id)) })).sort((a, b) => b.score - a.score);
  await runtime.dispose();
  return { loss: found.loss![0]!, slopes: found["d item"] as Float32Array, u, positive: inner(u, vector(0)), scores };
}
const near = (found: number, wanted: number) => assert(Math.abs(found - wanted) < 1e-5, `${found} is not ${wanted}`);

Deno.test("what is not selected has no gradient, what is has its own, and a row that pads has none", async () => {
  const { loss, slopes, u, positive, scores } = await learned({}), chosen = scores.slice(0, 2);
  near(loss, softplus(-positive) + (softplus(chosen[0]!.score) + softplus(chosen[1]!.score)) / 2);
  for (const id of [1, 2, 3, 4, 5, 6, 7]) {
    const own = chosen.find((each) => each.id === id);
    for (let d = 0; d < 3; d++) near(slopes[3 * id + d]!, own ? sigmoid(own.score) / 2 * u[d]! : 0);
  }
});

Deno.test("compat is the cross entropy over the whole pool with the logit 0 for the others, less its constant", async () => {
  const { loss, slopes, u, positive, scores } = await learned({ compat: true }), chosen = scores.slice(0, 2);
  const logits = scores.map(({ score }, at) => at < 2 ? score : 0); // 5 of the pool, as row 0 drops item 7
  const whole = softplus(-positive) + logits.reduce((sum, x) => sum + softplus(x), 0) / 5;
  near(loss, whole - 3 / 5 * Math.LN2);
  for (const { id, score } of chosen) {
    for (let d = 0; d < 3; d++) near(slopes[3 * id + d]!, sigmoid(score) / 5 * u[d]!);
  }
});

eachProvider("compat weighs all of a pool that is no more than the top by 1", async (runtime) => {
  const select = await selector(runtime, adaptive({ inBatch: 2, uniform: 2, top: 3, compat: true }), of, 4);
  const kept = Uint8Array.from([[1, 1, 1, 1], [1, 0, 1, 1], [0, 0, 1, 0], [0, 0, 0, 0]].flat());
  const { weight } = await select({ ids: Int32Array.of(4, 5, 6, 7), kept }, [0, 0, 0, 0, 1, 2, 3, 4]);
  [3 / 4, 1, 1, 0].forEach((wanted, row) => near(weight[row]!, wanted));
});
