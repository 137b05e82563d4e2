import { sigmoid, softplus } from "../graphs/ops/activation.ts";
import { sub } from "../graphs/ops/arithmetic.ts";
import { logSumExpOf } from "../graphs/ops/reduce.ts";
import { zerosLike } from "../graphs/ops/shape.ts";
import type { Value } from "../graphs/builder.ts";
import { define } from "../options/method.ts";
import { choice } from "../options/option.ts";
import { type Loss, meanOverRows, type Scores } from "./loss.ts";
import { exponents, meanOfTerms } from "./negative_terms.ts";

/** A row's loss of its margins s_k - s+ [R, N], [R, 1]. */
const forms: Readonly<Record<"joint" | "pairs" | "sigmoid", (margin: Value, scores: Scores) => Value>> = {
  joint(margin, scores) {
    const x = exponents(margin, scores);
    if (x.shape[1] === 1) return softplus(x);
    return logSumExpOf([zerosLike(scores.positive), x], [1]); // the 1 in the logarithm, as an exponent
  },
  pairs: (margin, scores) => meanOfTerms(softplus(margin), scores),
  sigmoid: (margin, scores) => meanOfTerms(sigmoid(margin), scores),
};

/**
 * Bayesian personalised ranking: for one negative -log sigmoid(s+ - s-) (Rendle et al., UAI 2009, BPR-Opt). For more,
 * `joint` is log(1 + sum_k w_k e^(s_k - s+)), which MixGCF, DENS, AHNS and DivNS train; `pairs` the mean over pairs;
 * `sigmoid` the mean of sigmoid(s_k - s+), which spotlight calls BPR.
 */
export const bpr = define(
  {
    name: "bpr",
    summary: "log(1 + sum_k e^(s_k - s+)); for one negative -log sigmoid(s+ - s-).",
    citation: "Rendle et al., UAI 2009; for several negatives Huang et al. (MixGCF), KDD 2021",
    options: {
      form: choice(
        ["joint", "pairs", "sigmoid"],
        "joint",
        "of several negatives: jointly, or the mean over pairs; or without the logarithm",
      ),
    },
  },
  ({ form }): Loss => (scores) => meanOverRows(forms[form](sub(scores.negative, scores.positive), scores), scores),
);
