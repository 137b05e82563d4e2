import { sigmoid } from "../graphs/ops/activation.ts";
import { add, neg } from "../graphs/ops/arithmetic.ts";
import { define } from "../options/method.ts";
import { type Loss, meanOverRows } from "./loss.ts";
import { meanOfTerms } from "./negative_terms.ts";

/**
 * Spotlight's pointwise loss, 1 - sigmoid(s+) + mean_k w_k sigmoid(s_k) (Kula, 2017): each item's chance of being on
 * the wrong side, without a logarithm. It never exceeds 2, and what is far on the wrong side teaches as little as what
 * is right.
 */
export const pointwise = define(
  {
    name: "pointwise",
    summary: "1 - sigmoid(s+) + sigmoid(s_k): cross entropy without the logarithm.",
    citation: "Kula, Spotlight, 2017",
    options: {},
  },
  (): Loss => (scores) =>
    meanOverRows(add(sigmoid(neg(scores.positive)), meanOfTerms(sigmoid(scores.negative), scores)), scores),
);
