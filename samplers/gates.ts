import type { GraphBuilder, Initializer, Value } from "../graphs/builder.ts";
import { uniform } from "../graphs/initializers.ts";
import { div, mul } from "../graphs/ops/arithmetic.ts";
import { gemm } from "../graphs/ops/linear.ts";
import { logSumExp, mean, sum } from "../graphs/ops/reduce.ts";
import { concat, reshape, zerosOf } from "../graphs/ops/shape.ts";
import { sizeOf } from "../graphs/tensor.ts";
import type { Step } from "./sampler.ts";

/**
 * A map x W + b of the last axis, [.., `from`] -> [.., `to`]; it starts as torch's `nn.Linear` does, and is trained unless
 * `trainable` is false.
 */
export function linear(
  graph: GraphBuilder,
  name: string,
  from: number,
  to = from,
  { trainable = true } = {},
): (x: Value) => Value {
  const init: Initializer = uniform(1 / Math.sqrt(from)), options = { trainable };
  const weight = graph.variable(`${name}/weight`, [from, to], init, options),
    bias = graph.variable(`${name}/bias`, [to], init, options);
  return (x) => {
    const rows = reshape(x, [sizeOf(x.shape) / from, from]); // one product of two matrices, whatever the leading axes
    return reshape(gemm(rows, weight, bias), [...x.shape.slice(0, -1), to]);
  };
}

/** The mean over the rows that hold an interaction of log(1 + sum_k e^(x_k)), and over the axes between. */
export function contrast({ rowMask }: Step, x: Value): Value { // [R, .., K] -> []
  const zero = zerosOf(x, [...x.shape.slice(0, -1), 1]); // the 1 in the logarithm, as an exponent
  return meanOfRows(logSumExp(concat([zero, x], -1), [x.shape.length - 1]), rowMask);
}

/** The mean of `terms` [R, ..] over the rows that hold an interaction. */
export function meanOfRows(terms: Value, rowMask?: Value): Value {
  const perRow = reshape(mean(terms, terms.shape.slice(1).map((_, axis) => axis + 1)), [terms.shape[0]!, 1]);
  return rowMask ? div(sum(mul(perRow, rowMask)), sum(rowMask)) : mean(perRow);
}
