import type { Value } from "../graphs/builder.ts";
import { xavierUniform, zeros } from "../graphs/initializers.ts";
import { leakyRelu } from "../graphs/ops/activation.ts";
import { add, mul } from "../graphs/ops/arithmetic.ts";
import { less, where } from "../graphs/ops/compare.ts";
import { gather } from "../graphs/ops/index.ts";
import { matmul } from "../graphs/ops/linear.ts";
import { unit } from "../graphs/ops/normalize.ts";
import { concat, reshape, unsqueeze } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { choice, integer, real } from "../options/option.ts";
import { among, evenly } from "../options/searched.ts";
import type { BatchValues } from "./backbone.ts";
import { scorings } from "./cosine.ts";
import { idTables } from "./id_tables.ts";
import { propagation } from "./propagation.ts";
import { dot } from "./scoring.ts";

/** Slope of LeakyReLU below zero. */
const SLOPE = 0.2;

const same = (x: Value): Value => x;
/** Whether a node sends itself a message, and a layer has a bias; what the score sees of a layer, and the next layer. */
const forms = {
  paper: { self: true, bias: false, seen: same, carried: same },
  mixgcf: { self: false, bias: true, seen: unit, carried: same },
  recbole: { self: true, bias: true, seen: unit, carried: unit },
} as const;

/**
 * Neural graph collaborative filtering (Wang et al., SIGIR 2019): with S = D^-1/2 A D^-1/2 X, the sum of what a node's
 * neighbours send, X_{l+1} = LeakyReLU((X_l + S_l) W1 + (X_l * S_l) W2) (eq. 7), and a score is the inner product of the
 * layers 0..L side by side (eq. 9, 10), which is the sum over layers of inner products. Representations keep the layers
 * apart, [.., L + 1, D]; weight decay takes layer 0. Tables and matrices start Xavier-uniform, biases at zero.
 *
 * Codes differ from the paper (`compat`): both have biases and score layers at unit length; MixGCF's sends a node
 * nothing of itself, RecBole's goes on from the unit vectors.
 *
 * Dropout scales what is kept, so that the expectation stays. Of nodes it blocks all that a node sends its neighbours
 * (3.4; codes leave out edges), of messages it leaves out elements of each layer's output, as codes do.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ngcf } from "./ngcf.ts";
 *
 * assert.equal(ngcf.options.compat.default, "paper");
 * assert.equal(typeof ngcf({ dim: 16, layers: 2, messageDropout: 0.1 }).build, "function");
 * ```
 */
export const ngcf = define({
  name: "ngcf",
  summary: "Inner product of vectors that trained layers propagate over the graph of interactions, side by side.",
  citation: "Wang, He, Wang, Feng & Chua, SIGIR 2019",
  options: {
    dim: among(integer(64, "width of the vectors", { min: 1 }), 32, 64, 128),
    layers: evenly(integer(3, "hops of propagation", { min: 1 }), 1, 4),
    messageDropout: evenly(
      real(0, "fraction of each layer's outputs left out of a step", { min: 0, max: 0.99 }),
      0,
      0.5,
    ),
    nodeDropout: evenly(real(0, "fraction of nodes that send nothing in a step", { min: 0, max: 0.99 }), 0, 0.5),
    compat: choice(["paper", "mixgcf", "recbole"], "paper", "the paper's layer, or that of MixGCF's or RecBole's code"),
    score: choice(["dot", "cosine"], "dot", "inner product or cosine of the layers side by side"),
  },
}, ({ dim, layers, messageDropout, nodeDropout, compat, score }) =>
  scorings[score]({
    build(graph, catalogue, batch) {
      const { users } = catalogue, { self, bias, seen, carried } = forms[compat];
      const { user, item } = idTables(graph, catalogue, dim);
      const { position, ordered, hop } = propagation(graph, catalogue);
      let x = ordered(concat([user, item], 0));
      const all = [x]; // L + 1 of [U + I + 1, D]
      const sends = kept(x, "nodeDropout", [x.shape[0]!, 1], nodeDropout, batch);
      for (let layer = 1; layer <= layers; layer++) {
        const W1 = graph.variable(`W1_${layer}`, [dim, dim], xavierUniform);
        const W2 = graph.variable(`W2_${layer}`, [dim, dim], xavierUniform);
        const S = hop(sends(x)), sum = add(matmul(self ? add(x, S) : S, W1), matmul(mul(x, S), W2));
        const y = leakyRelu(bias ? add(sum, graph.variable(`b_${layer}`, [dim], zeros)) : sum, SLOPE);
        const output = kept(y, `messageDropout_${layer}`, y.shape, messageDropout, batch)(y);
        all.push(seen(output));
        x = carried(output);
      }

      // rows are looked up in the table of all layers; what parts a row's layers is undone where they are joined again
      const table = concat(all, 1), apart = [layers + 1, dim]; // [U + I + 1, (L + 1) D]
      const lookup = (positions: Int32Array, ids: Value) =>
        reshape(gather(table, gather(graph.constant(positions), ids)), [...ids.shape, ...apart]);
      return {
        query: lookup(position.subarray(0, users), batch.users),
        items: (ids) => lookup(position.subarray(users), ids),
        score: (query, items) => dot(joined(query), joined(items)),
        inner: joined,
        pool: joined,
      };
    },
  }));

/** The layers of representations side by side, [.., L, D] -> [.., 1, L D]. */
const joined = (x: Value): Value => {
  const [layers, width] = x.shape.slice(-2) as [number, number];
  return layers === 1 ? x : unsqueeze(reshape(x, [...x.shape.slice(0, -2), layers * width]), -2);
};

/** What leaves out a `rate` of things in a training step, and scales the rest by 1 / (1 - rate). */
function kept({ graph }: Value, name: string, shape: Value["shape"], rate: number, { training }: BatchValues) {
  if (!training || rate === 0) return same;
  const scale = where(less(graph.noise(name, shape), rate), 0, 1 / (1 - rate));
  return (x: Value): Value => mul(x, scale);
}
