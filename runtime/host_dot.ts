import type { Node, Value } from "../graphs/builder.ts";
import { normalizeAxis, sameShape, sizeOf } from "../graphs/tensor.ts";
import { isFed, rowsOf, type TableRows } from "./table_rows.ts";

/** Inner products that the host can take before the run: of each query with as many rows of another table. */
export interface HostDot {
  readonly queries: TableRows; // R rows
  readonly items: TableRows; // R M rows
  /** The R M products, which become an input of the graph. */
  readonly output: Value;
}

/**
 * The inner products whose factors are rows of variables at fed ids: scores of candidates, of positives, squared
 * lengths. In a session each would be written beside the others to be read once; the host takes them where they lie.
 */
export function hostDots(nodes: readonly Node[], known?: ReadonlySet<Value>): readonly HostDot[] {
  return nodes.flatMap((node) => {
    const factors = node.op.type === "MatMul"
      ? poolsOf(node)
      : node.op.type === "ReduceSum"
      ? summedProduct(node)
      : null;
    const [queries, items] = factors?.map(rowsOf) ?? [];
    return queries && items && isFed(queries.ids, known) && isFed(items.ids, known)
      ? [{ queries, items, output: node.outputs[0]! }]
      : [];
  });
}

/** The factors [R, 1, D] and [R, M, D] of a batched product with the second one transposed. */
export function poolsOf({ inputs: [left, right] }: Node): readonly [Value, Value] | null {
  if (right!.node?.op.type !== "Transpose" || `${right!.node.attributes.perm}` !== "0,2,1") return null;
  const items = right!.node.inputs[0]!, [rows, one] = left!.shape;
  const isPair = left!.shape.length === 3 && rows === items.shape[0] && one === 1; // a matrix would be every row's
  return isPair ? [left!, items] : null;
}

/** The factors [.., D], of one shape, of an elementwise product that is summed over the last axis. */
export function summedProduct(node: Node): readonly [Value, Value] | null {
  const { inputs: [product], outputs: [sum] } = node;
  if (product!.node?.op.type !== "Mul") return null;
  const [left, right] = product!.node.inputs as [Value, Value], { shape } = product!;
  const last = summedAxes(node).includes(shape.length - 1);
  return last && sameShape(left.shape, right.shape) && sizeOf(sum!.shape) * shape.at(-1)! === sizeOf(shape)
    ? [left, right]
    : null;
}

/** The axes that a ReduceSum is over, from 0. */
export function summedAxes({ inputs: [summed, axes] }: Node): readonly number[] {
  const { length } = summed!.shape;
  if (!axes) return Array.from({ length }, (_, axis) => axis);
  return Array.from(axes.data ?? [], Number).map((axis) => normalizeAxis(axis, length, "ReduceSum"));
}
