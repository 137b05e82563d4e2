import type { Value } from "../graphs/builder.ts";
import { add, div, log, max, mul, sub } from "../graphs/ops/arithmetic.ts";
import { greater, where } from "../graphs/ops/compare.ts";
import { softmax } from "../graphs/ops/normalize.ts";
import { sum } from "../graphs/ops/reduce.ts";
import type { Scores } from "./loss.ts";

/** The exponent of a term that is not there: finite, and so low that beside any score it adds 0. */
const NEVER = -1e30;

type Kept = Pick<Scores, "mask" | "weight">;
type Masked = Pick<Scores, "mask">;

/** The mask alone, for sums in which weights do not count. */
export const unweighted = ({ mask }: Masked): Masked => mask ? { mask } : {};

/** Exponents x_k [R, N] of a sum of exponentials with the mask and the weights in: sum_k w_k e^(x_k) over those kept. */
export function exponents(x: Value, { mask, weight }: Kept): Value {
  const some = weight && greater(weight, 0);
  const found = some ? where(some, add(x, log(where(some, weight, 1))), NEVER) : x;
  return mask ? add(found, mul(sub(1, mask), NEVER)) : found; // beside NEVER what is added to it is nothing
}

/** w_k e^(x_k) over its sum [R, N]: 0 where masked, and where nothing weighs anything. */
export function shares(x: Value, kept: Kept): Value {
  const found = exponents(x, kept);
  return where(greater(found, NEVER), softmax(found, 1), 0);
}

/** w_k t_k [R, N], 0 where masked. */
export function weightedTerms(terms: Value, { mask, weight }: Kept): Value {
  const weighted = weight ? mul(weight, terms) : terms;
  return mask ? where(greater(mask, 0), weighted, 0) : weighted;
}

/**
 * sum_k w_k t_k over the negatives that are kept: [R, N] -> [R, 1].
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { GraphBuilder } from "../graphs/builder.ts";
 * import { openRuntime } from "../runtime/providers.ts";
 * import { sumOfTerms } from "./negative_terms.ts";
 *
 * const runtime = await openRuntime({ provider: "wasm" }), g = new GraphBuilder();
 * const terms = g.input("terms", "float32", [1, 3]);
 * const mask = g.constant(Float32Array.of(1, 1, 0), [1, 3]), weight = g.constant(Float32Array.of(1, 0.5, 1), [1, 3]);
 * const { run } = await runtime.compile(g, { outputs: { sum: sumOfTerms(terms, { mask, weight }) } });
 * assert.deepEqual((await run({ terms: Float32Array.of(1, 4, 9) })).sum, Float32Array.of(1 + 0.5 * 4));
 * await runtime.dispose();
 * ```
 */
export const sumOfTerms = (terms: Value, kept: Kept): Value => sum(weightedTerms(terms, kept), [1], true);

/**
 * {@link sumOfTerms} over how many are kept.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { GraphBuilder } from "../graphs/builder.ts";
 * import { openRuntime } from "../runtime/providers.ts";
 * import { meanOfTerms } from "./negative_terms.ts";
 *
 * const runtime = await openRuntime({ provider: "wasm" }), g = new GraphBuilder();
 * const terms = g.input("terms", "float32", [2, 2]), mask = g.constant(Float32Array.of(1, 1, 0, 1), [2, 2]);
 * const { run } = await runtime.compile(g, { outputs: { mean: meanOfTerms(terms, { mask }) } });
 * assert.deepEqual((await run({ terms: Float32Array.of(1, 2, 8, 4) })).mean, Float32Array.of(1.5, 4));
 * await runtime.dispose();
 * ```
 */
export const meanOfTerms = (terms: Value, kept: Kept): Value => div(sumOfTerms(terms, kept), keptCount(terms, kept));

/** How many of the columns of `terms` [R, N] each row keeps, and 1 where it keeps none: [R, 1], or [] for all rows. */
export function keptCount(terms: Value, { mask }: Masked): Value {
  return mask ? max(sum(mask, [1], true), 1) : terms.graph.constant(Float32Array.of(terms.shape[1]!), []);
}
