import type { GraphBuilder, Value } from "../graphs/builder.ts";
import { uniform, xavierUniform } from "../graphs/initializers.ts";
import { sigmoid, tanh } from "../graphs/ops/activation.ts";
import { add, mul, sub } from "../graphs/ops/arithmetic.ts";
import { gather } from "../graphs/ops/index.ts";
import { matmul } from "../graphs/ops/linear.ts";
import { concat, slice, squeeze, unsqueeze } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { integer } from "../options/option.ts";
import { among, evenly } from "../options/searched.ts";
import type { Backbone, HistoryValues } from "./backbone.ts";
import { scorings } from "./cosine.ts";
import { byTime, byToken, dense, dropoutAt, historyOf, tied } from "./history_layers.ts";
import { historyOptions } from "./history_options.ts";

/**
 * GRU4Rec: a gated recurrent unit over what a user has met, whose state, brought to the items' width, is the query
 * (Hidasi et al., ICLR 2016). The unit is that of torch.nn.GRU, unrolled in time; items have one table for both sides.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { gru4rec } from "./gru4rec.ts";
 *
 * assert.equal(gru4rec({ hidden: 32 }).history?.length, 50);
 * ```
 */
export const gru4rec = define({
  name: "gru4rec",
  summary: "A recurrent network over a user's history, asked after every position.",
  citation: "Hidasi, Karatzoglou, Baltrunas & Tikk, ICLR 2016",
  options: {
    ...historyOptions,
    hidden: among(integer(64, "width of the state", { min: 1 }), 32, 64, 128),
    layers: evenly(integer(1, "units on top of each other", { min: 1 }), 1, 2),
  },
}, ({ dim, length, asks, windows, dropout, score, hidden, layers }): Backbone =>
  scorings[score]({
    history: { length, asks, windows },
    build(graph, { items }, batch) {
      const history = historyOf(batch, "gru4rec"), drop = dropoutAt(graph, dropout, batch.training);
      const table = graph.variable("item", [items, dim], xavierUniform, { rowsOf: "items" }),
        met = gather(table, history.items); // [K, D]
      let x = met;
      for (let layer = 0; layer < layers; layer++) {
        x = graph.scope(`gru_${layer}`, () => gru(graph, drop("tokens", x), history, hidden));
      }
      return tied(gather(dense(graph, "dense", x, dim), history.asked), table, met, history);
    },
  }));

/**
 * h_t = (1 - z) n + z h_{t-1}, r = sigma(x W_r + b_r + h U_r + c_r), z likewise, n = tanh(x W_n + b_n + r (h U_n + c_n)), from
 * h = 0. The gates' weights stand side by side: r, z, n.
 */
function gru(graph: GraphBuilder, tokens: Value, history: HistoryValues, hidden: number): Value {
  const [histories, length] = history.cells.shape as [number, number], bound = uniform(1 / Math.sqrt(hidden));
  const matrix = (name: string, rows: number) => graph.variable(name, [rows, 3 * hidden], bound);
  const bias = (name: string) => graph.variable(name, [3 * hidden], bound);
  const fromInput = add(matmul(tokens, matrix("W", tokens.shape[1]!)), bias("b")); // [K, 3 H]
  const inputs = byTime(fromInput, history), recurrent = matrix("U", hidden), c = bias("c"); // [S, T, 3 H]
  const gate = (x: Value, which: number) => slice(x, 1, which * hidden, (which + 1) * hidden);
  let state: Value = graph.constant(new Float32Array(histories * hidden), [histories, hidden]);
  const states: Value[] = [];
  for (let time = 0; time < length; time++) {
    const x = squeeze(slice(inputs, 1, time, time + 1), [1]), h = add(matmul(state, recurrent), c); // [S, 3 H]
    const both = sigmoid(add(slice(x, 1, 0, 2 * hidden), slice(h, 1, 0, 2 * hidden)));
    const r = gate(both, 0), z = gate(both, 1), n = tanh(add(gate(x, 2), mul(r, gate(h, 2))));
    state = add(n, mul(z, sub(state, n)));
    states.push(unsqueeze(state, 1));
  }
  return byToken(concat(states, 1), history);
}
