import { xavierUniform } from "../graphs/initializers.ts";
import { gather } from "../graphs/ops/index.ts";
import { matmul } from "../graphs/ops/linear.ts";
import { define } from "../options/method.ts";
import type { Backbone } from "./backbone.ts";
import { scorings } from "./cosine.ts";
import { byTime, byToken, dense, dropoutAt, historyOf, tied } from "./history_layers.ts";
import { historyOptions } from "./history_options.ts";

/**
 * The mean of what a user has met, through one linear layer, is the query: the pooling of Covington, Adams & Sargin
 * (RecSys 2016) without their further features. The baseline that a sequence model should beat: it knows no order.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { avgpool } from "./avgpool.ts";
 *
 * assert.equal(avgpool({ length: 10 }).history?.length, 10);
 * ```
 */
export const avgpool = define({
  name: "avgpool",
  summary: "The mean of a user's history through one linear layer: a baseline without order.",
  citation: "Covington, Adams & Sargin, RecSys 2016 (its pooling alone)",
  options: historyOptions,
}, ({ dim, length, asks, windows, dropout, score }): Backbone =>
  scorings[score]({
    history: { length, asks, windows },
    build(graph, { items }, batch) {
      const history = historyOf(batch, "avgpool"),
        times = history.cells.shape[1]!,
        drop = dropoutAt(graph, dropout, batch.training);
      const table = graph.variable("item", [items, dim], xavierUniform, { rowsOf: "items" }),
        met = gather(table, history.items); // [K, D]
      const upTo = graph.constant(
        Float32Array.from({ length: times ** 2 }, (_, at) => {
          const time = Math.floor(at / times);
          return at % times > time ? 0 : 1 / (time + 1);
        }),
        [1, times, times],
      );
      const means = byToken(matmul(upTo, byTime(drop("tokens", met), history)), history); // [K, D]
      return tied(gather(dense(graph, "dense", means, dim), history.asked), table, met, history);
    },
  }));
