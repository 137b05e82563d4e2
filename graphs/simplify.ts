import { type GraphBuilder, type Node, Value } from "./builder.ts";
import { fold } from "./fold.ts";
import { add, div, mul, neg, sub } from "./ops/arithmetic.ts";
import { cast } from "./ops/compare.ts";
import { uniformOf } from "./ops/operand.ts";
import { expand, reshape, transpose } from "./ops/shape.ts";
import { rewrite, type Rewritten, type Rule } from "./rewrite.ts";
import { broadcastShapes, normalizeAxis, sameShape, sizeOf } from "./tensor.ts";

/**
 * The graph that computes `wanted` in fewer nodes: constants computed, equal nodes shared, what changes nothing left
 * out, chains of known factors multiplied, chains of layouts made one. Results are the same but for rounding.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { GraphBuilder } from "./builder.ts";
 * import { abs, mul, neg, stopGradient } from "./ops/arithmetic.ts";
 * import { prune } from "./prune.ts";
 * import { simplify } from "./simplify.ts";
 *
 * const g = new GraphBuilder(), x = g.input("x", "float32", [4]), y = abs(neg(mul(2, stopGradient(mul(3, x)))));
 * const { graph, of } = simplify(g, [y]);
 * assert.deepEqual(prune(graph, [of(y)]).nodes.map(({ op }) => op.type), ["Mul", "Abs"]); // |6 x|
 * ```
 */
export const simplify = (graph: GraphBuilder, wanted: readonly Value[]): Rewritten => rewrite(graph, wanted, simpler);

/** Most elements of what is computed while the graph is built. */
const FOLDED = 64;

const simpler: Rule = (node, inputs, graph) => {
  const { op: { type }, attributes, outputs } = node;
  const small = [...inputs, ...outputs].every(({ shape }) => sizeOf(shape) <= FOLDED);
  const call = { type, attributes, outputs: outputs.length, fromShapes: () => true };
  const found = small && fold(graph, inputs, call) || rules[type]?.(inputs as Inputs, node);
  return found instanceof Value ? [found] : found ?? null;
};
type Inputs = readonly [Value, Value, Value, ...Value[]];

/** What stands for a node's only output, given its inputs; undefined: the node as it is. */
type Simpler = (inputs: Inputs, node: Node) => Value | undefined;

const relaid: Simpler = ([x], { outputs: [y] }) => sizeOf(y!.shape) === 0 ? undefined : reshape(x, y!.shape);
const unreduced: Simpler = ([x], node) =>
  sizeOf(x.shape) === sizeOf(node.outputs[0]!.shape) ? relaid([x, x, x], node) : undefined;
/** f(f(x)) is f(x). */
const idempotent: Simpler = ([x], { op }) => x.node?.op.type === op.type ? x : undefined;

const rules: Readonly<Record<string, Simpler>> = {
  Identity: ([x]) => x,
  CastLike: ([x, like]) => x.dtype === like.dtype ? x : undefined,
  Cast: ([x], { outputs: [y] }) => cast(x.dtype === "int64" && isFrom(x, "Cast", "int32") ? inner(x) : x, y!.dtype),
  Reshape: relaid,
  Squeeze: relaid,
  Unsqueeze: relaid,
  Expand: ([x], { outputs: [y] }) => expand(x, y!.shape),
  Transpose: ([x], { attributes: { perm } }) => permuted(x, perm as readonly number[] | undefined),
  ReduceSum: unreduced,
  ReduceMean: unreduced,
  ReduceMax: unreduced,
  ReduceMin: unreduced,
  Slice: whole,
  Pad: ([x, pads]) => Array.from(pads.data ?? [], Number).every((by) => by === 0) ? x : undefined,
  Concat: ([x, ...more]) => more.length === 0 ? x : undefined,
  Where: ([, a, b], { outputs: [y] }) => a === b && sameShape(a.shape, y!.shape) ? a : undefined,
  Abs: ([x], node) => x.node?.op.type === "Neg" ? apply(node, inner(x)) : idempotent([x, x, x], node),
  Relu: idempotent,
  Floor: idempotent,
  Ceil: idempotent,
  Neg: ([x]) => {
    if (x.node?.op.type === "Sub") return sub(x.node.inputs[1]!, x.node.inputs[0]!);
    return scaled(x, -1);
  },
  Add: ([a, b]) => {
    if (isZero(b) && keeps(a, b)) return a;
    if (isZero(a) && keeps(b, a)) return b;
    if (b.node?.op.type === "Neg") return sub(a, inner(b));
    return a.node?.op.type === "Neg" ? sub(b, inner(a)) : add(a, b);
  },
  Sub: ([a, b]) => {
    if (isZero(b) && keeps(a, b)) return a;
    if (isZero(a) && keeps(b, a) && b.dtype === "float32") return scaled(b, -1) ?? neg(b);
    return b.node?.op.type === "Neg" ? add(a, inner(b)) : sub(a, b);
  },
  Mul: ([a, b]) => {
    const [x, y] = [uniformOf(a), uniformOf(b)];
    return (y !== null && keeps(a, b) ? scaled(a, y) : x !== null && keeps(b, a) ? scaled(b, x) : undefined) ??
      mul(a, b);
  },
  Div: ([a, b]) => {
    const y = uniformOf(b);
    return (y !== null && keeps(a, b) ? scaled(a, 1 / y) : undefined) ?? div(a, b);
  },
};

