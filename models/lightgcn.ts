import type { Catalogue } from "../datasets/catalogue.ts";
import type { GraphBuilder, Value } from "../graphs/builder.ts";
import { normal, xavierUniform } from "../graphs/initializers.ts";
import { add, mul } from "../graphs/ops/arithmetic.ts";
import { less, where } from "../graphs/ops/compare.ts";
import { gather } from "../graphs/ops/index.ts";
import { concat, pad, unsqueeze } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { choice, integer, real } from "../options/option.ts";
import { among, evenly } from "../options/searched.ts";
import { scorings } from "./cosine.ts";
import { idTables } from "./id_tables.ts";
import { propagation } from "./propagation.ts";
import { averaged, dot } from "./scoring.ts";

const inits = { xavier: xavierUniform, normal: normal(0.1) } as const;

/** What dropout leaves of a graph: `kept` of each layer, for the hops of a propagation that is `directed` or not. */
interface Dropout {
  readonly directed: boolean;
  kept(layer: number): Value | undefined;
}
const dropouts: Readonly<
  Record<"paper" | "mixgcf", (graph: GraphBuilder, catalogue: Catalogue, dropout: number) => Dropout>
> = {
  paper(graph, { positives }, dropout) {
    const kept = dropout > 0 ? scaled(graph.noise("dropout", [positives.length, 1]), dropout, dropout) : undefined;
    return { directed: false, kept: () => kept };
  },
  mixgcf: (graph, { positives }, dropout) => ({
    directed: dropout > 0,
    kept(layer) {
      if (dropout === 0) return undefined;
      const way = (name: string) =>
        scaled(graph.noise(`dropout/${name}/${layer}`, [positives.length, 1]), 1 - dropout, dropout);
      return concat([way("users"), way("items")], 0);
    },
  }),
};

/** 1/(1 - dropout) where noise is not below `left`, 0 elsewhere and for padding: [E, 1] -> [E + 1, 1]. */
const scaled = (noise: Value, left: number, dropout: number): Value =>
  pad(where(less(noise, left), 0, 1 / (1 - dropout)), [0, 0], [1, 0]);

/**
 * LightGCN (He et al., SIGIR 2020): vectors are propagated over the graph of who met what,
 * X_{l+1} = D^-1/2 A D^-1/2 X_l (eq. 8), and a score is the inner product of means over layers 0..L (eq. 4, alpha =
 * 1/(L+1), eq. 6). Representations keep the layers apart, [.., L + 1, D]; weight decay takes layer 0.
 *
 * Dropout leaves out interactions, in both directions and in every layer alike, and scales what is kept by 1/keep, so
 * that the expectation stays. LightGCN's code drops the two directions apart; MixGCF's, which DENS and AHNS have, each
 * direction in each layer, and keeps a fraction `dropout` of them yet scales by 1/(1 - dropout): `compat` mixgcf.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { lightgcn } from "./lightgcn.ts";
 *
 * assert.equal(lightgcn.options.layers.default, 3);
 * assert.equal(typeof lightgcn({ dim: 16, layers: 2 }).build, "function");
 * ```
 */
export const lightgcn = define({
  name: "lightgcn",
  summary: "Inner product of vectors that are propagated over the graph of interactions, averaged over hops.",
  citation: "He, Deng, Wang, Li, Zhang & Wang, SIGIR 2020",
  options: {
    dim: among(integer(64, "width of the vectors", { min: 1 }), 32, 64, 128),
    layers: evenly(integer(3, "hops of propagation", { min: 1 }), 1, 4),
    dropout: evenly(real(0, "fraction of interactions left out of each step's graph", { min: 0, max: 0.99 }), 0, 0.5),
    compat: choice(
      ["paper", "mixgcf"],
      "paper",
      "dropout as above, or of each direction and layer by itself, with that fraction kept, as MixGCF's code",
    ),
    init: choice(["xavier", "normal"], "xavier", "Xavier-uniform tables, or normal with deviation 0.1"),
    score: choice(["dot", "cosine"], "dot", "inner product or cosine of the means over layers"),
  },
}, ({ dim, layers, dropout, compat, init, score }) =>
  scorings[score]({
    build(graph, catalogue, batch) {
      const { users } = catalogue;
      const { user, item } = idTables(graph, catalogue, dim, inits[init]);
      const { kept, directed } = dropouts[compat](graph, catalogue, batch.training ? dropout : 0);
      const { position, ordered, hop } = propagation(graph, catalogue, directed);
      const hops = [ordered(concat([user, item], 0))]; // L + 1 of [U + I + 1, D]
      for (let layer = 0; layer < layers; layer++) hops.push(hop(hops.at(-1)!, kept(layer)));
      const mean = mul(hops.reduce(add), 1 / (layers + 1));

      // the mean over the hops of looked-up rows is looked up in the mean: [.., 1, D] is read instead of [.., L + 1, D]
      const means = new Map<Value, Value>();
      const lookup = (positions: Int32Array, ids: Value) => {
        const at = gather(graph.constant(positions), ids), rows = (x: Value) => unsqueeze(gather(x, at), -2);
        const found = concat(hops.map(rows), -2); // [.., L + 1, D]
        means.set(found, rows(mean));
        return found;
      };
      const pool = (x: Value) => means.get(x) ?? averaged(x);
      return {
        query: lookup(position.subarray(0, users), batch.users),
        items: (ids) => lookup(position.subarray(users), ids),
        score: (query, items) => dot(pool(query), pool(items)),
        dot: true,
        pool,
      };
    },
  }));
