import type { Value } from "../graphs/builder.ts";
import { div, mul } from "../graphs/ops/arithmetic.ts";
import { mean, sum } from "../graphs/ops/reduce.ts";

/** What a loss sees: scores, and what the sampler says of them. It never meets a model. */
export interface Scores {
  readonly positive: Value; // [R, 1]
  readonly negative: Value; // [R, N]
  /** 1 where a row holds an interaction, 0 where it pads the batch. */
  readonly rows?: Value; // [R, 1]
  readonly mask?: Value; // [R, N]
  readonly weight?: Value; // [R|1, N]
  readonly logQ?: Value; // [R|1, N]
  readonly positiveLogQ?: Value; // [R, 1]
}

/** Scores to a scalar, averaged over the rows that hold an interaction. */
export type Loss = (scores: Scores) => Value;

/** The mean of `terms` [R, 1] over the rows that hold an interaction. */
export const meanOverRows = (terms: Value, rows?: Value): Value =>
  rows ? div(sum(mul(terms, rows)), sum(rows)) : mean(terms);
