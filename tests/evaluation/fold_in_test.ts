import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { synthetic } from "../../datasets/synthetic.ts";
import { lengthBesideBias, openFoldIn } from "../../evaluation/fold_in.ts";
import { rankBy } from "../../evaluation/full_ranking.ts";
import { innerVectors, type Vectors } from "../../evaluation/vectors.ts";
import { bpr } from "../../losses/bpr.ts";
import { mf } from "../../models/mf.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { dns } from "../../samplers/dns.ts";
import { lazyAdam } from "../../training/optimizers.ts";
import { train } from "../../training/trainer.ts";

const OPTIONS = { c0: 0.01, l2: 10 };

for (const bias of [false, true]) {
  Deno.test(`what users met ranks their held-out items as well as trained vectors${bias ? ", with biases, too" : ""}`, async () => {
    const { train: data, test } = synthetic({ users: 200, items: 100, median: 16, seed: 4 });
    const of = catalogue(data), backbone = mf({ dim: 8, bias });
    const runtime = await openRuntime({ provider: "wasm", seed: 1 });
    const recipe = {
      runtime,
      data,
      backbone,
      sampler: dns({ pool: 2 }),
      loss: bpr(),
      optimizer: lazyAdam({ lr: 0.02 }),
    };
    for await (const _ of train({ ...recipe, batchSize: 256, epochs: 6 })) { /* to its end */ }
    const users = await innerVectors(runtime, backbone, of, "users");
    const items = await innerVectors(runtime, backbone, of, "items"), { width } = items;
    const fold = openFoldIn(items, { ...OPTIONS, ...bias && { lengthBesideBias: lengthBesideBias(users) } });
    const met = (user: number) => of.positives.subarray(of.offsets[user], of.offsets[user + 1]);
    const by = (vector: (user: number) => Float32Array) => (user: number) => product(vector(user), items);
    const ndcg = async (scores: (user: number) => Float32Array) =>
      (await rankBy(scores, of, test!, { metrics: ["ndcg@10"] })).metrics["ndcg@10"]!;
    const trained = await ndcg(by((user) => users.data.subarray(user * width, (user + 1) * width)));
    const folded = await ndcg(by((user) => fold(met(user)))),
      popular = await ndcg(() => Float32Array.from(of.popularity));
    assert(folded > 0.95 * trained, `${folded} of folded vectors, ${trained} of trained ones`);
    assert(folded > 1.2 * popular, `${folded} of folded vectors, ${popular} of popularity`);
    assert.deepEqual(fold(met(3)), fold([...met(3)].reverse().concat(met(3)[0]!)), "order and repeats say nothing");
    await runtime.dispose();
  });
}

/** Scores of all items: their products with one vector. */
const product = (p: Float32Array, { data, width }: Vectors): Float32Array =>
  Float32Array.from({ length: data.length / width }, (_, item) => {
    let sum = 0;
    for (let d = 0; d < width; d++) sum += p[d]! * data[item * width + d]!;
    return sum;
  });

Deno.test("a folded vector is where the squares are least: moved anywhere, they grow", () => {
  const items = { data: Float32Array.of(1, 0.5, -0.3, 2, 0.7, 0.7, -1, 0.2), width: 2 }, met = [0, 2];
  const fold = openFoldIn(items, { c0: 0.3, l2: 0.4 });
  const s = items.data.reduce((sum, x) => sum + x * x, 0) / 4;
  const loss = (p: readonly number[]) =>
    [0, 1, 2, 3].reduce((sum, item) => {
      const score = p[0]! * items.data[2 * item]! + p[1]! * items.data[2 * item + 1]!;
      return sum + (met.includes(item) ? (1 - score) ** 2 : 0.3 * score ** 2);
    }, 0.4 * s * (p[0]! ** 2 + p[1]! ** 2));
  const [x, y] = fold(met) as unknown as [number, number], least = loss([x, y]);
  for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [-1, 1]] as const) {
    assert(loss([x + 0.01 * dx, y + 0.01 * dy]) > least);
  }
});

Deno.test("beside a bias a folded vector has the length that it is given and ends with 1; of nothing it is zeros", () => {
  const items = { data: Float32Array.of(3, 4, 9, 1, -1, 2), width: 3 };
  const fold = openFoldIn(items, { c0: 0.1, l2: 1, lengthBesideBias: 2 });
  const [x, y, last] = fold([0]) as unknown as [number, number, number];
  assert(Math.abs(Math.hypot(x, y) - 2) < 1e-6);
  assert.equal(last, 1);
  assert.deepEqual([...fold([])], [0, 0, 1]);
  assert.equal(lengthBesideBias(items), Math.sqrt((25 + 2) / 2));
  assert.throws(() => openFoldIn(items, { c0: 0, l2: 1 }), /c0 is above 0 and at most 1, l2 above 0, found 0 and 1/);
});

Deno.test("items that say nothing, and those not met that weigh as much as those met, are folded in, too", () => {
  const nothing = { data: new Float32Array(6), width: 2 };
  assert.deepEqual(openFoldIn(nothing, { c0: 0.1, l2: 1 })([0, 2]), Float32Array.of(0, 0));
  // of items 1 and 2, both met or not, the squares (1 - p)^2 + 4 p^2 + 1 * 2.5 p^2 are least at p = 1 / 7.5
  const [p] = openFoldIn({ data: Float32Array.of(1, 2), width: 1 }, { c0: 1, l2: 1 })([0]);
  assert(Math.abs(p! - 1 / 7.5) < 1e-6, `${p}`);
});
