import { blocksGradient, type Op, type Value } from "../builder.ts";
import { normalizeAxis, sameShape, type Shape, sizeOf, type TensorType } from "../tensor.ts";
import { add, div, exp, log, max, mul, sub } from "./arithmetic.ts";
import { cast, equal, less, where } from "./compare.ts";
import { ints, readInts } from "./operand.ts";
import { expand, reshape, squeeze } from "./shape.ts";

const allAxes = (x: Value) => x.shape.map((_, axis) => axis);
function axesOf(type: string, x: Value, axes: Value | undefined): readonly number[] {
  return axes ? readInts(axes, type, "axes").map((axis) => normalizeAxis(axis, x.shape.length, type)) : allAxes(x);
}
const keptShape = (x: Value, axes: readonly number[]): Shape => x.shape.map((d, axis) => axes.includes(axis) ? 1 : d);

function reduction(type: string, vjp: (g: Value, x: Value, y: Value) => Value): Op {
  return {
    type,
    attributes: { keepdims: "int", noop_with_empty_axes: "int" },
    infer: ([x, axes], { keepdims }): TensorType[] => {
      const over = axesOf(type, x!, axes);
      const shape = keepdims === 0 ? x!.shape.filter((_, axis) => !over.includes(axis)) : keptShape(x!, over);
      return [{ dtype: x!.dtype, shape }];
    },
    vjp: ([g], { inputs: [x, axes], outputs: [y] }) => {
      const kept = keptShape(x!, axesOf(type, x!, axes));
      return [vjp(reshape(g!, kept), x!, reshape(y!, kept)), null];
    },
  };
}
export const sumOp = reduction("ReduceSum", (g, x) => expand(g, x.shape));
export const meanOp = reduction("ReduceMean", (g, x) => expand(mul(g, sizeOf(g.shape) / sizeOf(x.shape)), x.shape));
/** The axes that y has as length 1 and x has longer. */
const shortened = (x: Value, y: Value) => x.shape.flatMap((d, axis) => d !== y.shape[axis] ? [axis] : []);
/** Elements that tie for the extreme share the gradient equally. */
function extremeVjp(g: Value, x: Value, y: Value): Value {
  const hit = cast(equal(x, y), "float32"), over = shortened(x, y);
  return mul(hit, div(g, over.length > 0 ? sum(hit, over, true) : hit));
}
export const maxOp = reduction("ReduceMax", extremeVjp);
export const minOp = reduction("ReduceMin", extremeVjp);
/** Each element's is the product of the others: of the only zero, that of all that is not zero. */
function productVjp(g: Value, x: Value, y: Value): Value {
  const over = shortened(x, y);
  if (over.length === 0) return g;
  const isZero = equal(x, 0), some = where(isZero, 1, x), zeros = sum(cast(isZero, "float32"), over, true);
  const all = product(some, over, true);
  const ofZero = where(less(zeros, 1.5), all, 0), ofOthers = where(less(zeros, 0.5), div(all, some), 0);
  return mul(g, where(isZero, ofZero, ofOthers));
}
export const prodOp = reduction("ReduceProd", productVjp);

const reduce = (op: Op) => (x: Value, axes: readonly number[] = allAxes(x), keep = false): Value => {
  if (axes.length === 0) return x;
  const over = axes.map((axis) => normalizeAxis(axis, x.shape.length, op.type)).sort((a, b) => a - b);
  return x.graph.apply(op, [x, ints(x.graph, over)], { keepdims: keep ? 1 : 0 })[0]!;
};
/** Sum over `axes` (default: all); `keep` leaves them as length 1. `sum(x, [1], true)` is [R, N] -> [R, 1]. */
export const sum = reduce(sumOp);
/** Mean over `axes` (default: all); `keep` leaves them as length 1. */
export const mean = reduce(meanOp);
/** Largest element over `axes` (default: all); `keep` leaves them as length 1. Ties share the gradient. */
export const maxOver = reduce(maxOp);
/** Smallest element over `axes` (default: all); `keep` leaves them as length 1. Ties share the gradient. */
export const minOver = reduce(minOp);
/** Product over `axes` (default: all); `keep` leaves them as length 1. */
export const product = reduce(prodOp);

/**
 * log sum e^x over `axes`, shifted by the maximum so that it neither overflows nor loses the largest term. ONNX's
 * ReduceLogSumExp is not shifted on WebGPU. The shift carries no gradient: it cancels. `axes` default to all; `keep`
 * leaves them as length 1. To leave an element out, -1e30: where all are -Infinity, NaN.
 */
export function logSumExp(x: Value, axes: readonly number[] = allAxes(x), keep = false): Value {
  if (axes.length === 0) return x; // to onnxruntime, no axes are all
  const over = axes.map((axis) => normalizeAxis(axis, x.shape.length, "logSumExp"));
  const y = logSumExpOf([x], over);
  return keep ? y : squeeze(y, over); // not in a shape of its own: a batch may be open
}

/**
 * The same over several values at once, as if they lay beside each other along `axes`, which stay as length 1: large
 * ones need not be written into one.
 */
export function logSumExpOf(parts: readonly Value[], axes: readonly number[]): Value {
  const largest = (x: Value) =>
    x.graph.apply({ ...maxOp, vjp: blocksGradient }, [x, ints(x.graph, axes)], { keepdims: 1 })[0]!;
  const shift = parts.map(largest).reduce(max);
  return add(log(parts.map((x) => sum(exp(sub(x, shift)), axes, true)).reduce(add)), shift);
}

/** Sums `x` down to `shape`: the transpose of broadcasting `shape` up to that of `x`. */
export function unbroadcast(x: Value, shape: Shape): Value {
  if (sameShape(x.shape, shape)) return x;
  const lead = x.shape.length - shape.length;
  const stretched = x.shape.flatMap((d, axis) => axis < lead || (shape[axis - lead] === 1 && d !== 1) ? [axis] : []);
  return reshape(sum(x, stretched, true), shape);
}

/** Running sums along `axis`. */
export const cumSumOp: Op = {
  type: "CumSum",
  attributes: { exclusive: "int", reverse: "int" },
  infer: ([x]) => [x!.type],
  vjp: ([g], { inputs: [, axis], attributes: { exclusive, reverse } }) => [
    g!.graph.apply(cumSumOp, [g!, axis!], { exclusive: exclusive ?? 0, reverse: reverse ? 0 : 1 })[0]!,
    null,
  ],
};
/** Running sums along `axis`, each including its own element. */
export const cumSum = (x: Value, axis: number): Value =>
  x.graph.apply(cumSumOp, [x, x.graph.constant(Int32Array.of(normalizeAxis(axis, x.shape.length, "cumSum")), [])], {
    exclusive: 0,
    reverse: 0,
  })[0]!;
