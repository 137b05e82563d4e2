import { type OpRow, positive, real, type RowInput, spread } from "../conformance/op_rows.ts";
import { type FileAttributes, type FileElements, floats, longs } from "./onnx_file.ts";

/** One node of a file: inputs that are float32 and vary, others that are constants, and what else it says. */
export interface ImportRow {
  readonly name: string;
  readonly op: string;
  readonly opset: number;
  /** By position: what varies, a constant, or nothing where the input is left out. */
  readonly inputs: readonly (RowInput | FileElements | null)[];
  readonly attributes: FileAttributes;
  readonly outputs: number;
}
interface More {
  readonly opset?: number;
  readonly outputs?: number;
}
const row = (
  op: string,
  name: string,
  inputs: ImportRow["inputs"],
  attributes: FileAttributes = {},
  { opset = 17, outputs = 1 }: More = {},
): ImportRow => ({ name: `${op} ${name}`, op, opset, inputs, attributes, outputs });

const float = (x: number) => ({ float: x });
const ids = (shape: readonly number[], ...data: number[]): FileElements => ({
  shape,
  data: BigInt64Array.from(data, BigInt),
});
const ints32 = (...data: number[]): FileElements => ({ shape: [data.length], data: Int32Array.from(data) });
const bools = (shape: readonly number[], ...data: number[]): FileElements => ({ shape, data: Uint8Array.from(data) });
const scalar = (x: number) => floats([], x);
const AT_18 = { opset: 18 };

/** What is varied must not sit on a kink. */
export const isVaried = (input: ImportRow["inputs"][number]): input is RowInput => input !== null && "values" in input;
export type { OpRow };

