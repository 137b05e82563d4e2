import assert from "node:assert/strict";
import type { Batch } from "../../datasets/batching.ts";
import { type Node, RowGradient, type Value } from "../../graphs/builder.ts";
import { prune } from "../../graphs/prune.ts";
import { sameShape } from "../../graphs/tensor.ts";
import { bpr } from "../../losses/bpr.ts";
import { lightgcn } from "../../models/lightgcn.ts";
import { mf } from "../../models/mf.ts";
import { full } from "../../samplers/full.ts";
import type { Policy } from "../../samplers/sampler.ts";
import { trainingStep } from "../../training/step.ts";
import { eachProvider } from "../runtime/each_provider.ts";
import { catalogueWhere, opened } from "./drawn.ts";
import { type Learned, stepGradients } from "./step_gradients.ts";

const MET = [[0, 3, 6], [1], [2, 4], [5, 6]], ITEMS = 7, of = catalogueWhere(MET, ITEMS), DIM = 3;
const batch: Batch = { rows: 4, first: 0, users: Int32Array.of(0, 1, 2, 0), positives: Int32Array.of(3, 1, 4, 6) };

/** Mean over rows of -log softmax and its gradients, item by item; a row's sum leaves out what `drops` says. */
function oracle({ tables }: Learned, temperature = 1, drops = (_row: number, _item: number) => false, rows = 4) {
  const [user, item] = ["user", "item"].map((name) => tables.get(name)!.data) as [Float32Array, Float32Array];
  const gradients = { user: new Float64Array(user.length), item: new Float64Array(item.length) };
  let loss = 0;
  for (let row = 0; row < rows; row++) {
    const u = batch.users[row]! * DIM, positive = batch.positives[row]!;
    const scores = Array.from({ length: ITEMS }, (_, i) => {
      const dot = [0, 1, 2].reduce((sum, d) => sum + user[u + d]! * item[i * DIM + d]!, 0);
      return drops(row, i) ? -Infinity : dot / temperature;
    });
    const total = scores.reduce((sum, s) => sum + Math.exp(s), 0);
    loss += (Math.log(total) - scores[positive]!) / rows;
    scores.forEach((s, i) => {
      const slope = (Math.exp(s) / total - (i === positive ? 1 : 0)) / temperature / rows;
      for (let d = 0; d < DIM; d++) {
        gradients.user[u + d]! += slope * item[i * DIM + d]!;
        gradients.item[i * DIM + d]! += slope * user[u + d]!;
      }
    });
  }
  return { loss, gradients };
}
function assertNear(found: Learned, wanted: { loss: number; gradients: Readonly<Record<string, ArrayLike<number>>> }) {
  assert(Math.abs(found.loss - wanted.loss) < 1e-5, `${found.loss}, not ${wanted.loss}`);
  for (const [name, gradient] of Object.entries(wanted.gradients)) {
    Array.from(gradient).forEach((x, at) =>
      assert(Math.abs(found.gradients[name]![at]! - x) < 1e-5, `${name} ${at}: ${found.gradients[name]![at]}, not ${x}`)
    );
  }
}

eachProvider(
  "loss and gradients are those of a softmax over the catalogue, in one chunk or several",
  async (runtime) => {
    for (const chunk of [1, 3, 7, 100]) {
      const found = await stepGradients(full({ chunk }), of, batch, { runtime });
      assertNear(found, oracle(found));
    }
  },
);

Deno.test("a temperature divides every score", async () => {
  for (const chunk of [2, 100]) {
    const found = await stepGradients(full({ chunk, temperature: 0.2 }), of, batch);
    assertNear(found, oracle(found, 0.2));
  }
});

eachProvider("what else the user met can be left out of the denominator", async (runtime) => {
  const drops = (row: number, item: number) => item !== batch.positives[row] && MET[batch.users[row]!]!.includes(item);
  for (const chunk of [1, 3, 100]) { // in chunks of 1 some chunks are left out whole
    const found = await stepGradients(full({ chunk, unmet: true }), of, batch, { runtime });
    assertNear(found, oracle(found, 1, drops));
  }
});

