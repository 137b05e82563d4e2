import type { GraphBuilder, Value } from "../graphs/builder.ts";
import { div, mul } from "../graphs/ops/arithmetic.ts";
import { maxOver, sum } from "../graphs/ops/reduce.ts";

/**
 * What a loss sees: scores, what the sampler says of them, and whose they are. It never meets a model.
 *
 * What each optional field means is the same in every loss. A masked negative is as if it had not been drawn, in means
 * and ranks too; a row that has none left loses nothing, its positive's term included, and still counts in the mean
 * over rows, as a pair that WARP or SBPR did not find does in theirs. A weight w_k multiplies a term of a sum, and
 * e^(x_k) in a sum of exponentials. `logQ` is read by the losses whose sum over negatives stands for one over the
 * catalogue, and says so in their options (infonce, advinfonce, softmax-rho); to the others negatives are what the
 * sampler's law makes them.
 */
export interface Scores {
  readonly graph: GraphBuilder;
  readonly positive: Value; // [R, 1]
  readonly negative: Value; // [R, N]
  /** 1 where a row holds an interaction, 0 where it pads the batch. */
  readonly rows?: Value; // [R, 1]
  /** 1 keeps a negative, 0 drops it. */
  readonly mask?: Value; // [R, N]
  /** Multiplies each negative's term; at least 0. */
  readonly weight?: Value; // [R|1, N|1]
  /** Log probability of each negative under the sampler's proposal. */
  readonly logQ?: Value; // [R|1, N|1]
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
  /** What the model makes its query with out of noise, where the loss asked for one: see `Denoiser` of the models. */
  readonly denoiser?: {
    readonly left: Float32Array; // [T]
    guess(x: Value, levels: Value): Value; // [R, D], [R, 1] int32 -> [R, D]
  };
  /** Takes scalars worth watching beside the loss, by name; an epoch's report has their means over its steps. */
  readonly measure?: (values: Readonly<Record<string, Value>>) => void;
}

/** Scores to a scalar, averaged over the rows that hold an interaction. Variables it declares lie in the scope `loss/`. */
export interface Loss {
  (scores: Scores): Value;
  /** Asks for `scores.frozen`: a copy of the model, taken when training starts and after every `refresh` epochs (0: never again). */
  readonly frozen?: { readonly refresh: number };
  /** Asks for `scores.denoiser`: the loss is of a diffusion model's guesses, not of scores, and trains no other model. */
  readonly denoises?: true;
  /**
   * A player who maximises. In epochs for which `ascends` is true only the loss's own variables move, up the gradient,
   * at `learningRate`; in the others all else moves, down.
   */
  readonly adversary?: { readonly learningRate: number; ascends(epoch: number): boolean };
}

type Rows = Pick<Scores, "rows" | "mask" | "positiveWeight">;

/**
 * The mean of `terms` [R, 1] over the rows that hold an interaction, each times its weight where rows have one; a row
 * whose every negative is masked adds nothing.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { GraphBuilder } from "../graphs/builder.ts";
 * import { openRuntime } from "../runtime/providers.ts";
 * import { meanOverRows } from "./loss.ts";
 *
 * const g = new GraphBuilder(), terms = g.input("terms", "float32", [3, 1]), rows = g.input("rows", "float32", [3, 1]);
 * const runtime = await openRuntime({ provider: "wasm" });
 * const { run } = await runtime.compile(g, { outputs: { mean: meanOverRows(terms, { rows }) } });
 * const { mean } = await run({ terms: Float32Array.of(2, 4, 9), rows: Float32Array.of(1, 1, 0) }); // the last pads
 * assert.deepEqual(mean, Float32Array.of(3));
 * await runtime.dispose();
 * ```
 */
export const meanOverRows = (terms: Value, scores: Rows): Value =>
  div(sumOverRows(terms, scores), scores.rows ? sum(scores.rows) : terms.shape[0]!);

/** The sum whose mean is {@link meanOverRows}. */
export function sumOverRows(terms: Value, { rows, mask, positiveWeight }: Rows): Value {
  const factors = [mask && maxOver(mask, [1], true), rows, positiveWeight].flatMap((x) => x ? [x] : []); // [R, 1] each
  return sum(factors.reduce(mul, terms));
}
