import { add, div, exp, log, max, mul, stopGradient, sub } from "../graphs/ops/arithmetic.ts";
import { softmax } from "../graphs/ops/normalize.ts";
import { maxOver } from "../graphs/ops/reduce.ts";
import { define } from "../options/method.ts";
import { real } from "../options/option.ts";
import { type Loss, meanOverRows } from "./loss.ts";
import { exponents, meanOfTerms } from "./negative_terms.ts";

/** Keeps the logarithm of a sum whose every part vanished finite. */
const SMALLEST = 1e-30;

/**
 * Debiased contrastive loss: InfoNCE whose mean negative g = max((mean_k e^(s_k / t) - prior e^(s+ / t)) / (1 - prior), e^(-1
 * / t)) has the share of false negatives, the `prior`, taken out (Chuang et al., NeurIPS 2020, eq. 8). `hardness` weighs
 * negatives by e^(hardness s_k / t), without a gradient (Robinson et al., ICLR 2021, eq. 4). The floor takes cosine scores.
 */
export const dcl = define({
  name: "dcl",
  summary: "InfoNCE with the share of false negatives taken out, and negatives weighted by hardness.",
  citation: "Chuang, Robinson, Lin, Torralba & Jegelka, NeurIPS 2020; Robinson et al., ICLR 2021",
  options: {
    temperature: real(0.2, "divides scores", { min: 1e-3 }),
    prior: real(0.01, "share of drawn negatives that are positives", { min: 0, max: 0.99 }),
    hardness: real(0, "how much hard negatives weigh", { min: 0 }),
  },
}, ({ temperature, prior, hardness }): Loss => (scores) => {
  const p = div(scores.positive, temperature), n = div(scores.negative, temperature), count = n.shape[1]!;
  const top = stopGradient(max(p, maxOver(exponents(n, scores), [1], true))); // keeps exponentials in range
  const shifted = exp(sub(n, top)), positive = exp(sub(p, top));
  const weighted = hardness > 0
    ? mul(
      stopGradient(mul(count, softmax(exponents(mul(hardness, n), scores.mask ? { mask: scores.mask } : {}), 1))),
      shifted,
    )
    : shifted;
  const average = meanOfTerms(weighted, scores); // [R, 1]
  const unbiased = div(sub(average, mul(prior, positive)), 1 - prior), floor = exp(sub(-1 / temperature, top));
  const rest = mul(count, max(unbiased, floor));
  const terms = sub(log(max(add(positive, rest), SMALLEST)), sub(p, top));
  return meanOverRows(terms, scores.rows, scores.positiveWeight);
});
