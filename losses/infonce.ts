import type { Value } from "../graphs/builder.ts";
import { add, div, sub } from "../graphs/ops/arithmetic.ts";
import { logSumExp } from "../graphs/ops/reduce.ts";
import { concat } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { flag, real } from "../options/option.ts";
import { type Loss, meanOverRows } from "./loss.ts";
import { exponents } from "./negative_terms.ts";

/**
 * InfoNCE, or sampled softmax: -log of e^(s+ / t) / (e^(s+ / t) + sum_k w_k e^(s_k / t)), t the temperature (van den Oord, Li
 * & Vinyals, 2018, eq. 4; for recommendation Wu et al., TOIS 2024, SSM). `correct` subtracts log(|I| q) of each item whose
 * probability the sampler tells, the positive's included where it does (Bengio & Senecal, 2008; Yi et al., RecSys 2019):
 * nothing where q is uniform over the catalogue.
 */
export const infonce = define({
  name: "infonce",
  summary: "Softmax cross entropy of the positive against the negatives, at a temperature, with logQ correction.",
  citation: "van den Oord, Li & Vinyals, 2018; Wu, Wang, Gao, Chen, Fu, Qiu & He, TOIS 2024",
  options: {
    temperature: real(1, "divides scores; .1 or so for cosines", { min: 1e-4 }),
    correct: flag(true, "correct for how likely the sampler was to draw each item"),
  },
}, ({ temperature, correct }): Loss => (scores) => {
  const { logQ, positiveLogQ, counts } = scores, scaled = (logQ: Value) => add(logQ, Math.log(counts.items));
  const negative = div(scores.negative, temperature), positive = div(scores.positive, temperature);
  const x = exponents(correct && logQ ? sub(negative, scaled(logQ)) : negative, scores); // [R, N]
  const p = correct && positiveLogQ ? sub(positive, scaled(positiveLogQ)) : positive; // [R, 1]
  return meanOverRows(sub(logSumExp(concat([p, x], 1), [1], true), p), scores.rows, scores.positiveWeight);
});
