import type { Value } from "../graphs/builder.ts";
import { uniform } from "../graphs/initializers.ts";
import { add } from "../graphs/ops/arithmetic.ts";
import { gather } from "../graphs/ops/index.ts";
import { gemm, matmul, swapAxes } from "../graphs/ops/linear.ts";
import { reshape, unsqueeze } from "../graphs/ops/shape.ts";
import type { Step } from "./sampler.ts";

/** A generator's own vectors start uniform within this of 0, as in the code of IRGAN. */
const START = 0.05;

/** A matrix factorisation of the sampler's own, which rates items for the rows' users: u . i + b_i. */
export interface Generator {
  /** Ratings of candidates [R, n] by the rows' users, or by other vectors in their place: [R, n]. */
  rate(candidates: Value, user?: Value): Value;
  /** Ratings of every item: [R, I]. */
  rateAll(): Value;
  /** What rates: the rows' user vectors. */
  readonly user: Value; // [R, D]
}

/** Declares a generator's tables. */
export function generator({ graph, catalogue: { users, items }, userIds, rows }: Step, dim: number): Generator {
  const table = graph.variable("item", [items, dim], uniform(START)),
    bias = graph.variable("bias", [items, 1], uniform(START));
  const user = gather(graph.variable("user", [users, dim], uniform(START)), userIds); // [R, D]
  return {
    user,
    rate(candidates, by = user) {
      const count = candidates.shape[1]!, products = matmul(unsqueeze(by, 1), swapAxes(gather(table, candidates)));
      return add(reshape(products, [rows, count]), reshape(gather(bias, candidates), [rows, count]));
    },
    rateAll: () => add(gemm(user, table, undefined, { transB: true }), reshape(bias, [1, items])),
  };
}
