import type { Value } from "../graphs/builder.ts";
import { add, div, sub } from "../graphs/ops/arithmetic.ts";
import { choice } from "../options/option.ts";
import type { Scores } from "./loss.ts";

/** What a count of 1 is in units of probability: what log q is compared with. */
const units: Readonly<Record<"relative" | "partition", (scores: Scores) => number>> = {
  relative: ({ counts }) => counts.items,
  partition: ({ negative }) => negative.shape[1]!,
};

/** The option that says how {@link correctedScores} corrects. */
export const correctOption = choice(
  ["relative", "partition", "none"],
  "relative",
  "of an item drawn with probability q subtract log(|I| q), log(N q), or nothing",
);

/**
 * Scores over a temperature, s / t, less log(c q) where the sampler tells how probable each item was, the positive's
 * too where it tells that (Bengio & Senecal, IEEE Trans. Neural Networks 2008; Yi et al., RecSys 2019). `relative`, c =
 * |I|, is nothing where q is uniform over the catalogue; `partition`, c = N, makes the sum over negatives an unbiased
 * estimate of that over the catalogue. Where both sides are corrected the two are the same.
 */
export function correctedScores(
  scores: Scores,
  temperature: number,
  correct: "relative" | "partition" | "none",
): { readonly positive: Value; readonly negative: Value } {
  const { logQ, positiveLogQ } = scores,
    negative = div(scores.negative, temperature), // [R, N]
    positive = div(scores.positive, temperature); // [R, 1]
  if (correct === "none") return { positive, negative };
  const less = (x: Value, logQ?: Value) => logQ ? sub(x, add(logQ, Math.log(units[correct](scores)))) : x;
  return { positive: less(positive, positiveLogQ), negative: less(negative, logQ) };
}
