import type { GraphBuilder, Value } from "./builder.ts";
import type { ImportCall } from "./imports/mod.ts";
import { RESHAPING } from "./layout_ops.ts";
import { onnxTypes } from "./ops/compare.ts";
import { evenly, sliceRanges } from "./ops/shape.ts";
import { opTable } from "./ops/table.ts";
import { broadcastShapes, type DType, long, normalizeAxis, type Shape, sizeOf, type TensorData } from "./tensor.ts";

/** Of float32, what comes from shapes is folded, up to this many elements: the rest is onnxruntime's to fold. */
const FOLDED_FLOATS = 64;
/** Elements of a known tensor as numbers: exact below 2^53, as sizes and ids are. */
interface Known {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly at: readonly number[];
}
/** What there is to know of a node that is folded. */
type FoldedCall = Pick<ImportCall, "type" | "attributes" | "outputs" | "fromShapes">;
type Elementwise = (...operands: readonly number[]) => number;

const elementwise: Readonly<Record<string, Elementwise>> = {
  Add: (a, b) => a! + b!,
  Sub: (a, b) => a! - b!,
  Mul: (a, b) => a! * b!,
  Div: (a, b) => a! / b!,
  Min: Math.min,
  Max: Math.max,
  Pow: (a, b) => a! ** b!,
  Mod: (a, b) => a! - b! * Math.floor(a! / b!),
  Equal: (a, b) => Number(a === b),
  Less: (a, b) => Number(a! < b!),
  LessOrEqual: (a, b) => Number(a! <= b!),
  Greater: (a, b) => Number(a! > b!),
  GreaterOrEqual: (a, b) => Number(a! >= b!),
  And: (a, b) => Number(a! && b!),
  Not: (a) => Number(!a),
  Where: (condition, a, b) => condition ? a! : b!,
  Neg: (a) => -a!,
  Abs: (a) => Math.abs(a!),
  Sqrt: (a) => Math.sqrt(a!),
  Reciprocal: (a) => 1 / a!,
  Floor: (a) => Math.floor(a!),
  Ceil: (a) => Math.ceil(a!),
  Cast: (a) => a!,
  Expand: (a) => a!,
};

/**
 * Computes what depends on constants alone while the graph is built: chains such as Shape, Gather, Concat that make the
 * shape for a Reshape, which must be known. Null where something is not known, or there is no rule.
 *
 * @throws TypeError where the op does not fit its inputs.
 */
export function fold(
  graph: GraphBuilder,
  inputs: readonly (Value | undefined)[],
  call: FoldedCall,
): readonly Value[] | null {
  const [cast, like] = inputs;
  if (call.type === "CastLike" && like) {
    return fold(graph, [cast], { ...call, type: "Cast", attributes: { to: onnxTypes[like.dtype] } });
  }
  const op = opTable.get(call.type);
  const measured = inputs.some((_, at) => call.fromShapes(at));
  const constant = inputs.length > 0 && inputs.every((input) => input?.data && isSmall(input));
  if (!op || !constant) return null;
  const values = inputs as readonly Value[];
  if (call.type === "Split") return measured ? pieces(graph, values, call) : null;
  if (call.outputs !== 1) return null;
  if (call.type === "Pow" && values[0]!.dtype !== values[1]!.dtype) return null; // whose importer casts the exponent
  const at = elementsOf(call, values);
  if (!at) return null;
  const attributes = Object.entries(call.attributes).filter(([name]) => op.attributes?.[name] !== undefined);
  const [type] = op.infer(values, Object.fromEntries(attributes) as Readonly<Record<string, number>>);
  const { dtype, shape } = type!;
  if (dtype === "float32" && !measured) return null;
  return [graph.constant(typed(dtype, at(shape)), shape)];
}

/** Lengths by themselves: exporters split a shape into those of its axes. Null where the sizes do not fit. */
function pieces(graph: GraphBuilder, values: readonly Value[], { outputs }: FoldedCall): readonly Value[] | null {
  const [x, sizes] = values.map(knownOf) as [Known, Known?], length = x.shape[0]!;
  const lengths = sizes?.at ?? evenly(length, outputs), total = lengths.reduce((a, b) => a + b, 0);
  if (x.shape.length !== 1 || total !== length || lengths.some((each) => each < 0)) return null;
  let start = 0;
  return lengths.map((each) => graph.constant(typed(x.dtype, x.at.slice(start, start += each)), [each]));
}

