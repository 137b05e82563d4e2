import type { GraphBuilder, Node, Value } from "../graphs/builder.ts";
import { mul, neg } from "../graphs/ops/arithmetic.ts";
import { gemmOp, matmul } from "../graphs/ops/linear.ts";
import { uniformOf } from "../graphs/ops/operand.ts";
import { sliceOp } from "../graphs/ops/shape.ts";
import { prune } from "../graphs/prune.ts";
import type { Rule } from "../graphs/rewrite.ts";
import { factorOf } from "../graphs/simplify.ts";
import { sameShape, sizeOf } from "../graphs/tensor.ts";

/**
 * Scores of a pool that a batch shares are a matrix of millions of elements: what multiplies all of them, or is added to
 * each column, becomes part of the product that makes them; what multiplies them on their way into another product goes
 * to its smaller factor. Results are the same but for rounding.
 */
export function scaledProducts(from: GraphBuilder, wanted: readonly Value[]): Rule {
  const once = usedOnce(prune(from, wanted).nodes, wanted);
  return ({ op: { type }, inputs: given, outputs: [output] }, inputs) => {
    const [left, right] = inputs as readonly [Value, Value];
    if (type === "MatMul") return oneOrNone(eased(left, right));
    if (type === "Slice") return oneOrNone(someRows(inputs));
    const at = COMMUTATIVE.has(type) && right.node?.op.type === "Gemm" ? 1 : 0, product = inputs[at]!;
    const isOwn = product?.node?.op.type === "Gemm" && once.has(given[at]!) && sameShape(product.shape, output!.shape);
    if (!isOwn || product.node!.inputs.length > 2) return null;
    const other = at === 0 ? right : left;
    if (type === "Mul" || type === "Div") return oneOrNone(times(product, multiplier(type, other)));
    if (type === "Add" || type === "Sub") return oneOrNone(plus(product, other, type === "Sub"));
    return null;
  };
}

const COMMUTATIVE: ReadonlySet<string> = new Set(["Add", "Mul"]);
const oneOrNone = (found: Value | null) => found && [found];

/** Values that one node takes, once, and nobody else asks for; some of their rows may be asked for, which are made anew. */
function usedOnce(nodes: readonly Node[], wanted: readonly Value[]): ReadonlySet<Value> {
  const uses = new Map<Value, number>(wanted.map((value) => [value, 2]));
  for (const { op: { type }, inputs } of nodes) {
    if (type === "Slice" && rowsSliced(inputs)) continue;
    for (const value of inputs) uses.set(value, (uses.get(value) ?? 0) + 1);
  }
  return new Set([...uses].filter(([, count]) => count === 1).map(([value]) => value));
}

/** The number that a product or quotient with a constant multiplies by. */
function multiplier(type: string, by: Value): number | null {
  const found = sizeOf(by.shape) === 1 ? uniformOf(by) : null;
  return found === null || type === "Mul" ? found : 1 / found;
}

/** alpha A B times a number. */
function times({ node, graph }: Value, by: number | null): Value | null {
  const { inputs, attributes } = node!;
  if (by === null) return null;
  return graph.apply(gemmOp, inputs, { ...attributes, alpha: Number(attributes.alpha ?? 1) * by })[0]!;
}

/** alpha A B plus a number for each column. */
function plus({ node, graph, shape }: Value, row: Value, minus: boolean): Value | null {
  if (sizeOf(row.shape) !== shape[1] || row.shape.at(-1) !== shape[1]) return null;
  return graph.apply(gemmOp, [...node!.inputs, minus ? neg(row) : row], node!.attributes)[0]!;
}

/** A product of two matrices, the larger of which is something times a number. */
function eased(left: Value, right: Value): Value | null {
  const larger = sizeOf(left.shape) > sizeOf(right.shape) ? left : right, product = factorOf(larger);
  if (!product) return null;
  const { of, by } = product;
  return larger === left ? matmul(of, mul(by, right)) : matmul(mul(by, left), of);
}

/** Whether a Slice takes rows of a product, whose own rows are those of its left factor. */
function rowsSliced([product, , , axes]: readonly Value[]): boolean {
  const { op, attributes } = product!.node ?? {};
  return op?.type === "Gemm" && !attributes!.transA && axes?.data?.length === 1 && Number(axes.data[0]) === 0;
}

/** Some rows of a product are the product of those rows. */
function someRows(inputs: readonly Value[]): Value | null {
  if (!rowsSliced(inputs) || inputs[0]!.node!.inputs.length > 2) return null;
  const { inputs: [left, right], attributes } = inputs[0]!.node!, { graph } = left!;
  const rows = graph.apply(sliceOp, [left!, ...inputs.slice(1)])[0]!;
  return graph.apply(gemmOp, [rows, right!], attributes)[0]!;
}
