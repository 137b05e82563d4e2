import { relu } from "../graphs/ops/activation.ts";
import { add, min, mul, sub } from "../graphs/ops/arithmetic.ts";
import { define } from "../options/method.ts";
import { choice, real } from "../options/option.ts";
import { type Loss, meanOverRows } from "./loss.ts";
import { meanOfTerms } from "./negative_terms.ts";

/**
 * Cosine contrastive loss, (1 - s+) + weight / N sum_k max(0, s_k - margin), for cosine scores and many negatives (Mao et al.,
 * CIKM 2021, SimpleX, eq. 2). The code of AdvInfoNCE caps the negatives' part at 1 (`capped`).
 */
export const ccl = define({
  name: "ccl",
  summary: "1 - s+ and what negatives score above a margin, for cosine scores.",
  citation: "Mao, Zhu, Wang, Dai, Dong, Xiao & He, CIKM 2021",
  options: {
    margin: real(0.4, "a negative that scores no higher is far enough", { min: -1, max: 1 }),
    weight: real(1, "weight of the negatives' part", { min: 0 }),
    compat: choice(["paper", "capped"], "paper", "the paper's, or with the negatives' part capped at 1"),
  },
}, ({ margin, weight, compat }): Loss => (scores) => {
  const above = mul(weight, meanOfTerms(relu(sub(scores.negative, margin)), scores));
  const terms = add(sub(1, scores.positive), compat === "capped" ? min(above, 1) : above);
  return meanOverRows(terms, scores.rows, scores.positiveWeight);
});