const isSmall = ({ data }: Value) => !(data instanceof Float32Array) || data.length <= FOLDED_FLOATS;
const knownOf = ({ dtype, shape, data }: Value): Known => ({
  dtype,
  shape,
  at: Array.from<number | bigint>(data!).map(Number),
});

/** How the elements follow from the inputs, once the shape of the result is known. */
function elementsOf(
  { type, attributes }: FoldedCall,
  values: readonly Value[],
): ((shape: Shape) => readonly number[]) | null {
  const inputs = values.map(knownOf), [x] = inputs as [Known], axis = Number(attributes.axis ?? 0);
  const rule = attributes.fmod ? undefined : elementwise[type]; // its remainders have the sign of what is divided
  if (rule) {
    const operands = type === "Expand" ? [x] : inputs;
    return (shape) => {
      const stretched = operands.map((operand) => stretch(operand, shape));
      return Array.from({ length: sizeOf(shape) }, (_, at) => rule(...stretched.map((operand) => operand[at]!)));
    };
  }
  if (RESHAPING.has(type)) return () => x.at;
  if (type === "Gather") return () => gathered(x, inputs[1]!, normalizeAxis(axis, x.shape.length, type));
  if (type === "Concat" && inputs.every(({ shape }) => shape.length === 1)) return () => inputs.flatMap(({ at }) => at);
  if (type === "ReduceProd" && x.shape.length === 1) {
    return () => [x.at.reduce((product, length) => product * length, 1)];
  }
  if (type === "Slice") {
    const ranges = sliceRanges(values);
    return () =>
      picked(x, ranges.map(({ from, step, count }) => Array.from({ length: count }, (_, n) => from + n * step)));
  }
  if (type === "Transpose") {
    const perm = (attributes.perm as readonly number[] | undefined) ?? [...x.shape.keys()].reverse();
    return () => transposed(x, perm);
  }
  return null;
}

/** The elements at all of some positions of each axis. */
function picked({ shape, at }: Known, positions: readonly (readonly number[])[]): readonly number[] {
  const offsets = positions.reduce<readonly number[]>(
    (starts, along, axis) => starts.flatMap((start) => along.map((n) => start + n * sizeOf(shape.slice(axis + 1)))),
    [0],
  );
  return offsets.map((offset) => at[offset]!);
}

function transposed({ shape, at }: Known, perm: readonly number[]): readonly number[] {
  const offsets = perm.reduce<readonly number[]>((starts, axis) => {
    const stride = sizeOf(shape.slice(axis + 1));
    return starts.flatMap((start) => Array.from({ length: shape[axis]! }, (_, n) => start + n * stride));
  }, [0]);
  return offsets.map((offset) => at[offset]!);
}

function stretch({ shape, at }: Known, to: Shape): readonly number[] {
  broadcastShapes(shape, to);
  const strides = shape.map((d, axis) => d === 1 ? 0 : sizeOf(shape.slice(axis + 1))), lead = to.length - shape.length;
  return Array.from({ length: sizeOf(to) }, (_, position) => {
    let rest = position, source = 0;
    for (let axis = to.length - 1; axis >= lead; axis--) {
      source += (rest % to[axis]!) * strides[axis - lead]!;
      rest = Math.floor(rest / to[axis]!);
    }
    return at[source]!;
  });
}

function gathered({ shape, at }: Known, ids: Known, axis: number): readonly number[] {
  const outer = sizeOf(shape.slice(0, axis)), length = shape[axis]!, inner = sizeOf(shape.slice(axis + 1));
  return Array.from({ length: outer }, (_, o) =>
    ids.at.flatMap((id) => {
      const row = id < 0 ? id + length : id;
      if (row < 0 || row >= length) throw new TypeError(`id ${id} is not below ${length}`);
      return at.slice((o * length + row) * inner, (o * length + row + 1) * inner);
    })).flat();
}

/** Quotients of whole numbers are cut towards zero. */
function typed(dtype: DType, at: readonly number[]): TensorData {
  if (dtype === "float32") return Float32Array.from(at);
  if (dtype === "bool") return Uint8Array.from(at, (x) => Number(x !== 0));
  if (dtype === "int32") return Int32Array.from(at, Math.trunc);
  return BigInt64Array.from(at, long);
}
