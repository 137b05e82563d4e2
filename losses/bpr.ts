import { softplus } from "../graphs/ops/activation.ts";
import { add, log, max, mul, sub } from "../graphs/ops/arithmetic.ts";
import { logSumExp } from "../graphs/ops/reduce.ts";
import { concat, zerosLike } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { type Loss, meanOverRows } from "./loss.ts";

/** The exponent that takes a masked negative out: e^-1e4 is 0 in float32. */
const NEVER = -1e4;
/** The least weight whose logarithm is taken. */
const SMALLEST = 1e-30;

/**
 * Bayesian personalised ranking, the mean over rows of log(1 + sum_k w_k e^(s_k - s+)): for one negative
 * -log sigmoid(s+ - s-) (Rendle et al., UAI 2009, BPR-Opt); for more the form that MixGCF, DENS, AHNS and DivNS train,
 * not the mean of pairs.
 */
export const bpr = define({
  name: "bpr",
  summary: "log(1 + sum_k e^(s_k - s+)); for one negative -log sigmoid(s+ - s-).",
  citation: "Rendle et al., UAI 2009; for several negatives Huang et al. (MixGCF), KDD 2021",
  options: {},
}, (): Loss => ({ positive, negative, rows, mask, weight }) => {
  let margin = sub(negative, positive); // [R, N]
  if (weight) margin = add(margin, log(max(weight, SMALLEST)));
  if (mask) margin = add(margin, mul(NEVER, sub(1, mask)));
  if (margin.shape[1] === 1) return meanOverRows(softplus(margin), rows);
  const zero = zerosLike(positive); // the 1 in the logarithm, as an exponent: [R, 1]
  return meanOverRows(logSumExp(concat([zero, margin], 1), [1], true), rows);
});
