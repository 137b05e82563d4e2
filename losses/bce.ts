import { softplus } from "../graphs/ops/activation.ts";
import { add, mul, neg } from "../graphs/ops/arithmetic.ts";
import { define } from "../options/method.ts";
import { choice, real } from "../options/option.ts";
import { byMagnitude } from "../options/searched.ts";
import { type Loss, meanOverRows } from "./loss.ts";
import { meanOfTerms, sumOfTerms } from "./negative_terms.ts";

const shares = { mean: meanOfTerms, sum: sumOfTerms } as const;

/**
 * Binary cross entropy, -log sigmoid(s+) - weight sum_k w_k log(1 - sigmoid(s_k)), the sum over negatives or their
 * mean: each item by itself, not pairs (He et al., WWW 2017, eq. 7).
 */
export const bce = define({
  name: "bce",
  summary: "Binary cross entropy: the positive is 1, each negative 0.",
  citation: "He, Liao, Zhang, Nie, Hu & Chua, WWW 2017",
  options: {
    negatives: choice(["mean", "sum"], "mean", "whether the negatives of a row count as one or each"),
    weight: byMagnitude(real(1, "weight of the negatives", { min: 0 }), 0.1, 10),
  },
}, ({ negatives, weight }): Loss => (scores) => {
  const terms = add(softplus(neg(scores.positive)), mul(weight, shares[negatives](softplus(scores.negative), scores)));
  return meanOverRows(terms, scores);
});