/** The ways that files write the operators of exports, beside those that Foil writes itself. */
export const importRows: readonly ImportRow[] = [
  row("Gemm", "as a linear layer", [real(2, 3), real(4, 3), real(4)], { transB: 1 }),
  row("Gemm", "to one column", [real(2, 3), real(1, 3), real(1)], { transB: 1 }),
  row("Gemm", "scaled and turned", [real(3, 2), real(3, 4), real(4)], { transA: 1, alpha: float(0.5), beta: float(2) }),
  row("Gemm", "scaled alone", [real(2, 3), real(3, 4), real(4)], { alpha: float(0.5) }),
  row("Gemm", "with a scaled addend alone", [real(2, 3), real(3, 4), real(4)], { beta: float(2) }),
  row("Flatten", "from behind the last axis", [real(2, 3)], { axis: 2 }),
  row("Gather", "by a matrix of ids", [real(4, 2), ids([2, 2], 3, 0, 1, 3)]),
  row("Gather", "with an id from the back", [real(4, 2), ids([2], -1, 0)]),
  row("Gather", "of columns", [real(2, 4), ids([3], 3, -4, 3)], { axis: 1 }),
  row("Gather", "of one row", [real(4, 2), ids([], 2)]),
  row("Concat", "of three", [real(2, 1), real(2, 2), real(2, 1)], { axis: -1 }),
  row("LayerNormalization", "of a batch", [real(2, 4), positive(4), real(4)], { epsilon: float(1e-3), axis: -1 }),
  row("LayerNormalization", "without bias", [real(2, 4), positive(4)]),
  row("BatchNormalization", "in inference", [
    real(3, 4),
    positive(4),
    real(4),
    floats([4], 0.1, -0.2, 0, 1),
    floats([4], 1, 2, 0.5, 1),
  ], { epsilon: float(1e-3) }),
  row("BatchNormalization", "of channels", [
    real(2, 3, 2),
    positive(3),
    real(3),
    floats([3], 0.1, -0.2, 0),
    floats([3], 1, 2, 0.5),
  ]),
  row("GatherElements", "along the first axis, by default", [real(3, 2), ids([2, 2], 1, -1, 0, 2)]),
  row("Softmax", "over the last axis", [real(2, 3)]),
  row("LogSoftmax", "over the first axis", [real(2, 3)], { axis: 0 }),
  row("Where", "by rows", [bools([2, 1], 1, 0), real(2, 3), real(3)]),
  row("Expand", "with axes in front", [real(3, 1), longs(2, 3, 2)]),
  row("Expand", "to a shape that is shorter than its own", [real(2, 3), longs(1)]),
  row("Reshape", "with 0 and -1", [real(2, 3, 2), longs(0, -1)]),
  row("Squeeze", "of all axes of length 1", [real(1, 3, 1)]),
  row("Squeeze", "of two axes, the last first", [real(1, 3, 1), longs(-1, 0)]),
  row("Squeeze", "of one axis", [real(1, 3, 1), longs(-1)]),
  row("Unsqueeze", "at both ends", [real(2, 3), longs(0, -1)]),
  row("Flatten", "from axis 1", [real(2, 3, 2)]),
  row("Flatten", "from axis 0", [real(2, 3)], { axis: 0 }),
  row("Transpose", "without a permutation", [real(2, 3)]),
  row("Slice", "of rows", [real(4, 3), longs(1), longs(1000)]),
  row("Slice", "of the last axis, from the back", [real(2, 5), longs(-3), longs(-1), longs(-1)]),
  row("Slice", "with a step", [real(2, 5), longs(0), longs(5), longs(1), longs(2)]),
  row("Slice", "by int32, of the first axes", [real(4, 3), ints32(1, 0), ints32(1000, 2)]),
  row("Slice", "backwards from behind its end", [real(4, 3), longs(100), longs(-100), longs(0), longs(-3)]),
  row("Slice", "backwards", [real(2, 5), longs(-1), longs(-10), longs(1), longs(-1)]),
  row("Split", "by sizes", [real(2, 5), longs(2, 3)], { axis: 1 }, { outputs: 2 }),
  row("Split", "of the first axis, by default", [real(5, 2), longs(2, 3)], {}, { outputs: 2 }),
  row("Split", "into equal parts", [real(2, 4)], { axis: -1 }, { outputs: 2 }),
  row("Split", "into a number of parts", [real(5, 2)], { num_outputs: 2 }, { outputs: 2, opset: 18 }),
  row("Pad", "of both axes", [real(2, 3), longs(0, 1, 1, 0)]),
  row("Pad", "of one axis that is named", [real(2, 3), longs(1, 2), scalar(3), longs(1)], {}, AT_18),
  row("Tile", "of rows and columns", [real(1, 2), longs(3, 2)]),
  row("ReduceMean", "as before opset 18", [spread([2, 3])], { axes: [-1], keepdims: 0 }),
  row("ReduceMean", "as since opset 18", [spread([2, 3]), longs(-1)], { keepdims: 1 }, AT_18),
  row("ReduceMean", "of everything", [spread([2, 3])]),
  row("ReduceSum", "of one axis", [spread([2, 3]), longs(1)], { keepdims: 0 }),
  row("ReduceSum", "of no axis", [spread([2, 3])], { noop_with_empty_axes: 1 }),
  ...["ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceMean", "ReduceLogSumExp"].map((op) =>
    row(op, "of no axis", [spread([2, 3]), longs()], { noop_with_empty_axes: 1 }, AT_18)
  ),
  row("ReduceMax", "of rows", [spread([2, 3])], { axes: [1], keepdims: 0 }),
  row("ReduceMin", "of rows", [spread([2, 3])], { axes: [1], keepdims: 0 }),
  row("ReduceProd", "of rows", [spread([2, 3])], { axes: [1], keepdims: 0 }),
  row("ReduceProd", "of one axis, as since opset 18", [spread([2, 3]), longs(0)], {}, AT_18),
  row("Mod", "of numbers", [spread([2, 3]), scalar(0.3)], { fmod: 1 }),
  row("Trilu", "above the diagonal", [real(3, 3), ids([], 1)]),
  row("Trilu", "below it", [real(2, 3, 3)], { upper: 0 }),
  row("ScatterND", "writing over a row", [real(3, 2), ids([1, 1], 1), real(1, 2)]),
  row("ReduceL1", "of rows", [spread([2, 3])], { axes: [1] }),
  row("ReduceL2", "of rows", [spread([2, 3])], { axes: [1] }),
  row("ReduceSumSquare", "of columns", [real(2, 3)], { axes: [0] }),
  row("ReduceLogSum", "of rows", [positive(2, 3)], { axes: [1] }),
  row("ReduceLogSumExp", "of rows", [real(2, 3)], { axes: [1] }),
  row("Pow", "with a whole exponent", [positive(2, 3), longs(2)]),
  row("Pow", "with a scalar", [positive(2, 3), scalar(0.5)]),
  row("Sum", "of three", [real(2, 3), real(3), real(2, 1)]),
  row("Mean", "of two", [real(2, 3), real(3)]),
  row("Max", "of three", [spread([2, 3]), spread([3], 0.1), scalar(0.05)]),
  row("Min", "of two", [spread([2, 3]), spread([3], 0.1)]),
  row("Clip", "from below", [spread([5]), scalar(-0.1)]),
  row("Clip", "from above", [spread([5]), null, scalar(0.1)]),
  row("Erf", "as in GELU", [real(2, 3)]),
  row("Gelu", "exact", [real(2, 3)], {}, { opset: 20 }),
  row("Gelu", "by tanh", [real(2, 3)], { approximate: "tanh" }, { opset: 20 }),
  row("Relu", "of a matrix", [spread([2, 3])]),
  row("LeakyRelu", "with a slope", [spread([2, 3])], { alpha: float(0.2) }),
  row("PRelu", "with a slope a column", [spread([2, 3]), real(3)]),
  ...["LeakyRelu", "Elu", "Celu"].map((op) => row(op, "by default", [spread([5])])),
  row("Elu", "with alpha", [spread([2, 3])], { alpha: float(0.5) }),
  row("Celu", "with alpha", [spread([2, 3])], { alpha: float(0.5) }),
  row("Selu", "as it is", [spread([2, 3])]),
  row("HardSigmoid", "as it is", [spread([2, 3])]),
  row("HardSigmoid", "with a slope and a middle", [spread([2, 3])], { alpha: float(0.5), beta: float(0.3) }),
  row("Selu", "with factors", [spread([2, 3])], { alpha: float(1.2), gamma: float(0.7) }),
  row("HardSwish", "as it is", [spread([2, 3])]),
  row("Mish", "as it is", [real(2, 3)], {}, AT_18),
  row("Softsign", "as it is", [spread([2, 3])]),
  row("Softplus", "as it is", [real(2, 3)]),
  row("Sin", "as it is", [real(2, 3)]),
  row("Cos", "as it is", [real(2, 3)]),
  row("Identity", "as it is", [real(2)]),
  row("Cast", "to float", [real(2)], { to: 1 }),
  row("MatMul", "in batches", [real(2, 2, 3), real(3, 2)]),
  row("Einsum", "of rows with rows", [real(2, 3), real(2, 3)], { equation: "bd,bd->b" }),
  row("Einsum", "of rows with all rows", [real(2, 3), real(4, 3)], { equation: "bd,nd->bn" }),
  row("Einsum", "of rows with their own candidates", [real(2, 3), real(2, 4, 3)], { equation: "bd, bnd -> bn" }),
  row("Einsum", "of heads", [real(2, 3, 2, 4), real(2, 5, 2, 4)], { equation: "bqhd,bkhd->bhqk" }),
  row("Einsum", "as an outer product", [real(2), real(3)], { equation: "i,j->ij" }),
  row("Einsum", "of one operand", [real(2, 3, 4)], { equation: "abc->ca" }),
  row("Einsum", "without an arrow, letters in another order", [real(2, 3), real(3, 4)], { equation: "kj,ji" }),
  row("Einsum", "without an arrow", [real(2, 3), real(3, 4)], { equation: "ij,jk" }),
];
