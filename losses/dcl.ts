import { add, div, exp, log, max, mul, stopGradient, sub } from "../graphs/ops/arithmetic.ts";
import { maxOver, sum } from "../graphs/ops/reduce.ts";
import { define } from "../options/method.ts";
import { real } from "../options/option.ts";
import { byMagnitude, evenly } from "../options/searched.ts";
import { type Loss, meanOverRows } from "./loss.ts";
import { exponents, keptCount, shares, unweighted } from "./negative_terms.ts";

/**
 * Debiased contrastive loss: InfoNCE whose mean negative g = max((mean_k e^(s_k / t) - prior e^(s+ / t)) / (1 - prior),
 * e^(-1 / t)) has the share of false negatives, the `prior`, taken out (Chuang et al., NeurIPS 2020, eq. 8). `hardness`
 * weighs negatives by e^(hardness s_k / t) (Robinson et al., ICLR 2021, eq. 4): as a law that they are drawn from, so
 * without a gradient, which the released code lets through. The floor takes cosine scores.
 */
export const dcl = define({
  name: "dcl",
  summary: "InfoNCE with the share of false negatives taken out, and negatives weighted by hardness.",
  citation: "Chuang, Robinson, Lin, Torralba & Jegelka, NeurIPS 2020; Robinson et al., ICLR 2021",
  options: {
    temperature: byMagnitude(real(0.2, "divides scores", { min: 1e-3 }), 0.05, 2),
    prior: byMagnitude(real(0.01, "share of drawn negatives that are positives", { min: 0, max: 0.99 }), 0.001, 0.1),
    hardness: evenly(real(0, "how much hard negatives weigh", { min: 0 }), 0, 2),
  },
}, ({ temperature, prior, hardness }): Loss => (scores) => {
  const p = div(scores.positive, temperature), n = div(scores.negative, temperature), x = exponents(n, scores);
  const top = stopGradient(max(max(p, maxOver(x, [1], true)), -1 / temperature)); // exponents below stay at most 0
  const negatives = exp(sub(x, top)), positive = exp(sub(p, top)), floor = exp(sub(-1 / temperature, top));
  const count = keptCount(n, scores), law = stopGradient(shares(mul(hardness, n), unweighted(scores))); // even where hardness is 0
  const average = sum(mul(law, negatives), [1], true); // [R, 1]
  const g = max(div(sub(average, mul(prior, positive)), 1 - prior), floor);
  return meanOverRows(sub(log(add(positive, mul(count, g))), sub(p, top)), scores);
});
