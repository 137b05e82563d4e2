import { sigmoid } from "../graphs/ops/activation.ts";
import { add, div, min, mul, sub } from "../graphs/ops/arithmetic.ts";
import { reshape } from "../graphs/ops/shape.ts";
import type { Value } from "../graphs/builder.ts";
import { define } from "../options/method.ts";
import { choice, integer, real } from "../options/option.ts";
import { byMagnitude } from "../options/searched.ts";
import { fromOwnPools, poolOf } from "./common_options.ts";
import { contrast, linear } from "./gates.ts";
import { hopIds, hopScores, hopSlots, stackHops } from "./hops.ts";
import type { Policy, Step } from "./sampler.ts";
import { uniformCandidates } from "./uniform_rows.ts";

/**
 * Disentangled negative sampling (Lai, Chen, Zhao, Chen & Han, WSDM 2023). Gates part an item into what is relevant to
 * the row's interaction and what is not: for the positive p_r = p * sigmoid(W_i p + W_u u), for a candidate
 * c_r = c * sigmoid(W_n c + W_p p_r). Each hop takes the candidate that maximises u . ((1 - min(1, t / warmup)) c - c_r):
 * at first by its irrelevant part, at last the one of the least relevant part. Four contrasts of the parts of positive
 * and negatives are added to the loss, gamma / 4 times each: the gates learn from them alone, and of gamma 0 not at all.
 *
 * The code of AHNS has no warm-up (`compat` ahns): a constant `alpha` stands for t / warmup.
 */
export const dens = define({
  name: "dens",
  summary:
    "Parts items by learnt gates into what is relevant to the interaction and what is not, and chooses by those.",
  citation: "Lai, Chen, Zhao, Chen & Han, WSDM 2023",
  options: {
    pool: poolOf(16),
    negatives: fromOwnPools,
    warmup: integer(100, "epochs in which the choice goes from irrelevant to relevant parts", { min: 1 }),
    gamma: byMagnitude(real(0.3, "weighs the contrasts that train the gates", { min: 0 }), 0.01, 1),
    compat: choice(["paper", "ahns"], "paper", "the warm-up of the paper, or the constant of AHNS's code"),
    alpha: real(1, "stands for t / warmup under `compat` ahns", { min: 0, max: 1 }),
  },
}, ({ pool, negatives, warmup, gamma, compat, alpha }): Policy<"candidates"> => () => ({
  ...uniformCandidates(pool * negatives),
  select(step, { candidates }) {
    const { graph, query, items, rows, epoch } = step, [, layers, width] = query.shape as [number, number, number];
    const learns = { trainable: gamma > 0 }; // without contrasts the gates stay as they start
    const gate = (name: string) => linear(graph, name, width, width, learns);
    const ofItem = gate("item"), ofUser = gate("user"), ofPositive = gate("positive"), ofNegative = gate("negative");
    const u = reshape(query, [rows, 1, layers, width]), p = step.positive;
    const relevantP = mul(p, sigmoid(add(ofItem(p), ofUser(u)))); // [R, 1, L, D]
    const relevant = (c: Value) => mul(c, sigmoid(add(ofNegative(c), ofPositive(relevantP)))); // [R, n, L, D]

    const left = compat === "ahns" ? 1 - alpha : sub(1, min(1, div(epoch, warmup))); // of the warm-up
    const c = items(candidates), v = sub(mul(left, c), relevant(c));
    const chosen = hopIds(candidates, hopSlots(hopScores(step, v, query), negatives)); // [R, K, L]
    const n = stackHops(step, chosen);
    return {
      items: n,
      sources: reshape(chosen, [rows, negatives * layers]),
      ...gamma > 0 && { auxiliary: mul(gamma / 4, contrasts(step, relevantP, n, relevant(n))) },
    };
  },
}));

/** The four contrasts of scores a, b of the positive's relevant and irrelevant part, and x_k, y_k of the negatives'. */
function contrasts(step: Step, relevantP: Value, n: Value, relevantN: Value): Value {
  const { score, positive } = step;
  const a = score(relevantP), b = score(sub(positive, relevantP)); // [R, 1]
  const x = score(relevantN), y = score(sub(n, relevantN)); // [R, K]
  return [sub(b, a), sub(x, y), sub(x, a), sub(b, y)].map((margin) => contrast(step, margin)).reduce(add);
}
