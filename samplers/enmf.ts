import { idsBelow } from "../datasets/ids_below.ts";
import type { Value } from "../graphs/builder.ts";
import { add, div, mul, sub } from "../graphs/ops/arithmetic.ts";
import { less, where } from "../graphs/ops/compare.ts";
import { gather } from "../graphs/ops/index.ts";
import { matmul, swapAxes } from "../graphs/ops/linear.ts";
import { sum } from "../graphs/ops/reduce.ts";
import { reshape, unsqueeze } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { real } from "../options/option.ts";
import { byMagnitude, evenly } from "../options/searched.ts";
import { meanOfRows } from "./gates.ts";
import { layerMean } from "./layer_mean.ts";
import { popularityWeights } from "./pns.ts";
import { requireDot } from "./requirements.ts";
import type { Policy, Step, TaskStep } from "./sampler.ts";

/**
 * Learning from the whole data, no negative drawn (Hu, Koren & Volinsky, ICDM 2008; popularity weights of He, Zhang,
 * Kan & Chua, SIGIR 2016; by gradients Chen, Zhang, Zhang, Liu & Ma, TOIS 2020): the squared loss over all pairs,
 *
 *     L = sum_(u,i) met (1 - s_ui)^2 + sum_(u,j) not met c_j s_uj^2 + l2 (sum_u |p_u|^2 + sum_i |q_i|^2),
 *
 * where s_ui = p_u . q_i. With the Gram matrix G = sum_j c_j q_j q_j' it is a sum over what was met alone,
 *
 *     L = sum_(u,i) met [(1 - c_i) s_ui^2 - 2 s_ui + 1 + (p_u' G p_u + l2 |p_u|^2) / |P_u| + l2 sum_j |q_j|^2 / |R|],
 *
 * |R| the number of pairs met. A step takes the mean of its rows' terms: over an epoch at fixed weights they add up to
 * L exactly, where no interaction repeats and no user has met every item (whose rows training leaves out); with
 * `--visit users` on average to an L in which the part of u weighs |R| / (U |P_u|), U the number of users. Weights are
 * c_j = c0 |I| f_j^alpha / sum_k f_k^alpha, f the popularity, so that c0 is their mean whatever alpha; the c0 of eALS
 * is |I| times as large. ENMF's vector h is 1: the user vectors hold it. A backbone's side tasks, other behaviours say,
 * lose the same over their own pairs: with `multi-behaviour-mf:transfer=true` that is EHCF (Chen, Zhang, Zhang, Ma, Liu
 * & Ma, AAAI 2020), but that each behaviour's L is divided by the number of its pairs, as every loss here is a mean.
 */
export const enmf = define({
  name: "enmf",
  summary: "Weighted squared loss over all pairs, by Gram matrices: nothing is drawn.",
  citation: "Chen, Zhang, Zhang, Liu & Ma, TOIS 2020; He, Zhang, Kan & Chua, SIGIR 2016",
  options: {
    c0: byMagnitude(
      real(0.05, "mean weight of a pair that was not met; one that was weighs 1", { min: 0 }),
      0.005,
      0.5,
    ),
    alpha: evenly(real(0, "power of the popularity in that weight; 0 weighs all items alike", { min: 0 }), 0, 1),
    l2: byMagnitude(real(1, "decay of every vector, as ALS counts it", { min: 0 }), 0.1, 10),
    dropout: evenly(
      real(0, "fraction of a user vector's coordinates left out of a step", { min: 0, max: 0.99 }),
      0,
      0.5,
    ),
  },
}, ({ c0, alpha, l2, dropout }): Policy<never> => ({ catalogue }) => {
  /** L over all pairs of a log, estimated by a step's rows. */
  const whole = ({ met: { users, items: count, offsets, positives, popularity }, ...step }: TaskStep): Value => {
    requireDot(step, "enmf", "it sums all inner products by Gram matrices");
    const weights = popularityWeights(popularity, alpha), total = weights.reduce((a, b) => a + b, 0);
    const c = alpha === 0
      ? new Float32Array(count).fill(c0)
      : Float32Array.from(weights, (weight) => c0 * count * weight / total); // [I]
    const sizes = Float32Array.from({ length: users }, (_, u) => Math.max(1, offsets[u + 1]! - offsets[u]!)); // |P_u|
    const { graph, rowMask, userIds, positiveIds } = step;
    const p = dropped(step, layerMean(step.query), dropout),
      q = layerMean(step.items(graph.constant(idsBelow(count)))); // [R, D], [I, D]
    const gram = matmul(swapAxes(q), mul(graph.constant(c, [count, 1]), q)); // [D, D]
    const s = sum(mul(p, reshape(layerMean(step.positive), p.shape)), [1], true); // [R, 1]
    const ofAll = sum(mul(add(matmul(p, gram), mul(l2, p)), p), [1], true);
    const share = div(ofAll, unsqueeze(gather(graph.constant(sizes), userIds), 1));
    const terms = add(add(mul(sub(mul(sub(1, gather(graph.constant(c), positiveIds)), s), 2), s), 1), share);
    return add(meanOfRows(terms, rowMask), mul(l2 / positives.length, sum(mul(q, q))));
  };
  return {
    proposes: {},
    propose: () => ({}),
    select: (step) => ({ objective: whole({ ...step, met: catalogue }), ofTask: whole }),
  };
});

/** `x` without a fraction of its coordinates, the others scaled up so that the expectation stays. */
const dropped = ({ graph }: Pick<Step, "graph">, x: Value, fraction: number): Value =>
  fraction === 0 ? x : mul(x, where(less(graph.noise("dropout", x.shape), fraction), 0, 1 / (1 - fraction)));
