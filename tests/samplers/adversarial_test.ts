import assert from "node:assert/strict";
import type { SavedTensor } from "../../runtime/runtime.ts";
import { advir } from "../../samplers/advir.ts";
import { embeddingGenerator } from "../../samplers/embedding_generator.ts";
import { irgan } from "../../samplers/irgan.ts";
import { kbgan } from "../../samplers/kbgan.ts";
import { assertLaw } from "./chi_square.ts";
import { catalogueWhere } from "./drawn.ts";
import { play } from "./players.ts";

const table = (shape: readonly number[], data: readonly number[]): SavedTensor => ({
  shape,
  data: Float32Array.from(data),
});
const softmax = (xs: readonly number[]) => {
  const mass = xs.map(Math.exp), total = mass.reduce((a, b) => a + b);
  return mass.map((m) => m / total);
};
const repeated = (xs: readonly number[], rows: number) =>
  Int32Array.from({ length: rows * xs.length }, (_, at) => xs[at % xs.length]!);
const isZero = (xs: Float32Array | undefined) => (xs ?? new Float32Array()).every((x) => x === 0);

const ROWS = 20_000, BIAS = [0.2, -0.5, 0.9, 0.1, -1];
// one user, who has met item 4; the generator rates by its biases alone, the recommender scores s = (1, -1, .5, 2, 0)
const of = catalogueWhere([[4]], 5), SCORES = [1, -1, 0.5, 2, 0];
const known = new Map<string, SavedTensor>([
  ["user", table([1, 1], [1])],
  ["item", table([5, 1], SCORES)],
  ["sampler/user", table([1, 1], [0])],
  ["sampler/item", table([5, 1], [0, 0, 0, 0, 0])],
  ["sampler/bias", table([5, 1], BIAS)],
]);
const baselineAt = (b: number) => new Map([...known, ["sampler/baseline", table([1], [b])] as const]);
const batch = { users: new Int32Array(ROWS), positives: new Int32Array(ROWS).fill(4), dim: 1, tensors: known };

/** d/d bias of -sum_i p_i r_i over candidates that are rated by their biases. */
const exactSlope = (p: readonly number[], r: readonly number[]) => {
  const expected = p.reduce((sum, x, i) => sum + x * r[i]!, 0);
  return p.map((x, i) => -x * (r[i]! - expected));
};
const near = (found: ArrayLike<number>, wanted: readonly number[], tolerance: number) =>
  wanted.forEach((w, at) => assert(Math.abs(found[at]! - w) < tolerance, `${Array.from(found)}, not ${wanted}`));

Deno.test("kbgan draws from the softmax over its candidates, and its gradient is that of the expected reward", async () => {
  const candidates = [0, 1, 3], fed = { candidates: repeated(candidates, ROWS) };
  const p = softmax(candidates.map((i) => BIAS[i]!)), law = [p[0]!, p[1]!, 0, p[2]!, 0];
  for (const baseline of [false, true]) {
    const { ids, ofAuxiliary } = await play(kbgan({ pool: 3, dim: 1, baseline }), of, { ...batch, fed });
    assertLaw(ids!, law);
    const slope = exactSlope(p, candidates.map((i) => SCORES[i]!));
    near(ofAuxiliary.get("sampler/bias")!, [slope[0]!, slope[1]!, 0, slope[2]!, 0], 0.02);
  }
});

Deno.test("kbgan's baseline does not change the expected gradient", async () => {
  const fed = { candidates: repeated([0, 1, 3], ROWS) }, slopes = [];
  for (const at of [-3, 0, 3]) {
    const { ofAuxiliary } = await play(kbgan({ pool: 3, dim: 1 }), of, { ...batch, fed, tensors: baselineAt(at) });
    slopes.push(ofAuxiliary.get("sampler/bias")!);
  }
  near(slopes[0]!, [...slopes[1]!], 0.05);
  near(slopes[2]!, [...slopes[1]!], 0.05);
});

const fedToIrgan = { own: repeated([4, 4], ROWS), met: Uint8Array.from(repeated([0, 0, 0, 0, 1], ROWS)) };
Deno.test("irgan's negatives follow its sharpened softmax over what the user has not met, or over everything", async () => {
  const sharp = BIAS.map((b) => b / 0.5);
  for (const positives of ["excluded", "included"] as const) {
    const { ids } = await play(irgan({ dim: 1, temperature: 0.5, positives }), of, { ...batch, fed: fedToIrgan });
    const law = positives === "included" ? softmax(sharp) : [...softmax(sharp.slice(0, 4)), 0];
    assertLaw(ids!, law);
  }
});

