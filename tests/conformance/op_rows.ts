import type { Value } from "../../graphs/builder.ts";
import {
  abs,
  add,
  clip,
  clipOp,
  cos,
  div,
  exp,
  identityOp,
  log,
  max,
  min,
  modOp,
  mul,
  neg,
  pow,
  reciprocal,
  sin,
  sqrt,
  sub,
} from "../../graphs/ops/arithmetic.ts";
import { elu, erf, gelu, leakyRelu, relu, sigmoid, softplus, tanh } from "../../graphs/ops/activation.ts";
import { where } from "../../graphs/ops/compare.ts";
import {
  gather,
  gatherElements,
  gatherNd,
  scatterElementsAdd,
  scatterElementsOp,
  scatterNd,
  scatterNdAdd,
  topK,
  topKOp,
} from "../../graphs/ops/index.ts";
import { gemm, gemmOp, matmul } from "../../graphs/ops/linear.ts";
import { layerNorm, layerNormOp, softmax } from "../../graphs/ops/normalize.ts";
import { cumSum, cumSumOp, logSumExp, maxOver, mean, minOver, product, sum } from "../../graphs/ops/reduce.ts";
import {
  concat,
  expand,
  pad,
  padOp,
  reshape,
  reshapeOp,
  slice,
  sliceOp,
  split,
  splitOp,
  squeeze,
  squeezeOp,
  transpose,
  transposeOp,
  triluOp,
  unsqueeze,
} from "../../graphs/ops/shape.ts";
import { type Shape, sizeOf } from "../../graphs/tensor.ts";
import type { Rng } from "../../random/rng.ts";

/** A tensor to differentiate with respect to, and where its elements come from. */
export interface RowInput {
  readonly shape: Shape;
  values(rng: Rng): number[];
}
/** One use of an op whose gradient is checked. */
export interface OpRow {
  readonly name: string;
  readonly inputs: readonly RowInput[];
  readonly build: (...inputs: Value[]) => Value;
}

const drawn = (shape: Shape, draw: (rng: Rng) => number): RowInput => ({
  shape,
  values: (rng) => Array.from({ length: sizeOf(shape) }, () => draw(rng)),
});
/** Elements in [-1.5, 1.5). */
export const real = (...shape: Shape) => drawn(shape, (rng) => 3 * rng.uniform() - 1.5);
/** Elements in [0.5, 2). */
export const positive = (...shape: Shape) => drawn(shape, (rng) => 0.5 + 1.5 * rng.uniform());
/** Elements about 1000, where e^x overflows. */
const large = (...shape: Shape) => drawn(shape, (rng) => 998 + 4 * rng.uniform());
const GAP = 0.3;
/** Elements at least 0.3 apart, and 0.15 - |shift| from 0 and each other's kinks: for ops that are not smooth. */
export const spread = (shape: Shape, shift = 0): RowInput => ({
  shape,
  values: (rng) => {
    const places = rng.shuffle(Array.from({ length: sizeOf(shape) }, (_, place) => place));
    return places.map((place) => (place - (places.length >> 1) + 0.5) * GAP + shift);
  },
});

const row = (name: string, inputs: readonly RowInput[], build: OpRow["build"]): OpRow => ({ name, inputs, build });
const long = ({ graph }: Value, ...values: number[]) => graph.constant(BigInt64Array.from(values, BigInt));
const ids = ({ graph }: Value, shape: Shape, ...values: number[]) => graph.constant(Int32Array.from(values), shape);
const bools = ({ graph }: Value, shape: Shape, ...values: number[]) => graph.constant(Uint8Array.from(values), shape);
const floats = ({ graph }: Value, shape: Shape, ...values: number[]) =>
  graph.constant(Float32Array.from(values), shape);
const number = ({ graph }: Value, x: number) => graph.constant(Float32Array.of(x), []);