const inner = ({ node }: Value): Value => node!.inputs[0]!;
const isFrom = ({ node }: Value, type: string, dtype: Value["dtype"]) =>
  node?.op.type === type && node.inputs[0]!.dtype === dtype;
const apply = ({ op, attributes }: Node, x: Value): Value => x.graph.apply(op, [x], attributes)[0]!;
/** Whether `a` has the shape of a result of `a` and `b`. */
const keeps = (a: Value, b: Value) => sameShape(broadcastShapes(a.shape, b.shape), a.shape);
const isZero = (x: Value) => uniformOf(x) === 0 || (x.dtype === "int32" && x.data?.length === 1 && x.data[0] === 0);

/** Where nothing is cut or added, with a step of 1: an axis that is turned keeps its length, too. */
function whole([x, , , , steps]: readonly Value[], { outputs: [y] }: Node): Value | undefined {
  const straight = !steps || (steps.data !== null && Array.from(steps.data, Number).every((step) => step === 1));
  return straight && sameShape(x!.shape, y!.shape) ? x : undefined;
}

/** Products of factors beyond these are left to be computed in the order they were written in. */
const FACTORS = { least: 1e-18, most: 1e18 };

/** `x` times `factor`, where `x` itself is something times a known number. */
function scaled(x: Value, factor: number): Value | undefined {
  const product = factorOf(x);
  if (!product) return undefined;
  const by = Math.fround(factor * product.by), size = Math.abs(by);
  if (!(size >= FACTORS.least && size <= FACTORS.most)) return undefined;
  if (by === 1) return product.of;
  return by === -1 ? neg(product.of) : mul(by, product.of);
}
/** What a value is a known number of times of, and that number; null where it is nothing of the kind. */
export function factorOf({ node, shape }: Value): { readonly of: Value; readonly by: number } | null {
  if (node?.op.type === "Neg" && node.inputs[0]!.dtype === "float32") return { of: node.inputs[0]!, by: -1 };
  if (node?.op.type !== "Mul" && node?.op.type !== "Div") return null;
  const [a, b] = node.inputs as [Value, Value], [x, y] = [uniformOf(a), uniformOf(b)];
  if (y !== null && sameShape(a.shape, shape)) return { of: a, by: node.op.type === "Mul" ? y : 1 / y };
  return x !== null && node.op.type === "Mul" && sameShape(b.shape, shape) ? { of: b, by: x } : null;
}

/** Transposed twice is transposed once, or not at all. */
function permuted(x: Value, perm: readonly number[] = x.shape.map((_, axis) => axis).reverse()): Value {
  const before = x.node?.op.type === "Transpose" ? x.node : null;
  if (!before) return perm.every((from, to) => from === to) ? x : transpose(x, perm);
  const first = (before.attributes.perm as readonly number[] | undefined) ?? x.shape.map((_, axis) => axis).reverse();
  return permuted(before.inputs[0]!, perm.map((axis) => first[normalizeAxis(axis, first.length, "Transpose")]!));
}
