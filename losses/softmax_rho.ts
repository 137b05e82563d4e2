import { softplus } from "../graphs/ops/activation.ts";
import { div, max, mul, sqrt, stopGradient, sub } from "../graphs/ops/arithmetic.ts";
import { sum } from "../graphs/ops/reduce.ts";
import { define } from "../options/method.ts";
import { real } from "../options/option.ts";
import { byMagnitude } from "../options/searched.ts";
import { type Loss, meanOverRows } from "./loss.ts";
import { meanOfTerms, shares, unweighted } from "./negative_terms.ts";

/** The least temperature: where all negatives lose the same, weights are even. */
const COOLEST = 1e-6;

/**
 * Softmax(rho, N): the mean of pair losses l_k = softplus(s_k - s+) under weights softmax(l / t - log q), the
 * temperature t = sqrt(Var_k(l) / (2 rho)), both without a gradient (Shi et al., WWW 2023: one-way partial AUC by
 * distributionally robust optimisation). Hard negatives weigh more, by as much as their spread allows.
 */
export const softmaxRho = define({
  name: "softmax-rho",
  summary: "Pair losses under softmax weights whose temperature follows their variance.",
  citation: "Shi, Chen, Feng, Zhang, Wu, Gao & He, WWW 2023",
  options: {
    rho: byMagnitude(
      real(1, "how far weights may leave the even ones: the radius of the robust set", { min: 1e-6 }),
      0.1,
      10,
    ),
  },
}, ({ rho }): Loss => (scores) => {
  const losses = softplus(sub(scores.negative, scores.positive)), kept = unweighted(scores); // [R, N]
  const apart = sub(losses, meanOfTerms(losses, kept)), variance = meanOfTerms(mul(apart, apart), kept);
  const temperature = max(sqrt(div(variance, 2 * rho)), COOLEST); // [R, 1]
  const logits = scores.logQ ? sub(div(apart, temperature), scores.logQ) : div(apart, temperature);
  const weights = stopGradient(shares(logits, scores));
  return meanOverRows(sum(mul(weights, losses), [1], true), scores);
});
