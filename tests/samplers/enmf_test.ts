import assert from "node:assert/strict";
import type { Batch } from "../../datasets/batching.ts";
import { lightgcn } from "../../models/lightgcn.ts";
import { mf } from "../../models/mf.ts";
import { enmf } from "../../samplers/enmf.ts";
import { eachProvider } from "../runtime/each_provider.ts";
import { catalogueWhere } from "./drawn.ts";
import { type Learned, stepGradients } from "./step_gradients.ts";

/** 4 users and 6 items in width 3, as the golden fixture; popularity 1, 3, 1, 2, 1, 0. */
const MET = [[0, 3], [1], [1, 2, 4], [1, 3]], ITEMS = 6, DIM = 3, of = catalogueWhere(MET, ITEMS);
const USERS = MET.flatMap((items, user) => items.map(() => user)), POSITIVES = MET.flat(), PAIRS = USERS.length;
/** All that was met, as one batch: an epoch of one step. */
const epoch: Batch = { rows: PAIRS, first: 0, users: Int32Array.from(USERS), positives: Int32Array.from(POSITIVES) };

/** The loss over all pairs, and its gradients, pair by pair, each user's times its share. */
function bruteForce({ tables }: Learned, c: (item: number) => number, l2 = 0, share = (_user: number) => 1) {
  const [user, item] = ["user", "item"].map((name) => tables.get(name)!.data) as [Float32Array, Float32Array];
  const gradients = { user: user.map((x) => 2 * l2 * x), item: item.map((x) => 2 * l2 * x) };
  let loss = l2 * [...user, ...item].reduce((sum, x) => sum + x * x, 0);
  MET.forEach((met, u) => {
    for (let i = 0; i < ITEMS; i++) {
      const s = [0, 1, 2].reduce((sum, d) => sum + user[u * DIM + d]! * item[i * DIM + d]!, 0);
      const weight = share(u) * (met.includes(i) ? 1 : c(i)), error = s - (met.includes(i) ? 1 : 0);
      loss += weight * error ** 2;
      for (let d = 0; d < DIM; d++) {
        gradients.user[u * DIM + d]! += 2 * weight * error * item[i * DIM + d]!;
        gradients.item[i * DIM + d]! += 2 * weight * error * user[u * DIM + d]!;
      }
    }
  });
  return { loss, gradients };
}
/** A step's mean over the pairs, times their number, is the whole. */
function assertWhole(found: Learned, wanted: ReturnType<typeof bruteForce>) {
  assert(Math.abs(PAIRS * found.loss - wanted.loss) < 1e-5 * wanted.loss, `${PAIRS * found.loss}, not ${wanted.loss}`);
  for (const name of ["user", "item"] as const) {
    wanted.gradients[name].forEach((x, at) => {
      const slope = PAIRS * found.gradients[name]![at]!;
      assert(Math.abs(slope - x) < 2e-5, `${name} ${at}: ${slope}, not ${x}`);
    });
  }
}

eachProvider("an epoch loses and learns what summing over every pair does", async (runtime) => {
  const found = await stepGradients(enmf({ c0: 0.3, l2: 0 }), of, epoch, { runtime });
  assertWhole(found, bruteForce(found, () => 0.3));
});

Deno.test("with weight 1 for all pairs it is dense least squares", async () => {
  const found = await stepGradients(enmf({ c0: 1, l2: 0 }), of, epoch);
  assertWhole(found, bruteForce(found, () => 1));
});

Deno.test("decay is that of ALS: it adds up to l2 times the squares of both tables", async () => {
  const found = await stepGradients(enmf({ c0: 0.2, l2: 0.7 }), of, epoch);
  assertWhole(found, bruteForce(found, () => 0.2, 0.7));
});

Deno.test("weights by popularity to a power have the mean c0, and what nobody met weighs nothing", async () => {
  const popularity = [1, 3, 1, 2, 1, 0], total = popularity.reduce((sum, f) => sum + Math.sqrt(f), 0);
  const c = (item: number) => 0.3 * ITEMS * Math.sqrt(popularity[item]!) / total;
  assert(Math.abs([0, 1, 2, 3, 4, 5].reduce((sum, item) => sum + c(item), 0) / ITEMS - 0.3) < 1e-12);
  const found = await stepGradients(enmf({ c0: 0.3, alpha: 0.5, l2: 0.1 }), of, epoch);
  assertWhole(found, bruteForce(found, c, 0.1));
});

