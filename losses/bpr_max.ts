import { softplus } from "../graphs/ops/activation.ts";
import { add, mul, sub } from "../graphs/ops/arithmetic.ts";
import { greater, where } from "../graphs/ops/compare.ts";
import { logSumExp, sum } from "../graphs/ops/reduce.ts";
import { define } from "../options/method.ts";
import { real } from "../options/option.ts";
import { byMagnitude } from "../options/searched.ts";
import { type Loss, meanOverRows } from "./loss.ts";
import { exponents, shares } from "./negative_terms.ts";

/**
 * BPR-max: -log sum_k p_k sigmoid(s+ - s_k) + decay sum_k p_k s_k^2, p = softmax(s) over the negatives: the probability of
 * being above the highest one, made smooth, and scores of the high ones kept small (Hidasi & Karatzoglou, CIKM 2018, eq.
 * 10). Both terms move p, too. Its gradient does not vanish where many negatives are easy.
 */
export const bprMax = define({
  name: "bpr-max",
  summary: "BPR against the highest negative, made smooth by a softmax over them, whose scores it keeps small.",
  citation: "Hidasi & Karatzoglou, CIKM 2018",
  options: {
    decay: byMagnitude(real(1, "weight of the squares of the negatives' scores", { min: 0 }), 0.01, 2),
  },
}, ({ decay }): Loss => (scores) => {
  const { positive, negative } = scores, x = exponents(negative, scores); // log of w_k e^(s_k), [R, N]
  const above = exponents(sub(negative, softplus(sub(negative, positive))), scores); // and times sigmoid(s+ - s_k)
  const p = shares(negative, scores), any = greater(sum(p, [1], true), 0); // a row without negatives loses nothing
  const lost = where(any, sub(logSumExp(x, [1], true), logSumExp(above, [1], true)), 0); // [R, 1]
  return meanOverRows(add(lost, mul(decay, sum(mul(p, mul(negative, negative)), [1], true))), scores);
});
