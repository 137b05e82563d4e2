import { relu } from "../graphs/ops/activation.ts";
import { add, mul, sub } from "../graphs/ops/arithmetic.ts";
import { maxOver } from "../graphs/ops/reduce.ts";
import type { Value } from "../graphs/builder.ts";
import { define } from "../options/method.ts";
import { choice, real } from "../options/option.ts";
import { type Loss, meanOverRows, type Scores } from "./loss.ts";
import { meanOfTerms, sumOfTerms } from "./negative_terms.ts";

const reductions: Readonly<Record<"sum" | "mean" | "max", (terms: Value, scores: Scores) => Value>> = {
  sum: sumOfTerms,
  mean: meanOfTerms,
  max: (terms, scores) => maxOver(weightedTerms(terms, scores), [1], true),
};
/** Each negative's term, weighted, and 0 where it is masked. */
const weightedTerms = (terms: Value, { mask, weight }: Scores) => {
  const weighted = weight ? mul(weight, terms) : terms;
  return mask ? mul(mask, weighted) : weighted;
};

/**
 * Hinge loss, sum_k w_k max(0, margin - s+ + s_k): a pair that is apart by the margin teaches nothing (Weston, Bengio &
 * Usunier, IJCAI 2011, with sampler warp; for distances d = -s the triplet loss). `max` takes the worst negative alone.
 */
export const hinge = define({
  name: "hinge",
  summary: "max(0, margin - s+ + s_k), over the negatives.",
  citation: "Weston, Bengio & Usunier, IJCAI 2011",
  options: {
    margin: real(1, "how far apart is enough", { min: 0 }),
    over: choice(["sum", "mean", "max"], "sum", "how a row's negatives come together"),
  },
}, ({ margin, over }): Loss => (scores) => {
  const terms = relu(add(margin, sub(scores.negative, scores.positive))); // [R, N]
  return meanOverRows(reductions[over](terms, scores), scores.rows, scores.positiveWeight);
});
