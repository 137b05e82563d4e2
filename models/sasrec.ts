import { xavierUniform, zeros } from "../graphs/initializers.ts";
import { add, mul } from "../graphs/ops/arithmetic.ts";
import { gather } from "../graphs/ops/index.ts";
import { define } from "../options/method.ts";
import { choice } from "../options/option.ts";
import type { Backbone } from "./backbone.ts";
import { scorings } from "./cosine.ts";
import { dropoutAt, historyOf, tied } from "./history_layers.ts";
import { historyOptions } from "./history_options.ts";
import { attentionOptions, selfAttention } from "./self_attention.ts";

const starts = { xavier: xavierUniform, zero: zeros } as const;

/**
 * SASRec: self-attention over what a user has met, s(history, i) = F_t . E_i (Kang & McAuley, ICDM 2018, eqs. 2-7). Tokens
 * start as E sqrt(D) + P, with positions counted from the newest, as padding in front makes them. Tables and
 * matrices start Xavier-uniform; with `positions=zero` P starts at zero, so that an age that no history of train had says
 * nothing, and the model learns less well (docs/sequences.md).
 *
 * `norm` says where layers are normalised. `pre`: x + f(LN(x)), as transformers are built today. `post`: LN(x + f(x)), as
 * they first were (Vaswani et al., NIPS 2017). `original`: as in the paper's code, where queries alone are normalised,
 * keys and values are not, and what is added back is normalised.
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
    ...attentionOptions({ blocks: 2, heads: 1 }),
    positions: choice(["xavier", "zero"], "xavier", "what the vectors of positions start as"),
  },
}, ({ dim, length, asks, windows, dropout, score, positions, ...attention }): Backbone => {
  const attends = selfAttention("sasrec", { dim, ...attention });
  return scorings[score]({
    history: { length, asks, windows },
    build(graph, { items }, batch) {
      const history = historyOf(batch, "sasrec"), drop = dropoutAt(graph, dropout, batch.training);
      const table = graph.variable("item", [items, dim], xavierUniform, { rowsOf: "items" });
      const position = graph.variable("position", [length, dim], starts[positions]);
      const met = gather(table, history.items); // [K, D]
      const tokens = drop("tokens", add(mul(met, Math.sqrt(dim)), gather(position, history.ages)));
      return tied(gather(attends(graph, tokens, history, drop), history.asked), table, met, history);
    },
  });
});
