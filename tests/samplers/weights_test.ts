import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { catalogue } from "../../datasets/catalogue.ts";
import type { Metadata } from "../../datasets/metadata.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { attention } from "../../samplers/attention.ts";
import { ips } from "../../samplers/ips.ts";
import { pris } from "../../samplers/pris.ts";
import { knowledgeWeights, weights } from "../../samplers/knowledge_weights.ts";
import type { Policy } from "../../samplers/sampler.ts";
import { catalogueWhere, drawIn, opened, selector } from "./drawn.ts";
import { play } from "./players.ts";
import { smallLog, smallRun, variablesOf } from "../training/small_run.ts";

const table = (shape: readonly number[], data: readonly number[]) => ({ shape, data: Float32Array.from(data) });
const near = (found: ArrayLike<number> | undefined, wanted: readonly number[], tolerance = 1e-5) =>
  wanted.forEach((w, at) => assert(Math.abs(found![at]! - w) < tolerance, `${Array.from(found!)}, not ${wanted}`));
const of = catalogueWhere([[0], [0, 0, 1, 2, 2, 2, 2]], 6),
  one = { users: Int32Array.of(0), positives: Int32Array.of(0) };
const scored = new Map([["user", table([2, 1], [1, 1])], ["item", table([6, 1], [0.5, 1, -1, 0, 2, 0.3])]]);
const ids = { ids: Int32Array.of(1, 2, 4) };

Deno.test("attention by hardness is the softmax of scores: uniform when hot, the hardest when cold", async () => {
  const at = async (temperature: number) =>
    (await play(attention({ negatives: 3, temperature }), of, { ...one, dim: 1, tensors: scored, fed: ids })).weight;
  const mass = [1, -1, 2].map(Math.exp), total = mass.reduce((a, b) => a + b);
  near(await at(1), mass.map((m) => 3 * m / total));
  near(await at(1e6), [1, 1, 1], 1e-4);
  near(await at(1e-3), [0, 0, 3]);
});

Deno.test("an adversary's weights go up the loss that a learner's go down; the entropy pulls neither way at uniform", async () => {
  const at = (player: "adversary" | "learner", entropy = 0) =>
    play(attention({ negatives: 3, player, width: 2, entropy }), of, { ...one, dim: 2, fed: ids });
  const [up, down] = [await at("adversary"), await at("learner")];
  assert.deepEqual(up.weight, down.weight);
  assert(down.ofRanking.get("sampler/key")!.some((x) => Math.abs(x) > 1e-4));
  near(up.ofRanking.get("sampler/key"), [...down.ofRanking.get("sampler/key")!].map((x) => -x));
  near(up.ofRanking.get("user"), [...down.ofRanking.get("user")!]); // the model sees the same weights
  assert((await at("learner", 0.5)).auxiliary < 0, "entropy is rewarded");
});

Deno.test("learnt attention is the softmax of (W_q [u; p]) . (W_k k) / sqrt(d), and its entropy is finite where a share is 0", async () => {
  const u = [0.5, -1], items = [[1, 0.3], [0.2, -0.7], [0, 0], [-1.5, 0.4], [0, 0], [0, 0]], width = 3;
  const query = [[0.1, 0.5, -0.2], [0.3, 0, 0.9], [-0.6, 0.2, 0.4], [0.7, -0.1, 0.3]];
  const key = [[0.8, -0.5, 0.2], [0.1, 0.6, -0.9]];
  const times = (x: readonly number[], matrix: readonly (readonly number[])[]) =>
    matrix[0]!.map((_, at) => sum(x.map((v, row) => v * matrix[row]![at]!)));
  const q = times([...u, ...items[0]!], query), picked = [1, 3, 2];
  const logits = picked.map((id) => sum(times(items[id]!, key).map((k, at) => k * q[at]!)) / Math.sqrt(width));
  const tensors = new Map([
    ["user", table([2, 2], [...u, 0, 0])],
    ["item", table([6, 2], items.flat())],
    ["sampler/query", table([4, width], query.flat())],
    ["sampler/key", table([2, width], key.flat())],
  ]);
  const at = (temperature: number) =>
    play(attention({ negatives: 3, player: "learner", width, temperature, entropy: 0.5 }), of, {
      ...{ ...one, dim: 2, tensors },
      fed: { ids: Int32Array.from(picked) },
    });
  for (const temperature of [1, 0.3]) {
    const mass = logits.map((x) => Math.exp(x / temperature)), share = mass.map((m) => m / sum(mass));
    const { weight, auxiliary } = await at(temperature);
    near(weight, share.map((s) => 3 * s));
    near([auxiliary], [0.5 * sum(share.map((s) => s * Math.log(s)))]);
  }
  const cold = await at(1e-4);
  near([cold.auxiliary], [0]);
  for (const slopes of cold.ofAuxiliary.values()) assert(slopes.every(Number.isFinite));
});