Deno.test("steps of an epoch add up, whatever their rows and padding", async () => {
  const policy = enmf({ c0: 0.3, alpha: 1, l2: 0.5 }), { loss } = await stepGradients(policy, of, epoch);
  const at = (rows: readonly number[], size: number): Batch => ({
    rows: rows.length,
    first: 0,
    users: Int32Array.from({ length: size }, (_, row) => USERS[rows[row] ?? rows[0]!]!),
    positives: Int32Array.from({ length: size }, (_, row) => POSITIVES[rows[row] ?? rows[0]!]!),
  });
  const parts = [at([7, 2, 0], 3), at([5, 1, 3], 3), at([6, 4], 3)];
  let sum = 0;
  for (const part of parts) sum += part.rows * (await stepGradients(policy, of, part)).loss;
  assert(Math.abs(sum / PAIRS - loss) < 1e-5, `${sum / PAIRS}, not ${loss}`);
});

Deno.test("rows of users drawn evenly lose the whole in which each user's part is divided by the number of its positives", async () => {
  const each = 6,
    rows = MET.flatMap((met, user) => Array.from({ length: each }, (_, at) => [user, met[at % met.length]!]));
  const users = Int32Array.from(rows, ([user]) => user!),
    positives = Int32Array.from(rows, ([, positive]) => positive!);
  const found = await stepGradients(enmf({ c0: 0.3, l2: 0 }), of, { rows: rows.length, first: 0, users, positives });
  assertWhole(found, bruteForce(found, () => 0.3, 0, (user) => PAIRS / (MET.length * MET[user]!.length)));
});

Deno.test("dropout leaves out coordinates of the user vector and scales up the others", async () => {
  const one: Batch = { rows: 1, first: 0, users: Int32Array.of(1), positives: Int32Array.of(1) };
  const plain = await stepGradients(enmf({ c0: 0.5, l2: 0 }), of, one), { tables } = plain;
  const p = [...tables.get("user")!.data.subarray(DIM, 2 * DIM)], q = tables.get("item")!.data;
  /** The loss of user 1 by the vector `u`. */
  const lossOf = (u: readonly number[]) =>
    [0, 1, 2, 3, 4, 5].reduce((sum, i) => {
      const s = u.reduce((dot, x, d) => dot + x * q[i * DIM + d]!, 0);
      return sum + (i === 1 ? (1 - s) ** 2 : 0.5 * s * s);
    }, 0);
  assert(Math.abs(plain.loss - lossOf(p)) < 1e-5);
  const squares = (x: Iterable<number>) => [...x].reduce((sum, each) => sum + each * each, 0);
  for (const l2 of [0, 0.7]) {
    const { loss, gradients } = await stepGradients(enmf({ c0: 0.5, l2, dropout: 0.5 }), of, one);
    const kept = [0, 1, 2].map((d) => gradients.user![DIM + d] === 0 ? 0 : 1);
    assert(kept.includes(0) && kept.includes(1), `${kept}`);
    const left = p.map((x, d) => 2 * kept[d]! * x);
    const wanted = lossOf(left) + l2 * (squares(left) + squares(q) / PAIRS); // what is left in decays, as large as it is
    assert(Math.abs(loss - wanted) < 1e-5, `${loss}, not ${wanted}`);
  }
});

Deno.test("it takes backbones whose score is an inner product, of the mean over layers, and refuses others", async () => {
  for (const backbone of [mf({ dim: 3, bias: true }), lightgcn({ dim: 3, layers: 2 })]) {
    assert((await stepGradients(enmf(), of, epoch, { backbone })).loss > 0);
  }
  await assert.rejects(
    stepGradients(enmf(), of, epoch, { backbone: mf({ dim: 3, score: "cosine" }) }),
    /Cannot combine sampler "enmf" with this backbone/,
  );
});
