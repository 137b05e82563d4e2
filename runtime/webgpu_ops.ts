import { type Node, notDifferentiable, type Op, type Value } from "../graphs/builder.ts";
import { RESHAPING } from "../graphs/layout_ops.ts";
import { add, mul, reciprocal, sub } from "../graphs/ops/arithmetic.ts";
import { and, cast, greater, less, not, where } from "../graphs/ops/compare.ts";
import { gather } from "../graphs/ops/index.ts";
import { gemm } from "../graphs/ops/linear.ts";
import { uniformOf } from "../graphs/ops/operand.ts";
import { sumOp } from "../graphs/ops/reduce.ts";
import { expand, reshape, sliceRanges } from "../graphs/ops/shape.ts";
import type { Rule } from "../graphs/rewrite.ts";
import { normalizeAxis, sizeOf } from "../graphs/tensor.ts";

/**
 * Writes what onnxruntime-web's WebGPU provider has no kernel for in ops that it has: a node left to the CPU costs two
 * copies and a wait. And what one of its kernels does in place of two is written as one.
 */
export const forWebgpu: Rule = (node, inputs) => {
  const found = rules[node.op.type]?.(inputs as Inputs, node);
  return found ? [found] : null;
};

type Inputs = readonly [Value, Value, ...Value[]];
const rules: Readonly<Record<string, (inputs: Inputs, node: Node) => Value | undefined>> = {
  /** The slots of ArgMax and TopK are int64, which only a Gather reads: from 0, 1, .. as int32. */
  Cast: ([x], { outputs: [y] }) => {
    const length = x.dtype === "int64" ? slotsBelow(x) : undefined;
    if (length === undefined) return undefined;
    return cast(gather(x.graph.constant(Int32Array.from({ length }, (_, slot) => slot)), x), y!.dtype);
  },
  /** Of int32, kernels gather rows alone. */
  GatherElements: ([x, slots], { attributes }) => {
    if (x.dtype !== "int32" || slots.dtype !== "int32") return undefined;
    const axis = normalizeAxis(Number(attributes.axis ?? 0), x.shape.length, "GatherElements");
    const stride = sizeOf(x.shape.slice(axis + 1)), length = x.shape[axis]!;
    const positive = slotsBelow(slots) === undefined ? where(less(slots, 0), add(slots, length), slots) : slots;
    const others = slots.shape.map((d, at) => at === axis ? 1 : d);
    const starts = x.graph.constant(
      Int32Array.from({ length: sizeOf(others) }, (_, at) => startOf(at, others, x)),
      others,
    );
    return gather(reshape(x, [sizeOf(x.shape)]), add(stride === 1 ? positive : mul(positive, stride), starts));
  },
  /** Gemm reads a matrix in either order. */
  MatMul: ([a, b]) => {
    const [left, right] = [turned(a), turned(b)];
    if (a.shape.length !== 2 || b.shape.length !== 2 || !(left || right)) return undefined;
    return gemm(left ?? a, right ?? b, undefined, { transA: left !== null, transB: right !== null });
  },
  /** 0 to a power of -1 is 0 to its shader; that of vectors does not compile where one operand has an element for each. */
  Pow: ([a, b], { outputs: [y], op }) => {
    if (uniformOf(b) === -1) return reciprocal(expand(a, y!.shape));
    const [x, by] = [a, b].map((each) => each.shape.length === 0 ? each : expand(each, y!.shape)) as [Value, Value];
    return x === a && by === b ? undefined : a.graph.apply(op, [x, by])[0]!;
  },
  Reshape: ([x], { outputs: [y] }) => reshape(x, y!.shape),
  Slice: (inputs) => {
    if (inputs[0].dtype !== "int32") return undefined;
    return sliceRanges(inputs).reduce((x, { from, step, count }, axis) => {
      if (count === x.shape[axis] && step === 1) return x;
      return gather(x, x.graph.constant(Int32Array.from({ length: count }, (_, at) => from + at * step)), axis);
    }, inputs[0] as Value);
  },
  Sign: ([x]) => x.dtype === "float32" ? where(greater(x, 0), 1, where(less(x, 0), -1, x)) : undefined,
  Neg: ([x]) => x.dtype === "int32" ? sub(0, x) : undefined,
  Or: ([a, b]) => not(and(not(a), not(b))),
  /** Axes of length 1 may go anywhere: elements keep their order. */
  Transpose: ([x], { attributes: { perm }, outputs: [y] }) => {
    const long = (perm as readonly number[] | undefined)?.filter((axis) => x.shape[axis]! > 1);
    return long?.every((axis, at) => at === 0 || axis > long[at - 1]!) ? reshape(x, y!.shape) : undefined;
  },
  ReduceSum: ([x, ...axes], { attributes }) => {
    const [a, b] = x.node?.op.type === "Mul" ? x.node.inputs : [];
    return a && a === b && a.dtype === "float32" ? x.graph.apply(sumOfSquares, [a, ...axes], attributes)[0] : undefined;
  },
};

const sumOfSquares: Op = { ...sumOp, type: "ReduceSumSquare", vjp: notDifferentiable };

/** What a matrix is the transpose of. */
const turned = ({ node, shape }: Value): Value | null =>
  node?.op.type === "Transpose" && shape.length === 2 ? node.inputs[0]! : null;

/** Where in memory the elements of `x` start that an element of the slots can be, but for the slot itself. */
function startOf(position: number, others: readonly number[], x: Value): number {
  let rest = position, start = 0;
  for (let axis = others.length - 1; axis >= 0; axis--) {
    start += (rest % others[axis]!) * sizeOf(x.shape.slice(axis + 1));
    rest = Math.floor(rest / others[axis]!);
  }
  return start;
}

/** The length of the axis that slots were chosen along, where they come from ArgMax, ArgMin or TopK. */
function slotsBelow(slots: Value): number | undefined {
  const { node, dtype } = slots;
  if (!node || (dtype !== "int64" && dtype !== "int32")) return undefined;
  const { op: { type }, inputs: [x, ids], attributes } = node;
  if (type === "TopK" && slots === node.outputs[0]) return undefined; // the values: whole numbers of any size
  if (type === "ArgMax" || type === "ArgMin" || type === "TopK") {
    return x!.shape[normalizeAxis(Number(attributes.axis ?? (type === "TopK" ? -1 : 0)), x!.shape.length, type)];
  }
  if (type === "Gather" && x!.data instanceof Int32Array && isCount(x!.data)) return slotsBelow(ids!);
  return KEEPING.has(type) ? slotsBelow(x!) : undefined;
}
const KEEPING: ReadonlySet<string> = new Set([...RESHAPING, "Transpose", "Cast", "Slice"]);
const isCount = (ids: Int32Array) => ids.every((id, at) => id === at);
