import assert from "node:assert/strict";
import type { Metadata } from "../../datasets/metadata.ts";
import { attention } from "../../samplers/attention.ts";
import { ips } from "../../samplers/ips.ts";
import { knowledgeWeights, weights } from "../../samplers/knowledge_weights.ts";
import { catalogueWhere, drawIn, opened } from "./drawn.ts";
import { play } from "./players.ts";
import { smallRun } from "../training/small_run.ts";

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

Deno.test("a learner without an entropy floor moves towards the easiest negative; with one its weights stay spread", async () => {
  const spreadOf = async (entropy: number) => {
    const { saved, error } = await smallRun({
      sampler: attention({ negatives: 4, player: "learner", entropy, width: 4 }),
      epochs: 30,
      measured: true,
    });
    assert.equal(error, undefined);
    return Math.hypot(...saved.get("sampler/key")!.data) * Math.hypot(...saved.get("sampler/query")!.data);
  };
  // the logits grow with the product of the two maps' lengths
  assert(await spreadOf(0) > 2 * await spreadOf(5));
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
    const sampler = opened(knowledgeWeights({ negatives: 3, kappa: 2, similarity }), known, rows);
    const batch = { rows, first: 0, users: new Int32Array(rows), positives: new Int32Array(rows) };
    const { ids, weight } = await sampler.propose(batch, drawIn(known)) as { ids: Int32Array; weight: Float32Array };
    for (let row = 0; row < rows; row++) {
      const mass = [...ids.subarray(3 * row, 3 * row + 3)].map((item) => Math.exp(2 * alike[item]!));
      const total = mass.reduce((a, b) => a + b);
      near(weight.subarray(3 * row, 3 * row + 3), mass.map((m) => 3 * m / total));
    }
  }
});

Deno.test("weights without knowledge are all 1, and none starts above its cap", () => {
  assert.deepEqual(weights([0.2, 1, 0], 0, 5), [1, 1, 1]);
  const capped = weights([1, 0, 0, 0], 10, 2); // e^10 against 1: capped at 2, the rest about 0.0002
  near(capped, [4, 0, 0, 0], 2e-3);
  near(weights([1, 0, 0, 0], -10, 2), [0, 4 / 3, 4 / 3, 4 / 3], 1e-3);
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
