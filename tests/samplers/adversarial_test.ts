import assert from "node:assert/strict";
import { GraphBuilder, type Value } from "../../graphs/builder.ts";
import { softplus } from "../../graphs/ops/activation.ts";
import { mul, sub } from "../../graphs/ops/arithmetic.ts";
import { mean, sum } from "../../graphs/ops/reduce.ts";
import { reshape } from "../../graphs/ops/shape.ts";
import type { TensorData } from "../../graphs/tensor.ts";
import { Rng } from "../../random/rng.ts";
import { openRuntime } from "../../runtime/providers.ts";
import type { SavedTensor } from "../../runtime/runtime.ts";
import { advir, perturbations, perturbedLoss } from "../../samplers/advir.ts";
import { embeddingGenerator } from "../../samplers/embedding_generator.ts";
import { irgan } from "../../samplers/irgan.ts";
import { kbgan } from "../../samplers/kbgan.ts";
import type { Step } from "../../samplers/sampler.ts";
import { assertLaw } from "./chi_square.ts";
import { batchOf, catalogueWhere, drawIn, opened } from "./drawn.ts";
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
type Vector = readonly number[];
const dot = (a: Vector, b: Vector) => a.reduce((sum, x, at) => sum + x * b[at]!, 0);
const meanOf = (xs: Vector) => xs.reduce((sum, x) => sum + x) / xs.length;
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

Deno.test("kbgan loses -(r - b) log p, and b moves a hundredth of the way to the mean reward", async () => {
  const candidates = [0, 1, 3], p = softmax(candidates.map((i) => BIAS[i]!)), b = 1.5;
  const played = await play(kbgan({ pool: 3, dim: 1 }), of, {
    ...batch,
    fed: { candidates: repeated(candidates, ROWS) },
    tensors: baselineAt(b),
  });
  const ids = [...played.ids!], lost = ids.map((i) => -(SCORES[i]! - b) * Math.log(p[candidates.indexOf(i)]!));
  near([played.auxiliary], [meanOf(lost)], 1e-4);
  near(played.after.get("sampler/baseline")!.data, [0.99 * b + 0.01 * meanOf(ids.map((i) => SCORES[i]!))], 1e-5);
});

Deno.test("kbgan draws several negatives each from a pool of its own, and all of them teach the generator", async () => {
  const pools = [[0, 1], [3, 2]], fed = { candidates: repeated(pools.flat(), ROWS) };
  const { ids, auxiliary } = await play(kbgan({ pool: 2, negatives: 2, dim: 1, baseline: false }), of, {
    ...batch,
    fed,
  });
  const laws = pools.map((pool) => softmax(pool.map((i) => BIAS[i]!)));
  const chance = (id: number, k: number) => laws[k]![pools[k]!.indexOf(id)]!;
  for (const k of [0, 1]) {
    const column = ids!.filter((_, at) => at % 2 === k);
    assertLaw(column, [0, 1, 2, 3, 4].map((id) => pools[k]!.includes(id) ? chance(id, k) : 0));
  }
  near([auxiliary], [meanOf(Array.from(ids!, (id, at) => -SCORES[id]! * Math.log(chance(id, at % 2))))], 1e-4);
});

const fedToIrgan = async (policy: ReturnType<typeof irgan>, rows = ROWS) =>
  ({
    ...await opened(policy, of, rows).propose(
      { ...batchOf(0, rows), positives: new Int32Array(rows).fill(4) },
      drawIn(of),
    ),
  }) as Readonly<Record<string, TensorData>>;
Deno.test("irgan's negatives follow its sharpened softmax over what the user has not met, or over everything", async () => {
  const sharp = BIAS.map((b) => b / 0.5);
  for (const positives of ["excluded", "included"] as const) {
    const policy = irgan({ dim: 1, temperature: 0.5, positives });
    const { ids } = await play(policy, of, { ...batch, fed: await fedToIrgan(policy) });
    const law = positives === "included" ? softmax(sharp) : [...softmax(sharp.slice(0, 4)), 0];
    assertLaw(ids!, law);
  }
});

Deno.test("irgan's policy gradient is that of the expected reward, whatever share of draws are positives, with any baseline", async () => {
  const reward = SCORES.map((s) => 2 / (1 + Math.exp(-s)) - 1), p = softmax(BIAS);
  for (const own of [0, 0.2, 0.6]) {
    for (const [baseline, b] of [["none", 0], ["ema", -0.5], ["ema", 0.5], ["mean", 0]] as const) {
      const policy = irgan({ dim: 1, own, baseline }), fed = await fedToIrgan(policy), tensors = baselineAt(b);
      const { ofAuxiliary } = await play(policy, of, { ...batch, fed, tensors });
      near(ofAuxiliary.get("sampler/bias")!, exactSlope(p, reward), 0.015);
    }
  }
});