Deno.test("a learner's weights gather on the easiest negative, an adversary's on the hardest; entropy spreads them", async () => {
  const log = catalogue(smallLog().train), users = Int32Array.from({ length: log.users }, (_, user) => user);
  const ids = Int32Array.from({ length: 4 * log.users }, (_, at) => at % log.items);
  /** The mean share of a row's easiest and of its hardest of 4 negatives in its weight, after training. */
  const endsOf = async (player: "adversary" | "learner", entropy: number) => {
    const sampler = attention({ negatives: 4, player, entropy, width: 4 }),
      ran = await smallRun({ sampler, epochs: 30 });
    assert.equal(ran.error, undefined);
    const tensors = variablesOf(ran), [user, item] = ["user", "item"].map((name) => tensors.get(name)!.data);
    const { weight } = await play(sampler, log, { users, positives: users, dim: 4, tensors, fed: { ids } });
    const s = (u: number, i: number) => sum([0, 1, 2, 3].map((d) => user![4 * u + d]! * item![4 * i + d]!));
    const ranked = Array.from(
      users,
      (u) => [0, 1, 2, 3].map((k) => 4 * u + k).sort((a, b) => s(u, ids[a]!) - s(u, ids[b]!)),
    );
    return [0, 3].map((rank) => sum(ranked.map((slots) => weight![slots[rank]!]! / 4)) / users.length);
  };
  const [easiest, hardest] = await endsOf("learner", 0), [easy, hard] = await endsOf("adversary", 0);
  assert(easiest! > 0.7 && hardest! < 0.01, `learner: ${easiest}, ${hardest}`);
  assert(easy! < 0.15 && hard! > 0.5, `adversary: ${easy}, ${hard}`);
  for (const player of ["learner", "adversary"] as const) near(await endsOf(player, 5), [1 / 4, 1 / 4], 0.02);
});

const metadata: Metadata = {
  attributes: {
    offsets: Int32Array.of(0, 2, 3, 5, 5, 8, 8),
    targets: Int32Array.of(0, 1, 1, 0, 1, 0, 1, 2),
    names: ["a", "b", "c"],
  },
};
Deno.test("knowledge weights follow the Jaccard index or the cosine of attributes, and sum to their number", async () => {
  const known = catalogueWhere([[0]], 6, metadata), rows = 300;
  for (
    const [similarity, alike] of [["jaccard", [1, 1 / 2, 1, 0, 2 / 3, 0]], ["cosine", [
      1,
      Math.SQRT1_2,
      1,
      0,
      2 / Math.sqrt(6),
      0,
    ]]] as const
  ) {
    const sampler = opened(knowledgeWeights({ negatives: 3, kappa: 2, similarity, cap: 3 }), known, rows);
    const batch = { rows, first: 0, users: new Int32Array(rows), positives: new Int32Array(rows) };
    const { ids, weight } = await sampler.propose(batch, drawIn(known)) as { ids: Int32Array; weight: Float32Array };
    for (let row = 0; row < rows; row++) {
      const mass = [...ids.subarray(3 * row, 3 * row + 3)].map((item) => Math.exp(2 * alike[item]!));
      const total = mass.reduce((a, b) => a + b);
      near(weight.subarray(3 * row, 3 * row + 3), mass.map((m) => 3 * m / total));
    }
  }
});

Deno.test("weights without knowledge are all 1, and those above the cap leave the rest to the others", () => {
  assert.deepEqual(weights([0.2, 1, 0], 0, 2), [1, 1, 1]);
  near(weights([1, 0, 0, 0], 10, 2), [2, 2 / 3, 2 / 3, 2 / 3]);
  near(weights([1, 0, 0, 0], -10, 2), [0, 4 / 3, 4 / 3, 4 / 3], 1e-3);
  near(weights([1, 0.9, 0, 0, 0], 4, 1.5), [1.5, 1.5, 2 / 3, 2 / 3, 2 / 3]); // e^3.6 is above it once e^4 is cut
  near(weights([1, 1, 0, 0], 1e4, 1.5), [1.5, 1.5, 0.5, 0.5]);
  near(weights([1, 0, 0, 0, 0], 1, 2), [2, 3 / 4, 3 / 4, 3 / 4, 3 / 4]); // by default, the one that is alike
});

