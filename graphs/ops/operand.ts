import type { GraphBuilder, Op, Value } from "../builder.ts";
import { expand } from "./shape.ts";
import { broadcastShapes, sameShape, type Shape } from "../tensor.ts";

/** What arithmetic accepts: a value, or a number, which becomes a scalar of the other operand's element type. */
export type Operand = Value | number;

/** The graph two operands live in; two plain numbers have none. */
function graphOf(a: Operand, b: Operand): GraphBuilder {
  if (typeof a !== "number") return a.graph;
  if (typeof b !== "number") return b.graph;
  throw new TypeError(`Cannot apply an op to the numbers ${a} and ${b}: one operand must be a value of a graph`);
}

/** `x` as a value of `graph`; a number takes the element type of `like`. */
export function lift(graph: GraphBuilder, x: Operand, like: Operand): Value {
  if (typeof x !== "number") return x;
  const dtype = typeof like === "number" ? "float32" : like.dtype;
  if (dtype.startsWith("int") && !Number.isInteger(x)) {
    throw new TypeError(`Cannot take ${x} as ${dtype}, which the other operand is: cast that to float32 first`);
  }
  if (dtype === "int64") return graph.constant(BigInt64Array.of(BigInt(x)), []);
  return graph.constant(dtype === "int32" ? Int32Array.of(x) : Float32Array.of(x), []);
}

/** The int64 vector that ONNX wants for axes, shapes and sizes. */
export const ints = (graph: GraphBuilder, values: readonly number[]): Value =>
  graph.constant(BigInt64Array.from(values, BigInt), [values.length]);

/** Reads a constant integer input (axes, a shape) of `op`. */
export function readInts(value: Value | undefined, op: string, what: string): Shape {
  const data = value?.data;
  if (data instanceof BigInt64Array || data instanceof Int32Array) return Array.from(data, Number);
  throw new TypeError(`Cannot apply "${op}": its ${what} must be a constant, "${value?.name}" is computed`);
}

/** The graph's constant arithmetic on scalars, done while it is built. */
const folded: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
};

/**
 * Applies an elementwise op of two operands. Known scalars are computed at once, 1 x and x / 1 are x, and an operand
 * that was stretched only to match the other goes in as it was: ONNX broadcasts by itself.
 */
export function applyBinary(op: Op, a: Operand, b: Operand): Value {
  const graph = graphOf(a, b), left = lift(graph, a, b), right = lift(graph, b, a);
  const [x, y] = [uniformOf(left), uniformOf(right)], fold = folded[op.type];
  if (fold && x !== null && y !== null) {
    return expand(graph.constant(Float32Array.of(fold(x, y)), []), broadcastShapes(left.shape, right.shape));
  }
  const shape = broadcastShapes(left.shape, right.shape);
  if (y === 1 && (op.type === "Mul" || op.type === "Div") && sameShape(shape, left.shape)) return left;
  if (x === 1 && op.type === "Mul" && sameShape(shape, right.shape)) return right;
  const narrow = unstretched(left, right);
  return graph.apply(op, [narrow, unstretched(right, narrow)])[0]!; // one of two stretched operands keeps the shape
}

/** The one number that every element of a float32 tensor is known to be, or null. */
export function uniformOf({ data, node, dtype }: Value): number | null {
  const known = node?.op.type === "Expand" ? node.inputs[0]!.data : data;
  return dtype === "float32" && known?.length === 1 ? Number(known[0]) : null;
}

function unstretched(x: Value, other: Value): Value {
  const source = x.node?.op.type === "Expand" ? x.node.inputs[0]! : null;
  if (!source || other.node === x.node) return x;
  return sameShape(broadcastShapes(source.shape, other.shape), broadcastShapes(x.shape, other.shape)) ? source : x;
}
