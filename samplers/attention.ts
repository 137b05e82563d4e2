import type { Value } from "../graphs/builder.ts";
import { xavierUniform } from "../graphs/initializers.ts";
import { div, log, max, mul, neg, stopGradient, sub } from "../graphs/ops/arithmetic.ts";
import { gemm, matmul, swapAxes } from "../graphs/ops/linear.ts";
import { softmax } from "../graphs/ops/normalize.ts";
import { sum } from "../graphs/ops/reduce.ts";
import { concat, reshape, unsqueeze } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { choice, integer, real } from "../options/option.ts";
import { byMagnitude } from "../options/searched.ts";
import { perPositive } from "./common_options.ts";
import { meanOfRows } from "./gates.ts";
import { layerMean } from "./layer_mean.ts";
import { rns } from "./rns.ts";
import type { Negatives, Policy, Step } from "./sampler.ts";

/** How weights w [R, K], which sum to K in each row, reach the loss. */
const players: Readonly<Record<"none" | "adversary" | "learner", (w: Value) => Value>> = {
  none: stopGradient,
  // the value of w and the negative of its gradient: what lowers the loss for the model raises it for the weights
  adversary: (w) => sub(mul(2, stopGradient(w)), w),
  learner: (w) => w,
};

/**
 * Attention over uniform negatives: w = K softmax(a / temperature), with a = s(u, k), the harder the heavier, or, where a
 * player learns it, a = (W_q [u; i+]) . (W_k k) / sqrt(d) of detached vectors. An `adversary` moves W up the loss, a
 * `learner` down it, which puts all weight on the easiest negative unless `entropy` rewards weights that are spread
 * (the attention-based family of the survey of Ma et al., 2024; scaled products as Vaswani et al., NIPS 2017).
 */
export const attention = define({
  name: "attention",
  summary: "Uniform negatives, weighted by attention: by hardness, or by what a player learns.",
  citation: "the family in Ma et al., Negative sampling in recommendation: a survey, 2024; defined by Foil",
  options: {
    negatives: perPositive(5),
    temperature: byMagnitude(real(1, "of the softmax: high is uniform, low takes the hardest", { min: 1e-4 }), 0.1, 10),
    player: choice(
      ["none", "adversary", "learner"],
      "none",
      "weights by score, or learnt, against the model or with it",
    ),
    width: integer(16, "width of learnt attention, d", { min: 1 }),
    entropy: real(0.1, "reward for weights that are spread, where they are learnt", { min: 0 }),
  },
}, ({ negatives, temperature, player, width, entropy }): Policy<"ids"> => (setting) => {
  const inner = rns({ negatives })(setting);
  return {
    ...inner,
    select(step, proposed) {
      const drawn = inner.select(step, proposed) as Negatives, { items } = drawn;
      const logits = player === "none" ? step.score(items) : learnt(step, items, width); // [R, K]
      const share = softmax(div(logits, temperature), 1), weight = players[player](mul(negatives, share));
      if (player === "none" || entropy === 0) return { ...drawn, weight };
      const spread = neg(sum(mul(share, log(max(share, SMALLEST))), [1], true)); // [R, 1]
      return { ...drawn, weight, auxiliary: mul(-entropy, meanOfRows(spread, step.rowMask)) };
    },
  };
});

/** The least that a logarithm is taken of. */
const SMALLEST = 1e-12;

/** (W_q [u; i+]) . (W_k k) / sqrt(d) of vectors that get no gradient: [R, K]. */
function learnt({ graph, rows, query, positive }: Step, items: Value, width: number): Value {
  const detached = (x: Value) => stopGradient(layerMean(x));
  const u = detached(query), p = detached(positive), n = detached(items); // [R, D], [R, 1, D], [R|1, K, D]
  const [pools, count, dim] = n.shape as [number, number, number];
  const asked = concat([u, reshape(p, [rows, dim])], 1); // [R, 2 D]
  const q = gemm(asked, graph.variable("query", [asked.shape[1]!, width], xavierUniform)); // [R, d]
  const k = gemm(reshape(n, [pools * count, dim]), graph.variable("key", [dim, width], xavierUniform));
  const products = matmul(unsqueeze(q, 1), swapAxes(reshape(k, [pools, count, width]))); // [R, 1, K]
  return div(reshape(products, [rows, count]), Math.sqrt(width));
}