Deno.test("irgan's policy gradient is that of the expected reward, whatever share of draws are positives, with any baseline", async () => {
  const reward = SCORES.map((s) => 2 / (1 + Math.exp(-s)) - 1), p = softmax(BIAS);
  for (const own of [0, 0.2, 0.6]) {
    for (const [baseline, b] of [["none", 0], ["ema", -0.5], ["ema", 0.5], ["mean", 0]] as const) {
      const tensors = baselineAt(b);
      const { ofAuxiliary } = await play(irgan({ dim: 1, own, baseline }), of, { ...batch, fed: fedToIrgan, tensors });
      near(ofAuxiliary.get("sampler/bias")!, exactSlope(p, reward), 0.015);
    }
  }
});

Deno.test("each player's loss moves that player alone", async () => {
  const users = Int32Array.of(0, 0, 0),
    positives = Int32Array.of(4, 4, 4),
    met = Uint8Array.from(repeated([0, 0, 0, 0, 1], 3));
  const candidates = repeated([0, 1, 3], 3), common = { users, positives };
  const runs = [
    await play(kbgan({ pool: 3, dim: 2 }), of, { ...common, fed: { candidates } }),
    await play(irgan({ dim: 2 }), of, { ...common, fed: { own: repeated([4, 4], 3), met } }),
    await play(embeddingGenerator({ noise: 2, hidden: 4, negatives: 2 }), of, common),
  ];
  for (const { ofAuxiliary, ofRanking } of runs) {
    for (const [name, slope] of ofAuxiliary) assert.equal(isZero(slope), !name.startsWith("sampler/"), name);
    for (const [name, slope] of ofRanking) assert(!name.startsWith("sampler/") || isZero(slope), name);
    assert(["user", "item"].some((name) => !isZero(ofRanking.get(name))));
  }
});

Deno.test("the embedding generator's negatives are as long as the positives, and the same for the same noise", async () => {
  const many = catalogueWhere([[0], [1], [2]], 6), users = Int32Array.of(0, 1, 2), positives = Int32Array.of(0, 1, 2);
  const policy = embeddingGenerator({ negatives: 2, noise: 3, hidden: 5 }), dim = 3;
  const { items } = await play(policy, many, { users, positives, dim }),
    again = await play(policy, many, { users, positives, dim });
  assert.deepEqual(again.items, items);
  assert.notDeepEqual((await play(policy, many, { users, positives, dim, seed: 4 })).items, items);
  const lengths = Array.from({ length: 6 }, (_, at) => Math.hypot(...items.subarray(at * dim, (at + 1) * dim)));
  lengths.forEach((length) => assert(Math.abs(length - lengths[0]!) < 1e-5));
  assert(new Set(items).size > 6, "noise and users make different vectors");
});

Deno.test("the embedding generator is pushed off the positive and kept from collapse, by what those weigh", async () => {
  const many = catalogueWhere([[0], [1], [2]], 6), users = Int32Array.of(0, 1, 2), positives = Int32Array.of(0, 1, 2);
  const at = async (weights: Parameters<typeof embeddingGenerator>[0]) =>
    (await play(embeddingGenerator({ noise: 3, hidden: 5, moments: 0, diversity: 0, distance: 0, ...weights }), many, {
      users,
      positives,
    })).auxiliary;
  const plain = await at({});
  assert(await at({ distance: 1, kappa: -1 }) > plain); // cos + 1 > 0
  assert.equal(await at({ distance: 1, kappa: 1 }), plain);
  assert(await at({ diversity: 1 }) > plain && await at({ diversity: 1 }) < plain + 1);
  assert(await at({ moments: 1 }) > plain);
});

