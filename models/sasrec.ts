import type { GraphBuilder, Value } from "../graphs/builder.ts";
import { xavierUniform, zeros } from "../graphs/initializers.ts";
import { relu } from "../graphs/ops/activation.ts";
import { add, mul } from "../graphs/ops/arithmetic.ts";
import { gather } from "../graphs/ops/index.ts";
import { unsqueeze } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { choice, integer } from "../options/option.ts";
import { causalAttention } from "./attention.ts";
import type { Backbone, HistoryValues } from "./backbone.ts";
import { scorings } from "./cosine.ts";
import { dense, type Dropout, dropoutAt, historyOf, norm } from "./history_layers.ts";
import { historyOptions } from "./history_options.ts";
import { dot } from "./scoring.ts";

/**
 * SASRec: self-attention over what a user has met, s(history, i) = F_t . E_i (Kang & McAuley, ICDM 2018, eqs. 2-7). Tokens
 * start as E sqrt(D) + P, with positions counted from the newest, as padding in front makes them. The items' table and
 * matrices start Xavier-uniform, P at zero: an age that no history of train had says nothing.
 *
 * `norm` says where layers are normalised. `pre`: x + f(LN(x)), as transformers are built today. `original`: as in the
 * paper's code, where queries alone are normalised, keys and values are not, and what is added back is normalised.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { sasrec } from "./sasrec.ts";
 *
 * assert.deepEqual(sasrec({ length: 20 }).history, { length: 20, asks: "all", windows: false });
 * assert.throws(() => sasrec({ dim: 64, heads: 3 }), /"heads" 3 .* "dim" 64/);
 * ```
 */
export const sasrec = define({
  name: "sasrec",
  summary: "Self-attention over a user's history, asked after every position.",
  citation: "Kang & McAuley, ICDM 2018",
  options: {
    ...historyOptions,
    blocks: integer(2, "layers of attention and feed-forward", { min: 1 }),
    heads: integer(1, "heads of attention; they share the width", { min: 1 }),
    norm: choice(["pre", "original"], "pre", "where layers are normalised: today's way, or the paper's code's"),
  },
}, ({ dim, length, asks, windows, dropout, score, blocks, heads, norm: order }): Backbone => {
  if (dim % heads !== 0) {
    throw new TypeError(`Cannot make "sasrec": option "heads" ${heads} does not divide option "dim" ${dim}`);
  }
  return scorings[score]({
    history: { length, asks, windows },
    build(graph, { items }, batch) {
      const history = historyOf(batch, "sasrec"), drop = dropoutAt(graph, dropout, batch.training);
      const table = graph.variable("item", [items, dim], xavierUniform);
      const position = graph.variable("position", [length, dim], zeros);
      const met = gather(table, history.items); // [K, D]
      let x = drop("tokens", add(mul(met, Math.sqrt(dim)), gather(position, history.ages)));
      for (let block = 0; block < blocks; block++) {
        x = graph.scope(`block_${block}`, () => layers[order](graph, x, history, heads, drop));
      }
      return {
        query: unsqueeze(gather(norm(graph, "norm", x), history.asked), 1), // [R, 1, D]
        items: (ids) => unsqueeze(gather(table, ids), -2),
        score: dot,
        dot: true,
        decayed: gather(met, history.asked),
      };
    },
  });
});

/** One layer of attention and one of feed-forward, [K, D] to [K, D]. */
type Layers = (graph: GraphBuilder, x: Value, history: HistoryValues, heads: number, drop: Dropout) => Value;

const layers: Readonly<Record<"pre" | "original", Layers>> = {
  pre(graph, x, history, heads, drop) {
    const asks = norm(graph, "norm_1", x);
    const attended = add(x, drop("attended", causalAttention(graph, { asks, tokens: asks }, history, heads, drop)));
    return add(attended, feedForward(graph, norm(graph, "norm_2", attended), drop));
  },
  original(graph, x, history, heads, drop) {
    const asks = norm(graph, "norm_1", x);
    const attended = norm(
      graph,
      "norm_2",
      add(asks, causalAttention(graph, { asks, tokens: x }, history, heads, drop)),
    );
    return add(attended, feedForward(graph, attended, drop));
  },
};

/** ReLU(x W_1 + b_1) W_2 + b_2 (eq. 5). */
function feedForward(graph: GraphBuilder, x: Value, drop: Dropout): Value {
  const width = x.shape[1]!, hidden = drop("hidden", relu(dense(graph, "forward_1", x, width)));
  return drop("forward", dense(graph, "forward_2", hidden, width));
}
