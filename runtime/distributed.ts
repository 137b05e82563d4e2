import type { Node, Value } from "../graphs/builder.ts";
import { add, mul } from "../graphs/ops/arithmetic.ts";
import { gather } from "../graphs/ops/index.ts";
import { sum } from "../graphs/ops/reduce.ts";
import { reshape } from "../graphs/ops/shape.ts";
import type { Rule } from "../graphs/rewrite.ts";
import { sizeOf } from "../graphs/tensor.ts";
import { summedAxes, summedProduct } from "./host_dot.ts";
import { flat, oneToOne, type ScaledRows, scaledRows } from "./scaled_rows.ts";
import type { TableRows } from "./table_rows.ts";

/** Most inner products that one becomes. */
const MOST = 4;

/**
 * Takes inner products of sums of scaled rows apart: u (a v + b w) becomes a uv + b uw. Each product is then one of rows
 * as they lie, which the host can take (`host_dot.ts`), and the mixture need not be made. Results are the same but for
 * rounding.
 */
export const distributed: Rule = (node, inputs) => {
  const found = node.op.type === "ReduceSum" && taken({ ...node, inputs });
  return found ? [reshape(found, node.outputs[0]!.shape)] : null;
};

/** A sum over more than the last axis is one of inner products. */
function taken(node: Node): Value | null {
  const product = node.inputs[0]!, last = product.shape.length - 1, axes = summedAxes(node);
  if (sizeOf(node.outputs[0]!.shape) * product.shape[last]! === sizeOf(product.shape)) return productOfSums(node);
  if (product.node?.op.type !== "Mul" || !axes.includes(last) || !product.node.inputs.every(each)) return null;
  const inner = sum(product, [last]);
  const products = reshape(productOfSums(inner.node!) ?? inner, inner.shape);
  return sum(products, axes.filter((axis) => axis !== last));
}

function productOfSums(node: Node): Value | null {
  const factors = summedProduct(node);
  if (!factors) return null;
  const [left, right] = factors, one = each(left), other = one && (left === right ? one : each(right));
  if (!other || one.length * other.length === 1 || one.length * other.length > MOST) return null;
  const terms = left === right ? squared(one) : one.flatMap((a) => other.map((b) => times(a, b)));
  return terms.reduce(add);
}

/** As many scaled rows as there are rows. */
function each(value: Value): readonly ScaledRows[] | null {
  const terms = scaledRows(value);
  return terms?.every((term) => oneToOne(term, sizeOf(value.shape))) ? terms : null;
}

/** Of a sum with itself: each pair of different terms counts twice. */
const squared = (terms: readonly ScaledRows[]): readonly Value[] =>
  terms.flatMap((a, at) => terms.slice(at).map((b) => a === b ? times(a, b) : mul(2, times(a, b))));

const times = (a: ScaledRows, b: ScaledRows): Value =>
  mul(mul(flat(a.scale), flat(b.scale)), sum(mul(matrix(a.rows), matrix(b.rows)), [1])); // [n]
const matrix = ({ variable, ids }: TableRows): Value =>
  // [n, D]
  reshape(gather(variable, ids), [sizeOf(ids.shape), variable.shape[1]!]);
