import type { GraphBuilder, Value } from "../graphs/builder.ts";
import { div, mul } from "../graphs/ops/arithmetic.ts";
import { mean, sum } from "../graphs/ops/reduce.ts";

/** What a loss sees: scores, what the sampler says of them, and whose they are. It never meets a model. */
export interface Scores {
  readonly graph: GraphBuilder;
  readonly positive: Value; // [R, 1]
  readonly negative: Value; // [R, N]
  /** 1 where a row holds an interaction, 0 where it pads the batch. */
  readonly rows?: Value; // [R, 1]
  /** 1 keeps a negative, 0 drops it. */
  readonly mask?: Value; // [R, N]
  /** Multiplies each negative's term. */
  readonly weight?: Value; // [R|1, N]
  /** Log probability of each negative under the sampler's proposal. */
  readonly logQ?: Value; // [R|1, N]
  /** Log probability of the positive under the sampler's proposal. */
  readonly positiveLogQ?: Value; // [R, 1]
  /** Multiplies a row's whole term. */
  readonly positiveWeight?: Value; // [R, 1]
  /** The epoch's number, from 0. */
  readonly epoch: Value; // [] float32
  readonly ids: {
    readonly users: Value; // [R]
    readonly positive: Value; // [R, 1]
    /** Absent where the negatives were synthesised. */
    readonly negative?: Value; // [R|1, N]
  };
  readonly counts: { readonly users: number; readonly items: number };
  readonly vectors: {
    readonly query: Value; // [R, L, D]
    readonly positive: Value; // [R, 1, L, D]
    readonly negative: Value; // [R|1, N, L, D]
  };
  /** The same scores under a frozen model, where the loss asked for one. */
  readonly frozen?: {
    readonly positive: Value; // [R, 1]
    readonly negative: Value; // [R, N]
  };
}

/** Scores to a scalar, averaged over the rows that hold an interaction. Variables it declares lie in the scope `loss/`. */
export interface Loss {
  (scores: Scores): Value;
  /** Asks for `scores.frozen`: a copy of the model, taken when training starts and after every `refresh` epochs (0: never again). */
  readonly frozen?: { readonly refresh: number };
  /**
   * A player who maximises. In epochs for which `ascends` is true only the loss's own variables move, up the gradient,
   * at `learningRate`; in the others all else moves, down.
   */
  readonly adversary?: { readonly learningRate: number; ascends(epoch: number): boolean };
}

/** The mean of `terms` [R, 1] over the rows that hold an interaction, each times its weight where rows have one. */
export function meanOverRows(terms: Value, rows?: Value, positiveWeight?: Value): Value {
  const weighted = positiveWeight ? mul(positiveWeight, terms) : terms;
  return rows ? div(sum(mul(weighted, rows)), sum(rows)) : mean(weighted);
}
