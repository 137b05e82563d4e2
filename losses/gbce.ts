import { softplus } from "../graphs/ops/activation.ts";
import { add, div, min, mul, neg, sub } from "../graphs/ops/arithmetic.ts";
import { define } from "../options/method.ts";
import { real } from "../options/option.ts";
import { evenly } from "../options/searched.ts";
import { type Loss, meanOverRows } from "./loss.ts";
import { keptCount, sumOfTerms } from "./negative_terms.ts";

/**
 * Generalised binary cross entropy, -(log sigmoid(s+)^beta + sum_k w_k log(1 - sigmoid(s_k))) / (K + 1), with beta =
 * alpha (t (1 - 1 / alpha) + 1 / alpha) (Petrov & Macdonald, RecSys 2023, gSASRec): K negatives are the share alpha = K
 * / (|I| - 1) of all there are, so that chances come out too high. With t = `calibration` 0 beta is 1 and this is
 * `bce`; with 1 it is alpha, and under uniform negatives sigmoid(s) comes out as the chance itself. Where more are drawn
 * than there are, alpha is 1.
 */
export const gbce = define({
  name: "gbce",
  summary: "Binary cross entropy that makes up for how few of the negatives were drawn.",
  citation: "Petrov & Macdonald, RecSys 2023",
  options: {
    calibration: evenly(
      real(0.75, "t: 0 is binary cross entropy, at 1 chances come out as they are", { min: 0, max: 1 }),
      0,
      1,
    ),
  },
}, ({ calibration: t }): Loss => (scores) => {
  const { positive, negative, counts } = scores, count = keptCount(negative, scores); // K
  const alpha = min(1, div(count, Math.max(1, counts.items - 1)));
  const beta = sub(1, mul(t, sub(1, alpha))); // alpha (t (1 - 1 / alpha) + 1 / alpha), multiplied out
  const terms = add(mul(beta, softplus(neg(positive))), sumOfTerms(softplus(negative), scores)); // [R, 1]
  return meanOverRows(div(terms, add(count, 1)), scores);
});
