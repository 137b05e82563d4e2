import type { Value } from "../builder.ts";
import { abs, log, mul, sqrt, sub } from "../ops/arithmetic.ts";
import { greater, where } from "../ops/compare.ts";
import { readInts } from "../ops/operand.ts";
import { logSumExp, maxOver, mean, minOver, product, sum } from "../ops/reduce.ts";
import { type Importer, listOf, numberOf } from "./importer.ts";

type Reduce = (x: Value, axes?: readonly number[], keep?: boolean) => Value;

/**
 * The axes are an attribute before opset 18 (of ReduceSum: 13) and an input since. None means all, or that nothing is
 * summed: what is done to each element still is.
 */
const reducing = (reduce: Reduce): Importer => ([x, input], call) => {
  const axes = input ? readInts(input, call.type, "axes") : listOf(call, "axes") ?? [];
  const given = axes.length > 0 || numberOf(call, "noop_with_empty_axes", 0) === 1;
  return [reduce(x!, given ? axes : x!.shape.map((_, axis) => axis), numberOf(call, "keepdims", 1) === 1)];
};

/** The gradient of a zero vector's length is taken for 0, as in PyTorch, not for the 0 / 0 that a square root has. */
function lengthOf(x: Value, axes?: readonly number[], keep?: boolean): Value {
  const squares = sum(mul(x, x), axes, keep), some = greater(squares, 0);
  return where(some, sqrt(where(some, squares, 1)), squares);
}

/** Ops that reduce axes. */
export const reductions: Readonly<Record<string, Importer>> = {
  ReduceSum: reducing(sum),
  ReduceMean: reducing(mean),
  ReduceMax: reducing(maxOver),
  ReduceMin: reducing(minOver),
  ReduceProd: reducing(product),
  ReduceL1: reducing((x, axes, keep) => sum(abs(x), axes, keep)),
  ReduceL2: reducing(lengthOf),
  ReduceSumSquare: reducing((x, axes, keep) => sum(mul(x, x), axes, keep)),
  ReduceLogSum: reducing((x, axes, keep) => log(sum(x, axes, keep))),
  ReduceLogSumExp: reducing(logSumExp),
  LogSoftmax: ([x], call) => [sub(x!, logSumExp(x!, [numberOf(call, "axis", -1)], true))],
};
