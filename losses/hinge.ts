import { relu } from "../graphs/ops/activation.ts";
import { add, mul, sub } from "../graphs/ops/arithmetic.ts";
import { maxOver } from "../graphs/ops/reduce.ts";
import type { Value } from "../graphs/builder.ts";
import { define } from "../options/method.ts";
import { choice, real } from "../options/option.ts";
import { byMagnitude } from "../options/searched.ts";
import { type Loss, meanOverRows, type Scores } from "./loss.ts";
import { meanOfTerms, sumOfTerms, weightedTerms } from "./negative_terms.ts";

const reductions: Readonly<Record<"sum" | "mean" | "max", (terms: Value, scores: Scores) => Value>> = {
  sum: sumOfTerms,
  mean: meanOfTerms,
  max: (terms, scores) => maxOver(weightedTerms(terms, scores), [1], true),
};

/** By how much a negative is closer than the positive: of scores s, or of distances d = -s whose squares count. */
const leads: Readonly<Record<"scores" | "squares", (scores: Scores) => Value>> = {
  scores: ({ positive, negative }) => sub(negative, positive),
  squares: ({ positive, negative }) => sub(mul(positive, positive), mul(negative, negative)),
};

/**
 * Hinge loss, sum_k w_k max(0, margin - s+ + s_k): a pair that is apart by the margin teaches nothing (Weston, Bengio &
 * Usunier, IJCAI 2011, with sampler warp). `max` takes the worst negative alone. For scores that are distances, s = -d,
 * it is the triplet loss; `squares` makes that max(0, margin + d+^2 - d_k^2) (Hsieh et al., WWW 2017; HyperML, WSDM
 * 2020).
 */
export const hinge = define({
  name: "hinge",
  summary: "max(0, margin - s+ + s_k), over the negatives.",
  citation: "Weston, Bengio & Usunier, IJCAI 2011; of distances Hsieh, Yang, Cui, Lin, Belongie & Estrin, WWW 2017",
  options: {
    margin: byMagnitude(real(1, "how far apart is enough", { min: 0 }), 0.1, 2),
    over: choice(["sum", "mean", "max"], "sum", "how a row's negatives come together"),
    of: choice(
      ["scores", "squares"],
      "scores",
      "what is apart: scores, or squared distances where scores are -distance",
    ),
  },
}, ({ margin, over, of }): Loss => (scores) => {
  const terms = relu(add(margin, leads[of](scores))); // [R, N]
  return meanOverRows(reductions[over](terms, scores), scores);
});
