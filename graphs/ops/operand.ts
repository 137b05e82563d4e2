import type { GraphBuilder, Value } from "../builder.ts";
import type { Shape } from "../tensor.ts";

/** What arithmetic accepts: a value, or a number that becomes a float32 scalar. */
export type Operand = Value | number;

/** The graph two operands live in; two plain numbers have none. */
export function graphOf(a: Operand, b: Operand): GraphBuilder {
  if (typeof a !== "number") return a.graph;
  if (typeof b !== "number") return b.graph;
  throw new TypeError(`Cannot apply an op to the numbers ${a} and ${b}: one operand must be a value of a graph`);
}

/** `x` as a value of `graph`; a number takes the element type of `like`. */
export function lift(graph: GraphBuilder, x: Operand, like: Operand): Value {
  if (typeof x !== "number") return x;
  const dtype = typeof like === "number" ? "float32" : like.dtype;
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
