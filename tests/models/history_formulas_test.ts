import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { interactions } from "../../datasets/interactions.ts";
import { openScorer } from "../../evaluation/scorer.ts";
import type { Backbone } from "../../models/backbone.ts";
import { backbones } from "../../models/mod.ts";
import { Rng } from "../../random/rng.ts";
import { openRuntime } from "../../runtime/providers.ts";

type Vector = readonly number[];
/** A variable's rows; of a vector, one row. */
type Weights = (name: string) => readonly Vector[];

const ITEMS = 9, DIM = 4, LENGTH = 5;
const HISTORIES = [[3, 8, 1], [5, 2, 7, 0, 8, 6, 4], [1]]; // shorter than LENGTH, longer, one item

const add = (a: Vector, b: Vector) => a.map((x, at) => x + b[at]!);
const dot = (a: Vector, b: Vector) => a.reduce((sum, x, at) => sum + x * b[at]!, 0);
/** x W. */
const times = (x: Vector, W: readonly Vector[]) => W[0]!.map((_, column) => dot(x, W.map((row) => row[column]!)));
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** Queries after the last of the items, by formulas over plain numbers: vectors of the items, oldest first. */
type Formula = (met: readonly Vector[], weights: Weights) => Vector;

/** Kang & McAuley, ICDM 2018, eqs. 2-7, with two blocks. */
const sasrec = (order: "pre" | "post" | "original", heads: number): Formula => (met, weights) => {
  const layerNorm = (x: Vector, name: string) => {
    const mean = dot(x, x.map(() => 1 / x.length)), apart = x.map((value) => value - mean);
    const deviation = Math.sqrt(dot(apart, apart) / x.length + 1e-8);
    return apart.map((value, at) =>
      value / deviation * weights(`${name}/scale`)[0]![at]! + weights(`${name}/bias`)[0]![at]!
    );
  };
  const dense = (x: Vector, name: string) => add(times(x, weights(`${name}/W`)), weights(`${name}/b`)[0]!);
  let x = met.map((item, at) => add(item.map((e) => e * Math.sqrt(DIM)), weights("position")[met.length - 1 - at]!));
  for (const block of ["block_0", "block_1"]) {
    const normed = (xs: readonly Vector[], name: string) => xs.map((x) => layerNorm(x, `${block}/${name}`));
    const both = (xs: readonly Vector[], ys: readonly Vector[]) => xs.map((x, at) => add(x, ys[at]!));
    const attention = (asks: readonly Vector[], tokens: readonly Vector[]) => {
      const keys = tokens.map((x) => times(x, weights(`${block}/key/W`)));
      const values = tokens.map((x) => dense(x, `${block}/value`));
      return asks.map((x, now) => {
        const query = dense(x, `${block}/query`);
        return Array.from({ length: heads }, (_, head) => {
          const own = (v: Vector) => v.slice(head * DIM / heads, (head + 1) * DIM / heads);
          const mass = keys.slice(0, now + 1).map((key) =>
            Math.exp(dot(own(query), own(key)) / Math.sqrt(DIM / heads))
          );
          const total = mass.reduce((a, b) => a + b);
          return mass.map((m, at) => own(values[at]!).map((v) => v * m / total)).reduce(add);
        }).flat();
      });
    };
    const forward = (xs: readonly Vector[]) =>
      xs.map((x) => dense(dense(x, `${block}/forward_1`).map((h) => Math.max(0, h)), `${block}/forward_2`));
    const asks = normed(x, "norm_1");
    if (order === "pre") {
      const attended = both(x, attention(asks, asks));
      x = both(attended, forward(normed(attended, "norm_2")));
    } else if (order === "post") {
      const attended = normed(both(x, attention(x, x)), "norm_1");
      x = normed(both(attended, forward(attended)), "norm_2");
    } else {
      const attended = normed(both(asks, attention(asks, x)), "norm_2");
      x = both(attended, forward(attended));
    }
  }
  return layerNorm(x.at(-1)!, "norm");
};

/** torch.nn.GRU of two layers, as its documentation has it, and a layer to the items' width. */
const gru4rec: Formula = (met, weights) => {
  let inputs = met;
  for (const layer of ["gru_0", "gru_1"]) {
    const of = (name: string) => weights(`${layer}/${name}`), hidden = of("U").length;
    let state: Vector = new Array(hidden).fill(0);
    inputs = inputs.map((input) => {
      const x = add(times(input, of("W")), of("b")[0]!), h = add(times(state, of("U")), of("c")[0]!);
      return state = state.map((before, at) => {
        const r = sigmoid(x[at]! + h[at]!), z = sigmoid(x[hidden + at]! + h[hidden + at]!);
        const n = Math.tanh(x[2 * hidden + at]! + r * h[2 * hidden + at]!);
        return (1 - z) * n + z * before;
      });
    });
  }
  return add(times(inputs.at(-1)!, weights("dense/W")), weights("dense/b")[0]!);
};

const avgpool: Formula = (met, weights) =>
  add(times(met.reduce(add).map((sum) => sum / met.length), weights("dense/W")), weights("dense/b")[0]!);

const sizes = { dim: DIM, length: LENGTH };
const cases: readonly (readonly [string, Backbone, Formula])[] = [
  ...(["pre", "post", "original"] as const).map((norm) => {
    const backbone = backbones.sasrec({ ...sizes, norm, blocks: 2, heads: 2 });
    return [`sasrec with norm ${norm}`, backbone, sasrec(norm, 2)] as const;
  }),
  ["gru4rec", backbones.gru4rec({ ...sizes, hidden: 3, layers: 2 }), gru4rec],
  ["avgpool", backbones.avgpool(sizes), avgpool],
];

for (const [name, backbone, formula] of cases) {
  Deno.test(`${name} scores by its formula, in plain numbers, of short histories and of the end of long ones`, async () => {
    const users = HISTORIES.flatMap((items, user) => items.map(() => user));
    const log = {
      users,
      items: HISTORIES.flat(),
      userCount: HISTORIES.length,
      itemCount: ITEMS,
      inOrder: true,
    } as const;
    const runtime = await openRuntime({ provider: "wasm", seed: 1 }), rng = new Rng(2, "formulas");
    const scorer = await openScorer(runtime, backbone, catalogue(interactions(log)), {
      rows: HISTORIES.length,
      columns: ITEMS,
    });
    const variables = [...await runtime.save()].map(([name, { shape, data }]) =>
      [name, { shape, data: Float32Array.from(data, () => 2 * rng.uniform() - 1) }] as const
    );
    await runtime.load(new Map(variables));
    await scorer.refresh();
    const weights: Weights = (name) => {
      const { shape, data } = new Map(variables).get(name)!, width = shape.at(-1)!;
      return Array.from(
        { length: data.length / width },
        (_, row) => [...data.subarray(row * width, (row + 1) * width)],
      );
    };
    await scorer.score(Int32Array.from(HISTORIES.keys()), (scores) => {
      HISTORIES.forEach((history, user) => {
        const query = formula(history.slice(-LENGTH).map((item) => weights("item")[item]!), weights);
        weights("item").forEach((vector, item) => {
          const found = scores[user * ITEMS + item]!, wanted = dot(query, vector);
          assert(Math.abs(found - wanted) < 1e-5, `user ${user}, item ${item}: ${found}, not ${wanted}`);
        });
      });
    });
    await scorer.dispose();
    await runtime.dispose();
  });
}
