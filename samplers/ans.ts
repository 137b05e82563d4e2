import type { Value } from "../graphs/builder.ts";
import { sigmoid } from "../graphs/ops/activation.ts";
import { abs, add, div, mul, reciprocal, sqrt, sub } from "../graphs/ops/arithmetic.ts";
import { greater, less, where } from "../graphs/ops/compare.ts";
import { gatherElements } from "../graphs/ops/index.ts";
import { swapAxes } from "../graphs/ops/linear.ts";
import { sum } from "../graphs/ops/reduce.ts";
import { expand, reshape } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { real } from "../options/option.ts";
import { byMagnitude } from "../options/searched.ts";
import { fromOwnPools, poolOf } from "./common_options.ts";
import { contrast, linear, meanOfRows } from "./gates.ts";
import { hopIds, hopScores, hopSlots } from "./hops.ts";
import type { Policy } from "./sampler.ts";
import { uniformCandidates } from "./uniform_rows.ts";

/** The least magnitude whose reciprocal is taken. */
const SMALLEST = 1e-6;
/** Added to a squared length, so that a vector of zeros has a gradient. */
const TINY = 1e-12;

/**
 * Augmented negative sampling (Zhao, Chen, Lai, Han, Song & Chen, RecSys 2023). A gate g = sigmoid(W_i c * W_u u) parts a
 * candidate into a hard factor c_h = c * g and an easy one c_e = c - c_h, and the positive likewise. The easy factor
 * moves towards the positive's, c' = c_h + c_e + sign(p_e - c_e) * d, by `magnitude` times a random direction's length
 * and a learnt margin sigmoid(1 / w(c_h * p_h)). Each hop takes the c' that maximises u . c' + gain (u . c' - u . c).
 * Added to the loss, gamma times: a contrast of easy and hard scores, and the disentanglement of the factors.
 *
 * The code clamps nothing where w is 0; here |w| is at least 1e-6.
 */
export const ans = define({
  name: "ans",
  summary: "Augments the easy factor of each candidate towards the positive and takes the hardest that results.",
  citation: "Zhao, Chen, Lai, Han, Song & Chen, RecSys 2023",
  options: {
    pool: poolOf(8),
    negatives: fromOwnPools,
    gain: real(1, "weighs in the choice what the augmentation added to the score, epsilon", { min: 0 }),
    magnitude: byMagnitude(real(0.1, "scales the augmentation", { min: 0 }), 0.01, 1),
    gamma: byMagnitude(real(0.03, "weighs contrast and disentanglement", { min: 0 }), 0.001, 1),
  },
}, ({ pool, negatives, gain, magnitude, gamma }): Policy<"candidates"> => () => ({
  ...uniformCandidates(pool * negatives),
  select(step, { candidates }) {
    const { graph, query, rows } = step, [, layers, width] = query.shape as [number, number, number];
    const ofItem = linear(graph, "item", width), ofUser = linear(graph, "user", width);
    const w = linear(graph, "margin", width, 1);
    const u = reshape(query, [rows, 1, layers, width]), p = step.positive, c = step.items(candidates); // [R, K M, L, D]
    const g = sigmoid(mul(ofItem(c), ofUser(u)));
    const hard = mul(c, g), easy = sub(c, hard), hardP = mul(p, g), easyP = sub(p, hardP);
    const noise = graph.noise("direction", c.shape);
    const margin = sigmoid(reciprocal(awayFromZero(w(mul(hard, hardP))))); // [R, K M, L, 1]
    const d = mul(mul(magnitude, margin), div(noise, length(noise)));
    const augmented = add(c, mul(sign(sub(easyP, easy)), d));

    const scores = (x: Value) => hopScores(step, x, query); // [R, K M, L]
    const s = scores(augmented), slots = hopSlots(add(s, mul(gain, sub(s, scores(c)))), negatives); // [R, K, L]
    const intoPools = (x: Value) => reshape(x, [rows, negatives, pool, ...x.shape.slice(2)]); // [R, K, M, L, ..]
    const at = expand(reshape(slots, [rows, negatives, 1, layers, 1]), [rows, negatives, 1, layers, width]);
    const chosen = gatherElements(intoPools(augmented), at, 2); // [R, K, 1, L, D]
    const contrasted = () => contrast(step, swapAxes(intoPools(sub(scores(easy), scores(hard)))));
    const apart = () => meanOfRows(length(sub(hard, hardP)), step.rowMask);
    const orthogonal = () => meanOfRows(sum(length(mul(easyP, easy)), [2]), step.rowMask);
    return {
      items: reshape(chosen, [rows, negatives, layers, width]),
      sources: reshape(hopIds(candidates, slots), [rows, negatives * layers]),
      ...gamma > 0 && { auxiliary: mul(gamma, [contrasted(), apart(), orthogonal()].reduce(add)) },
    };
  },
}));

/** Length along the last axis, kept as 1. */
const length = (x: Value): Value => sqrt(add(sum(mul(x, x), [-1], true), TINY));

/** 1, 0 or -1, without a gradient. ONNX's Sign falls back to the CPU on WebGPU. */
const sign = (x: Value): Value => where(greater(x, 0), 1, where(less(x, 0), -1, 0));

/** `x`, and where that is next to 0 as little as may be divided by, on its side of 0. */
const awayFromZero = (x: Value): Value => where(less(abs(x), SMALLEST), where(less(x, 0), -SMALLEST, SMALLEST), x);
