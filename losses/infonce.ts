import { sub } from "../graphs/ops/arithmetic.ts";
import { logSumExpOf } from "../graphs/ops/reduce.ts";
import { define } from "../options/method.ts";
import { real } from "../options/option.ts";
import { byMagnitude } from "../options/searched.ts";
import { correctedScores, correctOption } from "./corrected_scores.ts";
import { type Loss, meanOverRows } from "./loss.ts";
import { exponents } from "./negative_terms.ts";

/**
 * InfoNCE, or sampled softmax: -log of e^(s+ / t) / (e^(s+ / t) + sum_k w_k e^(s_k / t)), t the temperature (van den
 * Oord, Li & Vinyals, 2018, eq. 4; for recommendation Wu et al., TOIS 2024, SSM), scores corrected for the sampler's
 * law as `correct` says. With every other item as a negative it is the softmax over the catalogue.
 */
export const infonce = define({
  name: "infonce",
  summary: "Softmax cross entropy of the positive against the negatives, at a temperature, with logQ correction.",
  citation: "van den Oord, Li & Vinyals, 2018; Wu, Wang, Gao, Chen, Fu, Qiu & He, TOIS 2024",
  options: {
    temperature: byMagnitude(real(1, "divides scores; .1 or so for cosines", { min: 1e-4 }), 0.05, 2),
    correct: correctOption,
  },
}, ({ temperature, correct }): Loss => (scores) => {
  const { positive, negative } = correctedScores(scores, temperature, correct);
  const all = logSumExpOf([positive, exponents(negative, scores)], [1]); // [R, 1]
  return meanOverRows(sub(all, positive), scores);
});
