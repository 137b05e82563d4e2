import type { Value } from "../graphs/builder.ts";
import { add, mul, sub } from "../graphs/ops/arithmetic.ts";
import { reshape, unsqueeze } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { choice } from "../options/option.ts";
import { fromOwnPools, poolOf } from "./common_options.ts";
import { hopIds, hopScores, hopSlots, stackHops } from "./hops.ts";
import { layerMean } from "./layer_mean.ts";
import type { Policy } from "./sampler.ts";
import { uniformCandidates } from "./uniform_rows.ts";

const askers = {
  pooled: (query: Value): Value => unsqueeze(layerMean(query), 1), // [R, 1, D]
  hop: (query: Value): Value => query, // [R, L, D]
} as const;

/**
 * Hop mixing (Huang et al., KDD 2021). Positive mixing (eq. 6): e'_{m,l} = alpha_l e+_l + (1 - alpha_l) e_{m,l}, alpha
 * uniform, one for each row and hop. Hop mixing (eq. 7): hop l of the negative is e'_{m,l} of the candidate m that
 * maximises u . e'_{m,l}; hops come from different items. Gradients reach the positive through the mixture.
 */
export const mixgcf = define({
  name: "mixgcf",
  summary: "Mixes the positive into each candidate and takes every hop from the candidate that scores highest in it.",
  citation: "Huang, Dong, Ding, Yang, Feng, Wang & Tang, KDD 2021",
  options: {
    pool: poolOf(16),
    negatives: fromOwnPools,
    query: choice(
      ["pooled", "hop"],
      "pooled",
      "what scores a hop: the query's layers averaged, or (where a model concatenates its hops) the same hop of it",
    ),
  },
}, ({ pool, negatives, query: asker }): Policy<"candidates"> => () => ({
  ...uniformCandidates(pool * negatives),
  select(step, { candidates }) {
    const { graph, rows, query } = step, [, layers, width] = query.shape as [number, number, number];
    const alpha = graph.noise("alpha", [rows, negatives, 1, layers, 1]);
    const positive = unsqueeze(step.positive, 1); // [R, 1, 1, L, D]
    const mixed = (e: Value) => { // [R, K n, L, D]
      const inPools = reshape(e, [rows, negatives, e.shape[1]! / negatives, layers, width]);
      return reshape(add(mul(alpha, positive), mul(sub(1, alpha), inPools)), e.shape);
    };
    const scores = hopScores(step, mixed(step.items(candidates)), askers[asker](query)); // [R, K M, L]
    const chosen = hopIds(candidates, hopSlots(scores, negatives)); // [R, K, L]
    return { items: mixed(stackHops(step, chosen)), sources: reshape(chosen, [rows, negatives * layers]) };
  },
}));