Deno.test("weights are at most the cap and sum to their number, by the one scale at which they do", () => {
  const anyLikeness = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(
      anyLikeness,
      fc.double({ min: -20, max: 20, noNaN: true }),
      fc.double({ min: 1, max: 4, noNaN: true }),
      (likeness, kappa, cap) => {
        const found = weights(likeness, kappa, cap);
        assert(found.every((w) => w >= 0 && w <= cap) && Math.abs(sum(found) - found.length) < 1e-9, `${found}`);
        near(found, bisected(likeness, kappa, cap), 1e-6);
      },
    ),
  );
});
const sum = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0);
/** min(cap, e^(x + kappa g)), x found by halving. */
function bisected(likeness: readonly number[], kappa: number, cap: number): number[] {
  const at = (x: number) => likeness.map((g) => Math.min(cap, Math.exp(x + kappa * g)));
  let [low, high] = [-100, 100];
  for (let halving = 0; halving < 100; halving++) {
    const x = (low + high) / 2;
    if (sum(at(x)) < likeness.length) low = x;
    else high = x;
  }
  return at(low);
}

Deno.test("weighted uniform negatives tell the loss their law, as uniform ones do", async () => {
  const known = catalogueWhere([[0, 2]], 6, metadata), runtime = await openRuntime({ provider: "wasm" });
  const policies = {
    attention: attention({ negatives: 2 }),
    knowledge: knowledgeWeights({ negatives: 2 }),
    ips: ips({ negatives: 2 }),
  };
  for (const [name, policy] of Object.entries<Policy<string>>(policies)) {
    const select = await selector(runtime, policy, known, 1), given = { ids: Int32Array.of(1, 3) };
    const { logQ } = await select(name === "knowledge" ? { ...given, weight: Float32Array.of(1, 1) } : given, [
      0,
      1,
      2,
      3,
      4,
      5,
    ]);
    near(logQ as Float32Array, [-Math.log(4)]); // of the four items not met
  }
  await runtime.dispose();
});

Deno.test("without attributes the error says what is missing", () => {
  assert.throws(
    () => opened(knowledgeWeights(), of),
    /Cannot use sampler "knowledge-weights": the data have no item attributes; --attributes/,
  );
});

Deno.test("inverse propensity: rare positives weigh more, up to the cap; negatives what their reading says", async () => {
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x)), theta = [3 / 4, 1 / 4, 1, 0, 0, 0].map(Math.sqrt);
  const gamma = [0.5, 1, -1, 0, 2, 0.3].map(sigmoid);
  const at = async (negative: "unmet" | "bayes" | "one") =>
    (await play(ips({ negatives: 3, negative }), of, { ...one, dim: 1, tensors: scored, fed: ids })).weight;
  near(await at("unmet"), [1, 2, 4].map((k) => 1 - theta[k]! * gamma[k]!));
  near(await at("bayes"), [1, 2, 4].map((k) => (1 - gamma[k]!) / (1 - theta[k]! * gamma[k]!)));
  near(await at("one"), [1, 1, 1]);
});

Deno.test("a positive weighs its inverse propensity, up to the cap", async () => {
  const users = new Int32Array(4), positives = Int32Array.of(0, 1, 2, 3), fed = { ids: Int32Array.of(1, 1, 1, 1) };
  const at = async (cap: number) => (await play(ips({ cap }), of, { users, positives, fed })).positiveWeight;
  near(await at(10), [Math.sqrt(4 / 3), 2, 1, 10]);
  near(await at(1.5), [Math.sqrt(4 / 3), 1.5, 1, 1.5]);
});

Deno.test("weights by propensity and by importance carry no gradient: the loss's slopes are those of weights that are given", async () => {
  for (const policy of [ips({ negatives: 3, exponent: 1 }), pris({ negatives: 3 })]) {
    const { weight, ofRanking } = await play(policy, of, { ...one, dim: 1, tensors: scored, fed: ids });
    const gaps = [1, 2, 4].map((id) => [0.5, 1, -1, 0, 2, 0.3][id]! - 0.5); // the user's vector is 1
    assert(new Set(weight).size === 3, "weights differ");
    near(ofRanking.get("user"), [sum(gaps.map((gap, k) => weight![k]! * gap / (1 + Math.exp(-gap)))) / 3, 0]);
  }
});