Deno.test("a perturbation raises the loss, the more the longer it is, by epsilon |g| to first order", async () => {
  const many = catalogueWhere([[0], [1], [2]], 6), users = Int32Array.of(0, 1, 2), positives = Int32Array.of(0, 1, 2);
  const at = async (epsilon: number) =>
    (await play(advir({ pool: 2, dim: 2, epsilon, warmup: 0, baseline: false }), many, {
      users,
      positives,
      fed: { candidates: Int32Array.of(3, 4, 5, 3, 4, 5) },
    })).auxiliary;
  const [none, small, twice, large] = [await at(0), await at(1e-3), await at(2e-3), await at(0.5)];
  assert(small > none && large > twice);
  assert(Math.abs((twice - none) / (small - none) - 2) < 0.1, `${none} ${small} ${twice}`);
});

// two users, whose positives are items 0 and 1 and whose candidates are items 2 and 3; RATING is the generator's
const VECTORS = { user: [[1, 0.5], [-0.3, 0.8]], item: [[0.4, -1], [1, 0.2], [0.6, 0.9], [-0.7, 0.5]] };
const RATING = { user: [[0.2, -0.4], [0.5, 0.3]], item: [[0.3, 0.1], [0.2, -0.6], [-0.5, 0.4], [0.1, 0.7]] };
const twoUsers = new Map([
  ["user", table([2, 2], VECTORS.user.flat())],
  ["item", table([4, 2], VECTORS.item.flat())],
  ["sampler/user", table([2, 2], RATING.user.flat())],
  ["sampler/item", table([4, 2], RATING.item.flat())],
  ["sampler/bias", table([4, 1], [0, 0.1, -0.2, 0.3])],
]);
type Vector = readonly number[];
const dot = (a: Vector, b: Vector) => a.reduce((sum, x, at) => sum + x * b[at]!, 0);
const plus = (a: Vector, b: Vector, by = 1) => a.map((x, at) => x + by * b[at]!);
const moved = (x: Vector, g: Vector, epsilon: number) => plus(x, g, epsilon / Math.hypot(...g));

/** What advir loses beside the ranking loss: -(r - b) log p, the same at v + epsilon g / |g|, and L there. */
function lostByAdvir(ids: Int32Array, b: number, epsilon: number): number {
  const lost = [...ids].map((id, row) => {
    const u = VECTORS.user[row]!, p = VECTORS.item[row]!, n = VECTORS.item[id]!, v = RATING.user[row]!;
    const gain = dot(u, n) - b, [w, other] = [RATING.item[id]!, RATING.item[5 - id]!];
    const apart = plus(w, other, -1), lead = id === 2 ? -0.5 : 0.5; // of biases
    const own = (v: Vector) => gain * Math.log(1 + Math.exp(-dot(v, apart) - lead)); // -log p of one of two
    const q = moved(u, plus(n, p, -1), epsilon), gap = plus(moved(n, u, epsilon), moved(p, u, -epsilon), -1);
    return own(v) + own(moved(v, apart, -epsilon * Math.sign(gain))) + Math.log(1 + Math.exp(dot(q, gap)));
  });
  return lost.reduce((sum, x) => sum + x) / lost.length;
}
const advirAt = (options: Parameters<typeof advir>[0], b = 0) =>
  play(advir({ pool: 2, dim: 2, warmup: 0, ...options }), catalogueWhere([[0], [1]], 4), {
    users: Int32Array.of(0, 1),
    positives: Int32Array.of(0, 1),
    fed: { candidates: Int32Array.of(2, 3, 2, 3) },
    tensors: new Map([...twoUsers, ["sampler/baseline", table([1], [b])]]),
    dim: 2,
  });

Deno.test("both of advir's players lose what they do at their vectors moved up the gradient, with any baseline", async () => {
  for (const [baseline, b] of [[false, 0], [true, -1], [true, 0.6]] as const) {
    const { ids, auxiliary } = await advirAt({ epsilon: 0.3, baseline }, b);
    near([auxiliary], [lostByAdvir(ids!, b, 0.3)], 1e-5);
  }
});

Deno.test("perturbation waits for the warm-up to pass", async () => {
  const users = Int32Array.of(0), positives = Int32Array.of(4), fed = { candidates: Int32Array.of(0, 1) };
  const at = async (epoch: number, warmup: number) =>
    (await play(advir({ pool: 2, dim: 2, warmup }), of, { users, positives, fed, epoch })).auxiliary;
  assert.equal(await at(3, 4), await at(0, 9));
  assert.notEqual(await at(4, 4), await at(3, 4));
});
