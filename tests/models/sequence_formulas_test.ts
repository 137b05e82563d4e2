import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { packed } from "../../datasets/histories.ts";
import { interactions } from "../../datasets/interactions.ts";
import { GraphBuilder } from "../../graphs/builder.ts";
import { sizeOf } from "../../graphs/tensor.ts";
import type { Backbone } from "../../models/backbone.ts";
import { historyFeeds, historyInputs } from "../../models/history_inputs.ts";
import { dropoutAt } from "../../models/history_layers.ts";
import { backbones } from "../../models/mod.ts";
import { Rng } from "../../random/rng.ts";
import { openRuntime } from "../../runtime/providers.ts";

type Vector = readonly number[];
/** The elements of a variable by its name. */
type Weights = (name: string) => Vector;
/** What a history's queries are, of its items' vectors, the oldest first: plain loops over the formulas that are cited. */
type Formula = (met: readonly Vector[], weights: Weights) => readonly Vector[];

const D = 4, ITEMS = 9, T = 4, HISTORIES = [[5, 1, 8, 2], [7, 5]];
const plus = (x: Vector, y: Vector) => x.map((v, at) => v + y[at]!);
const times = (x: Vector, W: Vector, width = W.length / x.length) =>
  Array.from({ length: width }, (_, to) => x.reduce((sum, v, from) => sum + v * W[from * width + to]!, 0));
const dense = (weights: Weights, name: string) => (x: Vector) =>
  plus(times(x, weights(`${name}/W`)), weights(`${name}/b`));
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

const mean: Formula = (met, weights) =>
  met.map((_, time) =>
    dense(weights, "dense")(
      met.slice(0, time + 1).reduce(plus).map((x) => x / (time + 1)),
    )
  );

/** torch.nn.GRU, its gates r, z and n side by side. */
const gru = (layers: number, hidden: number): Formula => (met, weights) => {
  let inputs = met;
  for (let layer = 0; layer < layers; layer++) {
    const of = (name: string) => weights(`gru_${layer}/${name}`);
    let h: Vector = new Array<number>(hidden).fill(0);
    inputs = inputs.map((input) => {
      const x = plus(times(input, of("W")), of("b")), u = plus(times(h, of("U")), of("c"));
      return h = h.map((before, at) => {
        const r = sigmoid(x[at]! + u[at]!), z = sigmoid(x[hidden + at]! + u[hidden + at]!);
        const n = Math.tanh(x[2 * hidden + at]! + r * u[2 * hidden + at]!);
        return (1 - z) * n + z * before;
      });
    });
  }
  return inputs.map(dense(weights, "dense"));
};

const normalised = (weights: Weights, name: string) => (x: Vector) => {
  const centre = x.reduce((sum, v) => sum + v / D, 0), spread = x.reduce((sum, v) => sum + (v - centre) ** 2 / D, 0);
  const scale = weights(`${name}/scale`), bias = weights(`${name}/bias`);
  return x.map((v, at) => (v - centre) / Math.sqrt(spread + 1e-8) * scale[at]! + bias[at]!);
};
/** Vaswani et al., eq. 1, for each head, of a token over itself and those before it. */
function attention(weights: Weights, block: string, asks: readonly Vector[], tokens: readonly Vector[], heads: number) {
  const query = asks.map(dense(weights, `${block}/query`)), value = tokens.map(dense(weights, `${block}/value`));
  const key = tokens.map((x) => times(x, weights(`${block}/key/W`))), width = D / heads;
  return query.map((q, time) =>
    Array.from({ length: D }, (_, at) => {
      const own = Math.floor(at / width) * width,
        product = (k: Vector) =>
          k.slice(own, own + width).reduce((sum, v, d) => sum + v * q[own + d]!, 0) / Math.sqrt(width);
      const shares = key.slice(0, time + 1).map((k) => Math.exp(product(k))), all = shares.reduce((a, b) => a + b);
      return shares.reduce((sum, share, other) => sum + share / all * value[other]![at]!, 0);
    })
  );
}
/** Kang & McAuley, eqs. 1-6; where layers are normalised, as the option `norm` says. */
const sasrec = (norm: "pre" | "post" | "original", heads: number): Formula => (met, weights) => {
  const position = weights("position");
  let x: readonly Vector[] = met.map((item, time) => {
    const age = met.length - 1 - time;
    return plus(item.map((v) => v * Math.sqrt(D)), position.slice(age * D, (age + 1) * D));
  });
  for (const block of ["block_0", "block_1"]) {
    const first = normalised(weights, `${block}/norm_1`), second = normalised(weights, `${block}/norm_2`);
    const forward = (x: Vector) =>
      dense(weights, `${block}/forward_2`)(dense(weights, `${block}/forward_1`)(x).map((v) => Math.max(0, v)));
    const attended = (asks: readonly Vector[], tokens: readonly Vector[]) =>
      attention(weights, block, asks, tokens, heads);
    if (norm === "pre") {
      const found = attended(x.map(first), x.map(first)), y = x.map((v, at) => plus(v, found[at]!));
      x = y.map((v) => plus(v, forward(second(v))));
    } else if (norm === "post") {
      const found = attended(x, x), y = x.map((v, at) => first(plus(v, found[at]!)));
      x = y.map((v) => second(plus(v, forward(v))));
    } else {
      const asks = x.map(first), found = attended(asks, x), y = asks.map((v, at) => second(plus(v, found[at]!)));
      x = y.map((v) => plus(v, forward(v)));
    }
  }
  return x.map(normalised(weights, "norm"));
};