Deno.test("irgan's running mean is of the rewards of what it draws", async () => {
  const reward = SCORES.map((s) => 2 / (1 + Math.exp(-s)) - 1), own = 0.6, tensors = baselineAt(0.5);
  const law = softmax(BIAS).map((p, i) => (1 - own) * p + (i === 4 ? own : 0));
  const policy = irgan({ dim: 1, own, baseline: "ema" }), fed = await fedToIrgan(policy);
  const { after } = await play(policy, of, { ...batch, fed, tensors });
  near([(after.get("sampler/baseline")!.data[0]! - 0.99 * 0.5) / 0.01], [dot(law, reward)], 0.02);
});

Deno.test("each player's loss moves that player alone", async () => {
  const users = Int32Array.of(0, 0, 0),
    positives = Int32Array.of(4, 4, 4),
    overAll = irgan({ dim: 2 });
  const candidates = repeated([0, 1, 3], 3), common = { users, positives };
  const runs = [
    await play(kbgan({ pool: 3, dim: 2 }), of, { ...common, fed: { candidates } }),
    await play(overAll, of, { ...common, fed: await fedToIrgan(overAll, 3) }),
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

Deno.test("the embedding generator lowers -u . e, what its mean is off by, collapse and closeness, by what those weigh", async () => {
  const many = catalogueWhere([[0], [1], [2]], 3), users = Int32Array.of(0, 1, 2), positives = Int32Array.of(0, 1, 2);
  const u = [[1, 0.5], [-0.3, 0.8], [0.2, -1]], p = [[0.4, -1], [1, 0.2], [0.6, 0.9]];
  const tensors = new Map([["user", table([3, 2], u.flat())], ["item", table([3, 2], p.flat())]]);
  const at = async (weights: Parameters<typeof embeddingGenerator>[0]) => {
    const options = { noise: 3, hidden: 5, moments: 0, diversity: 0, distance: 0, ...weights };
    const { items, auxiliary } = await play(embeddingGenerator(options), many, { users, positives, dim: 2, tensors });
    return { made: u.map((_, row) => [...items.subarray(2 * row, 2 * row + 2)]), auxiliary };
  };
  const { made, auxiliary: plain } = await at({});
  near([plain], [-meanOf(made.map((e, row) => dot(u[row]!, e)))], 1e-5);
  const off = [0, 1].map((axis) => meanOf(made.map((e, row) => e[axis]! - p[row]![axis]!)));
  near([(await at({ moments: 2 })).auxiliary - plain], [2 * dot(off, off)], 1e-5);
  const cosines = made.map((e, row) => dot(e, p[row]!) / Math.hypot(...e) / Math.hypot(...p[row]!));
  for (const kappa of [-1, 0.2, 1]) {
    const above = meanOf(cosines.map((cosine) => Math.max(0, cosine - kappa)));
    near([(await at({ distance: 2, kappa })).auxiliary - plain], [2 * above], 1e-5);
  }
});

Deno.test("the embedding generator's guard against collapse is e^-(|e - e'| / |z - z'|), and moves both", async () => {
  const u = [[1, 0.5], [-0.3, 0.8]], p = [[0.4, -1], [1, 0.2]], users = Int32Array.of(0, 1);
  const into = [[0.3, -0.7], [0.8, 0.1], [-0.6, 0.9]], out = [[0.5, -0.4], [0.2, 1.1]]; // of [u; z], and of the hidden layer
  const rng = new Rng(3, "noise"),
    [z, other] = [0, 1].map(() => users.reduce<number[]>((all) => [...all, rng.normal()], []));
  const scale = meanOf(p.map((x) => Math.hypot(...x))), bias = [0.1, -0.2];
  const times = (x: Vector, matrix: readonly Vector[]) => [0, 1].map((d) => dot(x, matrix.map((row) => row[d]!)));
  const lost = (bias: Vector) => {
    const made = (row: number, noise: number) => {
      const x = plus(times(times([...u[row]!, noise], into).map(Math.tanh), out), bias);
      return x.map((v) => scale * v / Math.hypot(...x));
    };
    return meanOf(u.map((user, row) => {
      const e = made(row, z![row]!), gap = Math.hypot(...plus(e, made(row, other![row]!), -1));
      return -dot(user, e) + 2 * Math.exp(-gap / Math.abs(z![row]! - other![row]!));
    }));
  };
  const tensors = new Map([
    ["user", table([2, 2], u.flat())],
    ["item", table([2, 2], p.flat())],
    ["sampler/hidden/weight", table([3, 2], into.flat())],
    ["sampler/hidden/bias", table([2], [0, 0])],
    ["sampler/out/weight", table([2, 2], out.flat())],
    ["sampler/out/bias", table([2], bias)],
  ]);
  const policy = embeddingGenerator({ noise: 1, hidden: 2, moments: 0, diversity: 2, distance: 0 });
  const { auxiliary, ofAuxiliary } = await play(policy, catalogueWhere([[0], [1]], 2), {
    ...{ users, positives: users, dim: 2, tensors },
  });
  near([auxiliary], [lost(bias)], 1e-5);
  const slopes = bias.map((x, d) => (lost(bias.with(d, x + 1e-5)) - lost(bias.with(d, x - 1e-5))) / 2e-5);
  near(ofAuxiliary.get("sampler/out/bias")!, slopes, 1e-4);
});

Deno.test("rows that pad a batch count for nothing in what the embedding generator loses, nor in its lengths", async () => {
  const many = catalogueWhere([[0], [1], [2]], 3), policy = embeddingGenerator({ noise: 3, hidden: 5 });
  const padded = async (pad: number) => {
    const rows = Int32Array.of(0, 1, pad, pad);
    const { items, auxiliary } = await play(policy, many, { users: rows, positives: rows, real: 2, dim: 2 });
    return { items: [...items.subarray(0, 4)], auxiliary };
  };
  assert.deepEqual(await padded(2), await padded(0));
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
const plus = (a: Vector, b: Vector, by = 1) => a.map((x, at) => x + by * b[at]!);
const moved = (x: Vector, g: Vector, epsilon: number) => plus(x, g, epsilon / Math.hypot(...g));

/** The chance that the generator draws `id` of the two for a user vector, by how far apart it rates them. */
const chance = (id: number, v: Vector) => 1 / (1 + Math.exp(-dot(v, ratedApart(id)) - (id === 2 ? -0.5 : 0.5)));
const ratedApart = (id: number) => plus(RATING.item[id]!, RATING.item[5 - id]!, -1);

/** What advir loses beside the ranking loss: -(r - b) log p, the same at v + epsilon g / |g|, and L there. */
function lostByAdvir(ids: Int32Array, b: number, epsilon: number): number {
  const lost = [...ids].map((id, row) => {
    const u = VECTORS.user[row]!, p = VECTORS.item[row]!, n = VECTORS.item[id]!, v = RATING.user[row]!;
    const gain = dot(u, n) - b, apart = ratedApart(id);
    const own = (v: Vector) => -gain * Math.log(chance(id, v));
    const q = moved(u, plus(n, p, -1), epsilon), gap = plus(moved(n, u, epsilon), moved(p, u, -epsilon), -1);
    return own(v) + own(moved(v, apart, -epsilon * Math.sign(gain))) + Math.log(1 + Math.exp(dot(q, gap)));
  });
  return meanOf(lost);
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

Deno.test("a perturbation raises the losses of advir's players by epsilon |g| to first order", async () => {
  const epsilon = 1e-3, at = async (epsilon: number) => await advirAt({ epsilon, baseline: false });
  const { ids, auxiliary: none } = await at(0), raised = (await at(epsilon)).auxiliary - none;
  const slopes = [...ids!].map((id, row) => {
    const u = VECTORS.user[row]!, n = VECTORS.item[id]!, gap = plus(n, VECTORS.item[row]!, -1); // of s- - s+ in u
    const ofModel = (Math.hypot(...gap) + 2 * Math.hypot(...u)) / (1 + Math.exp(-dot(u, gap)));
    return ofModel + Math.abs(dot(u, n)) * (1 - chance(id, RATING.user[row]!)) * Math.hypot(...ratedApart(id));
  });
  near([raised / epsilon], [meanOf(slopes)], 0.01);
});

Deno.test("advir's gradients hold what moves the vectors, and what the generator gains, as they are", async () => {
  const epsilon = 0.3, { ids, ofAuxiliary } = await advirAt({ epsilon, baseline: false });
  const rows = [...ids!].map((id, row) => {
    const u = VECTORS.user[row]!, n = VECTORS.item[id]!, gain = dot(u, n), gap = plus(n, VECTORS.item[row]!, -1);
    const by = (g: Vector) => moved([0, 0], g, epsilon);
    return { id, gain, q: by(gap), apart: by(plus(u, u)), v: by(plus([0, 0], ratedApart(id), -Math.sign(gain))) };
  });
  const ofModel = ({ user, item }: Readonly<Record<"user" | "item", readonly Vector[]>>) =>
    meanOf(rows.map(({ id, q, apart }, row) => {
      const gap = plus(plus(item[id]!, item[row]!, -1), apart, 2); // the negative moves one way, the positive the other
      return Math.log(1 + Math.exp(dot(plus(user[row]!, q), gap)));
    }));
  const ofGenerator = (user: readonly Vector[]) =>
    meanOf(rows.map(({ id, gain, v }, row) => {
      const own = (at: Vector) => -gain * Math.log(chance(id, at));
      return own(user[row]!) + own(plus(user[row]!, v));
    }));
  const slopes = (of: (table: readonly Vector[]) => number, table: readonly Vector[]) =>
    table.flatMap((vector, at) =>
      vector.map((x, d) => {
        const moved = (h: number) => of(table.with(at, vector.with(d, x + h)));
        return (moved(1e-5) - moved(-1e-5)) / 2e-5;
      })
    );
  near(ofAuxiliary.get("user")!, slopes((user) => ofModel({ ...VECTORS, user }), VECTORS.user), 1e-4);
  near(ofAuxiliary.get("item")!, slopes((item) => ofModel({ ...VECTORS, item }), VECTORS.item), 1e-4);
  near(ofAuxiliary.get("sampler/user")!, slopes(ofGenerator, RATING.user), 1e-4);
});

Deno.test("a perturbation of several layers is epsilon long over all of them together", async () => {
  const graph = new GraphBuilder(), x = graph.input("x", "float32", [2, 1, 2, 2]);
  const slopes = [[3, 0, 0, 4], [1, 1, 1, 1]], by = graph.constant(Float32Array.from(slopes.flat()), [2, 1, 2, 2]);
  const [push] = perturbations(sum(mul(x, by)), [x], 0.5), runtime = await openRuntime({ provider: "wasm" });
  const program = await runtime.compile(graph, { outputs: { push: push! } });
  const found = await program.run({ x: new Float32Array(8) });
  await runtime.dispose();
  near(found.push as Float32Array, slopes.flatMap((g) => g.map((d) => 0.5 * d / Math.hypot(...g))), 1e-6);
});

Deno.test("vectors are moved where a backbone puts others, computed ahead, in the place of its own, too", async () => {
  const graph = new GraphBuilder(), [u, p, n] = [VECTORS.user[0]!, VECTORS.item[0]!, VECTORS.item[2]!];
  const fed = { query: u, positive: p, items: n }, ahead = new Map<Value, Value>();
  const [query, positive, items] = Object.keys(fed).map((name) => {
    const shape = [1, 1, 1, 2].slice(name === "query" ? 1 : 0), x = graph.input(name, "float32", shape);
    ahead.set(x, graph.input(`${name}, ahead`, "float32", shape)); // as lightgcn looks up the mean over hops, not the hops
    return x;
  }) as [Value, Value, Value];
  const vector = (x: Value) => reshape(ahead.get(x) ?? x, [1, 2]);
  const step = {
    ...{ graph, query, positive },
    score: (x: Value, by = query) => sum(mul(vector(x), vector(by)), [1], true),
    loss: (plus: Value, minus: Value) => mean(softplus(sub(minus, plus))),
  };
  const runtime = await openRuntime({ provider: "wasm" });
  const program = await runtime.compile(graph, { outputs: { lost: perturbedLoss(step as Step, items, 0.3) } });
  const taken = new Set(program.inputs.map(({ name }) => name));
  const feeds = Object.entries(fed).flatMap(([name, x]) =>
    [name, `${name}, ahead`].map((name) => [name, Float32Array.from(x)] as const)
  );
  const found = await program.run(Object.fromEntries(feeds.filter(([name]) => taken.has(name))));
  await runtime.dispose();
  const q = moved(u, plus(n, p, -1), 0.3), gap = plus(moved(n, u, 0.3), moved(p, u, -0.3), -1);
  near(found.lost as Float32Array, [Math.log(1 + Math.exp(dot(q, gap)))], 1e-6);
});

Deno.test("perturbation waits for the warm-up to pass", async () => {
  const users = Int32Array.of(0), positives = Int32Array.of(4), fed = { candidates: Int32Array.of(0, 1) };
  const at = async (epoch: number, warmup: number) =>
    (await play(advir({ pool: 2, dim: 2, warmup }), of, { users, positives, fed, epoch })).auxiliary;
  assert.equal(await at(3, 4), await at(0, 9));
  assert.notEqual(await at(4, 4), await at(3, 4));
});