Deno.test("padding rows neither lose nor learn", async () => {
  const found = await stepGradients(full({ chunk: 3 }), of, { ...batch, rows: 2 });
  assertNear(found, oracle(found, 1, undefined, 2));
});

Deno.test("it is sampled softmax with every other item as a negative", async () => {
  // BPR over K negatives is log(1 + sum_k e^(s_k - s+)), inner-product softmax
  const everyOther: Policy<"ids"> = () => ({
    proposes: { ids: ITEMS - 1 },
    propose: ({ positives }) => ({
      ids: Int32Array.from([...positives].flatMap((p) => [0, 1, 2, 3, 4, 5, 6].filter((item) => item !== p))),
    }),
    select: ({ items }, { ids }) => ({ ids, items: items(ids) }),
  });
  assertNear(await stepGradients(full({ chunk: 2 }), of, batch), await stepGradients(everyOther, of, batch));
});

Deno.test("chunks change nothing on backbones with a bias, cosine scores or several layers", async () => {
  for (
    const backbone of [mf({ dim: 3, bias: true }), mf({ dim: 3, score: "cosine" }), lightgcn({ dim: 3, layers: 2 })]
  ) {
    const whole = await stepGradients(full({ chunk: 100 }), of, batch, { backbone });
    assertNear(await stepGradients(full({ chunk: 3 }), of, batch, { backbone }), whole);
  }
});

Deno.test("scores far beyond e^88 overflow nowhere", async () => {
  const found = await stepGradients(full({ chunk: 2, temperature: 1e-3 }), of, batch);
  assert(Number.isFinite(found.loss) && found.gradients.item!.every(Number.isFinite));
});

/** What onnxruntime would run: nodes depth first from the outputs, as it orders them. */
function depthFirst(outputs: readonly Value[]): readonly Node[] {
  const { nodes } = prune(outputs[0]!.graph, outputs), rank = new Map(nodes.map((node, at) => [node, at]));
  const done = new Set<Node>(), order: Node[] = [];
  const visit = (node: Node) => {
    if (done.has(node)) return;
    done.add(node);
    const before = node.inputs.flatMap((input) => input.node ? [input.node] : []);
    for (const each of before.sort((a, b) => rank.get(b)! - rank.get(a)!)) visit(each);
    order.push(node);
  };
  const read = new Set(nodes.flatMap(({ inputs }) => inputs.map(({ node }) => node)));
  for (const leaf of nodes.filter((node) => !read.has(node)).reverse()) visit(leaf);
  return order;
}
/** The most values of `shape` that are alive at a time. */
function mostAlive(order: readonly Node[], shape: readonly number[]): number {
  const last = new Map<Value, number>();
  order.forEach(({ inputs }, at) => inputs.forEach((input) => last.set(input, at)));
  const counts = order.map((_, at) =>
    order.slice(0, at + 1).flatMap(({ outputs }) => outputs).filter((value) =>
      sameShape(value.shape, shape) && last.get(value)! >= at
    ).length
  );
  return Math.max(...counts);
}

Deno.test("a step holds the scores of a few chunks, however many there are", () => {
  const alive = (chunks: number) => {
    const CHUNK = 5,
      catalogue = catalogueWhere(MET, chunks * CHUNK),
      sampler = opened(full({ chunk: CHUNK }), catalogue, 4);
    const { loss, gradients } = trainingStep({
      backbone: mf({ dim: 3 }),
      sampler,
      loss: bpr(),
      catalogue,
      batchSize: 4,
      padded: false,
      l2: 0,
    });
    const slopes = [...gradients.values()].flatMap((gradient) =>
      gradient instanceof RowGradient ? gradient.parts.map(({ rows }) => rows) : [gradient]
    );
    return mostAlive(depthFirst([loss, ...slopes]), [4, CHUNK]);
  };
  assert(alive(3) > 0);
  assert.equal(alive(12), alive(3));
});