/** Rows for an elementwise op of two inputs, over the ways that shapes broadcast. */
const binary = (f: (a: Value, b: Value) => Value, left = real, right = real): OpRow[] => [
  row("of scalars", [left(), right()], f),
  row("of equal shapes", [left(2, 3), right(2, 3)], f),
  row("stretching a vector over rows", [left(2, 3), right(3)], f),
  row("stretching both operands", [left(2, 1), right(1, 3)], f),
  row("stretching a scalar", [left(), right(2, 2)], f),
  row("adding axes in front", [left(4, 2, 1), right(3)], f),
];
const apart = (f: (a: Value, b: Value) => Value) =>
  binary(f, (...shape) => spread(shape), (...shape) => spread(shape, 0.1));
const unary = (f: (x: Value) => Value, domain = real): OpRow[] => [
  row("of a scalar", [domain()], f),
  row("of a tensor", [domain(2, 1, 3)], f),
];
const spreadUnary = (f: (x: Value) => Value) => unary(f, (...shape) => spread(shape));
type Reduce = (x: Value, axes?: readonly number[], keep?: boolean) => Value;
const reduction = (f: Reduce): OpRow[] => [
  row("over all axes", [spread([2, 3])], (x) => f(x)),
  row("over all axes, kept", [spread([2, 3])], (x) => f(x, [0, 1], true)),
  row("over the first axis", [spread([3, 2])], (x) => f(x, [0])),
  row("over the last axis, kept", [spread([2, 1, 3])], (x) => f(x, [-1], true)),
  row("over two axes that are apart", [spread([2, 3, 2])], (x) => f(x, [2, 0])),
  row("over an axis of length 1", [spread([2, 1])], (x) => f(x, [1])),
];
const gemmRows = [false, true].flatMap((transA) =>
  [false, true].map((transB) =>
    row(
      `with transA ${transA}, transB ${transB}`,
      [transA ? real(3, 2) : real(2, 3), transB ? real(4, 3) : real(3, 4), real(4)],
      (a, b, c) => gemm(a, b, c, { transA, transB }),
    )
  )
);

