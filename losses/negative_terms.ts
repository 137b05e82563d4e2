import type { Value } from "../graphs/builder.ts";
import { add, div, log, max, mul, sub } from "../graphs/ops/arithmetic.ts";
import { sum } from "../graphs/ops/reduce.ts";
import type { Scores } from "./loss.ts";

/** The exponent that takes a masked negative out: e^-1e4 is 0 in float32. */
const NEVER = -1e4;
/** The least weight whose logarithm is taken. */
const SMALLEST = 1e-30;

/** Exponents x_k [R, N] of a sum of exponentials with the mask and the weights in: sum_k w_k e^(x_k), masked ones left out. */
export function exponents(x: Value, { mask, weight }: Pick<Scores, "mask" | "weight">): Value {
  const weighted = weight ? add(x, log(max(weight, SMALLEST))) : x;
  return mask ? add(weighted, mul(NEVER, sub(1, mask))) : weighted;
}

/** sum_k w_k t_k over the negatives that are kept: [R, N] -> [R, 1]. */
export function sumOfTerms(terms: Value, { mask, weight }: Pick<Scores, "mask" | "weight">): Value {
  const weighted = weight ? mul(weight, terms) : terms;
  return sum(mask ? mul(mask, weighted) : weighted, [1], true);
}

/** {@link sumOfTerms} over how many are kept. */
export function meanOfTerms(terms: Value, scores: Pick<Scores, "mask" | "weight">): Value {
  const total = sumOfTerms(terms, scores), { mask } = scores;
  return mask ? div(total, max(sum(mask, [1], true), 1)) : div(total, terms.shape[1]!);
}