const small = { dim: D, length: T };
const cases: Readonly<Record<string, readonly [Backbone, Formula]>> = {
  "avgpool: the mean, then a layer": [backbones.avgpool(small), mean],
  "gru4rec: a unit": [backbones.gru4rec({ ...small, hidden: 3 }), gru(1, 3)],
  "gru4rec: two units on top of each other": [backbones.gru4rec({ ...small, hidden: 3, layers: 2 }), gru(2, 3)],
  "sasrec: normalised before": [backbones.sasrec({ ...small, norm: "pre" }), sasrec("pre", 1)],
  "sasrec: normalised before, two heads": [backbones.sasrec({ ...small, norm: "pre", heads: 2 }), sasrec("pre", 2)],
  "sasrec: normalised after": [backbones.sasrec({ ...small, norm: "post", heads: 2 }), sasrec("post", 2)],
  "sasrec: as in the paper's code": [backbones.sasrec({ ...small, norm: "original" }), sasrec("original", 1)],
};

const ROWS = HISTORIES.flat().length, LAST = HISTORIES[0]!.length;
const log = interactions({
  users: HISTORIES.flatMap((items, user) => items.map(() => user)),
  ...{ items: HISTORIES.flat(), userCount: HISTORIES.length, itemCount: ITEMS },
});
for (const [name, [backbone, formula]] of Object.entries(cases)) {
  Deno.test(`${name}: queries are those of plain loops, after every item of every history`, async () => {
    const caps = { histories: HISTORIES.length, tokens: ROWS, length: T }, graph = new GraphBuilder();
    const spans = [{ start: 0, end: LAST }, { start: LAST, end: ROWS }];
    const batch = packed(Int32Array.from(HISTORIES.flat()), spans, caps, ROWS, "all"), rng = new Rng(1, "weights");
    const { query } = backbone.build(graph, catalogue(log), {
      rows: ROWS,
      users: graph.input("users", "int32", [ROWS]),
      history: historyInputs(graph, caps, ROWS),
    });
    const saved = new Map([...graph.variables.values()].map(({ name, shape }) => [
      name,
      { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => 2 * rng.uniform() - 1) },
    ]));
    const runtime = await openRuntime({ provider: "wasm" });
    const program = await runtime.compile(graph, { outputs: { query } });
    await runtime.load(saved);
    const found = Array.from((await program.run(historyFeeds(batch))).query as Float32Array);
    const weights = (of: string) => Array.from(saved.get(of)!.data), items = weights("item");
    const wanted = HISTORIES.flatMap((met) => formula(met.map((id) => items.slice(id * D, (id + 1) * D)), weights));
    wanted.flat().forEach((x, at) =>
      assert(Math.abs(found[at]! - x) < 1e-4 * (1 + Math.abs(x)), `${at}: ${found[at]}, ${x}`)
    );
    assert.equal(found.length, ROWS * D);
    await runtime.dispose();
  });
}

Deno.test("dropout leaves out what its noise says, of training alone, and makes up for it by the rest", async () => {
  const g = new GraphBuilder(), x = g.input("x", "float32", [4]), runtime = await openRuntime({ provider: "wasm" });
  assert.equal(dropoutAt(g, 0.25, false)("tokens", x), x);
  const program = await runtime.compile(g, { outputs: { y: dropoutAt(g, 0.25, true)("tokens", x) } });
  const feeds = { x: Float32Array.of(3, 3, 3, -6), "dropout/tokens": Float32Array.of(0.2, 0.25, 0.9, 0.3) };
  assert.deepEqual((await program.run(feeds)).y, Float32Array.of(0, 4, 4, -8)); // 1 / (1 - 1/4)
  await runtime.dispose();
});