/** For every op that has a gradient: rows to check it by. Keys are ONNX names. */
export const opRows: Readonly<Record<string, readonly OpRow[]>> = {
  Add: [...binary(add), row("of a value and itself", [real(2, 3)], (a) => add(a, a))],
  Sub: [...binary(sub), row("from a number", [real(3)], (a) => sub(2, a))],
  Mul: [...binary(mul), row("of a value and itself", [real(2, 3)], (a) => mul(a, a))],
  Div: [...binary(div, real, positive), row("of a number", [positive(3)], (a) => div(2, a))],
  Pow: [
    ...binary(pow, positive, real),
    row("of rows to powers of their own", [positive(2, 3, 4), real(3, 1)], pow),
    row("of all to one power, which has axes", [positive(3, 4), real(1, 1)], pow),
    row("of one to many powers", [positive(), real(3, 4)], pow),
    row("of a negative base to a whole number", [real(4)], (a) => pow(a, 3)),
    row("of a number", [real(4)], (a) => pow(number(a, 2), a)),
  ],
  Min: apart(min),
  Max: apart(max),
  Mod: [
    row(
      "of remainders of both signs",
      [spread([2, 2]), spread([1], 0.05)],
      (a, b) => a.graph.apply(modOp, [a, b], { fmod: 1 })[0]!,
    ),
    row("by a number", [spread([5])], (a) => a.graph.apply(modOp, [a, number(a, 0.3)], { fmod: 1 })[0]!),
  ],
  Neg: unary(neg),
  Abs: spreadUnary(abs),
  Sqrt: unary(sqrt, positive),
  Exp: unary(exp),
  Log: unary(log, positive),
  Reciprocal: unary(reciprocal, positive),
  Sin: unary(sin),
  Cos: unary(cos),
  Identity: unary((x) => x.graph.apply(identityOp, [x])[0]!),
  Clip: [
    ...spreadUnary((x) => clip(x, -0.5, 0.5)),
    row("with a lower bound only", [spread([5])], (x) => x.graph.apply(clipOp, [x, number(x, -0.3)])[0]!),
  ],
  Where: [
    row("by rows", [real(2, 3), real(3)], (a, b) => where(bools(a, [2, 1], 1, 0), a, b)),
    row("stretching both branches", [real(2, 1), real()], (a, b) => where(bools(a, [2, 3], 1, 0, 1, 0, 0, 1), a, b)),
    row("against a number", [real(3)], (a) => where(bools(a, [3], 1, 0, 1), a, -1)),
  ],
  Sigmoid: unary(sigmoid),
  Softplus: unary(softplus),
  Tanh: unary(tanh),
  Relu: spreadUnary(relu),
  Erf: unary(erf),
  Gelu: unary(gelu),
  Elu: spreadUnary((x) => elu(x, 0.7)),
  LeakyRelu: spreadUnary((x) => leakyRelu(x, 0.2)),
  MatMul: [
    row("of matrices", [real(2, 3), real(3, 4)], matmul),
    row("of a matrix and itself", [real(3, 3)], (a) => matmul(a, a)),
    row("in batches", [real(2, 2, 3), real(2, 3, 2)], matmul),
    row("of a batch by one matrix", [real(3, 2, 3), real(3, 2)], matmul),
    row("of one matrix by a batch", [real(2, 3), real(3, 3, 2)], matmul),
    row("with batches that stretch", [real(2, 1, 2, 3), real(3, 3, 2)], matmul),
    row("of vectors", [real(3), real(3)], matmul),
    row("of a vector by a matrix", [real(3), real(3, 4)], matmul),
    row("of a matrix by a vector", [real(2, 3), real(3)], matmul),
    row("of a batch by a vector", [real(4, 2, 3), real(3)], matmul),
    row("of a vector by a batch", [real(3), real(2, 3, 2)], matmul),
  ],
  Gemm: [
    ...gemmRows,
    row("without c", [real(2, 3), real(3, 2)], (a, b) => gemm(a, b)),
    row("with a c that stretches", [real(2, 3), real(3, 2), real(2, 1)], (a, b, c) => gemm(a, b, c)),
    row(
      "with alpha and beta",
      [real(3, 2), real(3, 4), real()],
      (a, b, c) => a.graph.apply(gemmOp, [a, b, c], { alpha: 0.5, beta: -2, transA: 1, transB: 0 })[0]!,
    ),
  ],
  ReduceSum: reduction(sum),
  ReduceMean: reduction(mean),
  ReduceMax: [
    ...reduction(maxOver),
    ...reduction(logSumExp).map(({ name, ...rest }) => ({ name: `inside logSumExp ${name}`, ...rest })),
    row("inside logSumExp of elements about 1000", [large(2, 3)], (x) => logSumExp(x, [1])),
  ],
  ReduceMin: reduction(minOver),
  ReduceProd: [
    ...reduction(product),
    row(
      "of rows with no zero, one and two",
      [spread([3, 3])],
      (x) => product(mul(x, floats(x, [3, 3], 1, 2, 1, 1, 0, 1, 0, 1, 0)), [1]),
    ),
  ],
  CumSum: [
    row("along the first axis", [real(3, 2)], (x) => cumSum(x, 0)),
    row("along the last axis", [real(2, 3)], (x) => cumSum(x, -1)),
    ...[[1, 0], [0, 1], [1, 1]].map(([exclusive, reverse]) =>
      row(
        `with exclusive ${exclusive}, reverse ${reverse}`,
        [real(2, 4)],
        (x) => x.graph.apply(cumSumOp, [x, ids(x, [], 1)], { exclusive: exclusive!, reverse: reverse! })[0]!,
      )
    ),
  ],
  Reshape: [
    row("to a vector", [real(2, 3)], (x) => reshape(x, [6])),
    row("of a scalar", [real()], (x) => reshape(x, [1, 1])),
    row("with 0 and -1", [real(2, 3, 2)], (x) => x.graph.apply(reshapeOp, [x, long(x, 0, -1)], { allowzero: 0 })[0]!),
  ],
  Squeeze: [
    row("of two axes", [real(1, 3, 1)], (x) => squeeze(x, [0, -1])),
    row(
      "of axes of length 1 by an empty list",
      [real(1, 3, 1), real(3)],
      (x, y) => mul(x.graph.apply(squeezeOp, [x, long(x)])[0]!, y),
    ),
    row("of none and of one", [real(2, 1, 3), real(2, 3)], (x, y) => mul(squeeze(squeeze(x, []), [1]), y)),
  ],
  Unsqueeze: [
    row("in front", [real(2, 3)], (x) => unsqueeze(x, 0)),
    row("at the back", [real(2, 3)], (x) => unsqueeze(x, -1)),
  ],
  Expand: [
    row("of an inner axis", [real(2, 1, 2)], (x) => expand(x, [2, 3, 2])),
    row("of a scalar", [real()], (x) => expand(x, [2, 2])),
    row("with axes in front", [real(3)], (x) => expand(x, [2, 2, 3])),
  ],
  Transpose: [
    row("of a matrix", [real(2, 3)], (x) => transpose(x, [1, 0])),
    row("by a cycle of axes", [real(2, 3, 4)], (x) => transpose(x, [2, 0, 1])),
    row("without a permutation", [real(2, 3, 4)], (x) => x.graph.apply(transposeOp, [x])[0]!),
  ],
  Trilu: [
    row("above the diagonal", [real(2, 3, 3)], (x) => x.graph.apply(triluOp, [x])[0]!),
    row(
      "below one beside it",
      [real(3, 4)],
      (x) => x.graph.apply(triluOp, [x, x.graph.constant(BigInt64Array.of(-1n), [])], { upper: 0 })[0]!,
    ),
  ],
  Concat: [
    row("of rows", [real(1, 2), real(3, 2)], (a, b) => concat([a, b], 0)),
    row("along the last axis", [real(2, 1), real(2, 2), real(2, 3)], (a, b, c) => concat([a, b, c], -1)),
    row("of a value and itself", [real(2, 2)], (a) => concat([a, a], 1)),
  ],
  Slice: [
    row("out of the middle", [real(2, 5)], (x) => slice(x, 1, 1, 4)),
    row("counted from the back", [real(4, 2)], (x) => slice(x, 0, -3, -1)),
    row(
      "of two axes",
      [real(3, 4)],
      (x) => x.graph.apply(sliceOp, [x, long(x, 1, 0), long(x, 9, -1), long(x, 0, 1)])[0]!,
    ),
  ],
  Split: [
    row("with every piece used", [real(2, 5)], (x) => {
      const [a, b] = split(x, 1, [2, 3]) as [Value, Value];
      return concat([b, mul(a, a)], 1);
    }),
    row("with two pieces unused", [real(6, 2)], (x) => split(x, 0, [1, 2, 3])[1]!),
    row("into a number of pieces", [real(5)], (x) => x.graph.apply(splitOp, [x], { axis: 0, num_outputs: 2 })[1]!),
  ],
  Pad: [
    row("on some sides", [real(2, 3)], (x) => pad(x, [1, 0], [0, 2])),
    row(
      "with another number than 0",
      [real(2)],
      (x) => x.graph.apply(padOp, [x, long(x, 1, 1), number(x, 7)], { mode: "constant" })[0]!,
    ),
    row(
      "moved along, by cutting one end",
      [real(3, 2)],
      (x) => mul(2, x.graph.apply(padOp, [x, long(x, 1, 0, -1, 0)])[0]!),
    ),
    row("cut at both ends", [real(5)], (x) => x.graph.apply(padOp, [x, long(x, -1, -2)])[0]!),
  ],
  Gather: [
    row("of rows, an id twice", [real(4, 2)], (x) => gather(x, ids(x, [3], 3, 0, 3))),
    row("of rows by a matrix of ids", [real(3, 2)], (x) => gather(x, ids(x, [2, 2], 0, 2, 1, 2))),
    row("of one row", [real(3, 2)], (x) => gather(x, ids(x, [], 1))),
    row("of elements of a vector", [real(4)], (x) => gather(x, ids(x, [3], 1, 1, 2))),
    row("of columns, an id twice", [real(2, 4)], (x) => gather(x, ids(x, [3], 3, 0, 3), 1)),
    row("of the middle axis by a matrix", [real(2, 3, 2)], (x) => gather(x, ids(x, [2, 2], 0, 2, 2, 1), 1)),
    row("of the last axis, counted from the back", [real(2, 2, 3)], (x) => gather(x, ids(x, [2], 2, 2), -1)),
    row("of one column", [real(2, 3)], (x) => gather(x, ids(x, [], 2), 1)),
    row("twice, of a table used whole too", [real(3, 2)], (x) => {
      const rows = add(gather(x, ids(x, [2], 0, 1)), gather(x, ids(x, [2], 1, 1)));
      return concat([mul(rows, rows), x], 0);
    }),
    row("of computed rows", [real(3, 2)], (x) => gather(exp(x), ids(x, [3], 2, 2, 0))),
  ],
  GatherElements: [
    row("along the last axis, a slot twice", [real(2, 3)], (x) => gatherElements(x, ids(x, [2, 2], 2, 2, 0, 1), -1)),
    row("along the first axis", [real(3, 2)], (x) => gatherElements(x, ids(x, [2, 2], 1, 0, 1, 2), 0)),
  ],
  ScatterElements: [
    row(
      "adding, a slot twice",
      [real(2, 3), real(2, 2)],
      (x, values) => scatterElementsAdd(x, ids(x, [2, 2], 1, 1, 0, 2), values, 1),
    ),
    row(
      "writing over others",
      [real(2, 3), real(2, 2)],
      (x, values) => x.graph.apply(scatterElementsOp, [x, ids(x, [2, 2], 1, 2, 0, 2), values], { axis: -1 })[0]!,
    ),
    row(
      "adding along the first axis",
      [real(3, 2), real(1, 2)],
      (x, values) => scatterElementsAdd(x, ids(x, [1, 2], 2, 0), values, 0),
    ),
  ],
  GatherND: [
    row("of elements, one twice", [real(2, 3)], (x) => gatherNd(x, ids(x, [3, 2], 0, 1, 1, 2, 0, 1))),
    row("of rows, one twice", [real(3, 2)], (x) => gatherNd(x, ids(x, [2, 2, 1], 1, 1, 0, 2))),
  ],
  ScatterND: [
    row("writing over rows", [real(3, 2), real(2, 2)], (x, rows) => scatterNd(x, ids(x, [2, 1], 2, 0), rows)),
    row(
      "adding rows, one twice",
      [real(3, 2), real(3, 2)],
      (x, rows) => scatterNdAdd(x, ids(x, [3, 1], 2, 0, 2), rows),
    ),
    row(
      "adding elements, one twice",
      [real(2, 2), real(3)],
      (x, rows) => scatterNdAdd(x, ids(x, [3, 2], 0, 1, 0, 1, 1, 0), rows),
    ),
  ],
  TopK: [
    row("of the last axis", [spread([2, 4])], (x) => topK(x, 2).values),
    row("of a vector, all of it", [spread([3])], (x) => topK(x, 3).values),
    row("of the last axis, by default", [spread([2, 4])], (x) => x.graph.apply(topKOp, [x, long(x, 3)])[0]!),
    row(
      "of the first axis, smallest",
      [spread([4, 2])],
      (x) => x.graph.apply(topKOp, [x, long(x, 3)], { axis: 0, largest: 0 })[0]!,
    ),
  ],
  Softmax: [
    row("over the last axis", [real(2, 3)], (x) => softmax(x)),
    row("over the first axis", [real(3, 2)], (x) => softmax(x, 0)),
    row("over the middle axis", [real(2, 3, 2)], (x) => softmax(x, 1)),
    row("of elements about 1000", [large(4)], (x) => softmax(x)),
  ],
  LayerNormalization: [
    row(
      "the means alone",
      [real(2, 4), positive(4)],
      (x, scale) => mul(mean(scale), x.graph.apply(layerNormOp, [x, scale], {})[1]!),
    ),
    row("and the inverse deviations", [real(2, 3, 4), positive(3, 4)], (x, scale) => {
      const [y, centre, inverse] = x.graph.apply(layerNormOp, [x, scale], { axis: 1 }) as [Value, Value, Value];
      return mul(mul(y, centre), inverse);
    }),
    row("over the last axis", [real(2, 4), positive(4), real(4)], (x, a, b) => layerNorm(x, a, b)),
    row("of a batch", [real(2, 2, 4), positive(4), real(4)], (x, a, b) => layerNorm(x, a, b, 0.1)),
    row(
      "over two axes, without bias",
      [real(2, 2, 3), positive(2, 3)],
      (x, scale) => x.graph.apply(layerNormOp, [x, scale], { axis: 1 })[0]!,
    ),
  ],
};
