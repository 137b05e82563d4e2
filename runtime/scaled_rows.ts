import type { Value } from "../graphs/builder.ts";
import { mul, neg } from "../graphs/ops/arithmetic.ts";
import { uniformOf } from "../graphs/ops/operand.ts";
import { reshape } from "../graphs/ops/shape.ts";
import { sizeOf } from "../graphs/tensor.ts";
import { rowsOf, type TableRows, unshaped } from "./table_rows.ts";

/**
 * Rows of a variable, each times a number of its own, or all times one. They are as many as the rows that they add up to;
 * or fewer, and each counts for as many that follow each other; or more, and as many that follow each other make one.
 */
export interface ScaledRows {
  readonly rows: TableRows; // n rows
  readonly scale: Value; // as many elements as rows on the side that has more, or one
}

/**
 * The scaled rows whose sum `value` [.., D] is; null where it is something else. Mixtures of items are such sums, and so
 * are the gradients of inner products and of squared lengths: the host can add them up where they belong, if the session
 * says the scales. Products of scales are computed in the value's graph.
 */
export function scaledRows(value: Value, width = value.shape.at(-1)!): readonly ScaledRows[] | null {
  const rows = value.shape.at(-1) === width ? rowsOf(value) : null;
  if (rows) return [{ rows, scale: value.graph.constant(Float32Array.of(1)) }];
  const plain = unshaped(value), { node, shape } = plain, [left, right] = node?.inputs ?? [], size = sizeOf(shape);
  const whole = (term: Value) => sizeOf(term.shape) === size ? scaledRows(term, width) : null;
  switch (node?.op.type) {
    case "Mul":
      return scaled(left!, right!, size, width) ?? scaled(right!, left!, size, width);
    case "Neg":
      return negative(whole(left!));
    case "Add":
    case "Sub": {
      const one = whole(left!), other = one && whole(right!);
      return other && [...one, ...node.op.type === "Add" ? other : negative(other)!];
    }
    case "MatMul":
      return shape.at(-1) === width ? summed(left!, right!) : null;
    case "Transpose":
      return shape.at(-1) === width ? spread(plain) : null;
    default:
      return null;
  }
}

/** Whether scaled rows are as many as the rows of a value of `size` elements that they add up to. */
export const oneToOne = ({ rows }: ScaledRows, size: number): boolean =>
  sizeOf(rows.ids.shape) * rows.variable.shape[1]! === size;

const negative = (terms: readonly ScaledRows[] | null) =>
  terms?.map(({ rows, scale }) => ({ rows, scale: neg(scale) })) ?? null;

/** `scale` times `factor`, where those are a number for each row, or one, and a sum of scaled rows. */
function scaled(scale: Value, factor: Value, size: number, width: number): readonly ScaledRows[] | null {
  const numbers = sizeOf(scale.shape), fits = factor.shape.at(-1) === width && sizeOf(factor.shape) === size;
  if (!fits || (numbers !== 1 && (numbers !== size / width || scale.shape.at(-1) !== 1))) return null;
  const terms = scaledRows(factor, width);
  if (numbers !== 1 && !terms?.every((term) => oneToOne(term, size))) return null;
  return terms?.map(({ rows, scale: own }) => ({ rows, scale: productOf(scale, own) })) ?? null;
}

/** The product of scales [.., 1, K] and rows [.., K, D]: the gradient of what K inner products have in common. */
function summed(scales: Value, given: Value): readonly ScaledRows[] | null {
  const once = swapped(given), rows = once && swapped(once) || given, { shape } = rows;
  const [one, count] = scales.shape.slice(-2), size = sizeOf(shape);
  if (one !== 1 || count !== shape.at(-2) || sizeOf(scales.shape) * shape.at(-1)! !== size) return null;
  const terms = scaledRows(rows);
  return terms?.every((term) => oneToOne(term, size))
    ? terms.map((term) => ({ rows: term.rows, scale: productOf(scales, term.scale) }))
    : null;
}

/** The product of a row [.., D, 1] and scales [.., 1, K], as rows [.., K, D]: the gradient of what it was multiplied by. */
function spread(value: Value): readonly ScaledRows[] | null {
  const product = swapped(value), [column, scales] = product?.node?.op.type === "MatMul" ? product.node.inputs : [];
  const row = column && swapped(column), size = row ? sizeOf(row.shape) : 0, width = value.shape.at(-1)!;
  if (!row || row.shape.at(-2) !== 1 || scales!.shape.at(-2) !== 1) return null;
  if (sizeOf(scales!.shape) * width !== sizeOf(value.shape)) return null;
  const terms = scaledRows(row);
  return terms?.every((term) => oneToOne(term, size) && sizeOf(term.scale.shape) === 1)
    ? terms.map(({ rows, scale }) => ({ rows, scale: productOf(scales!, scale) }))
    : null;
}

/** What a value is with its last two axes swapped back; null where that is not how it was made. */
function swapped({ node, shape: { length } }: Value): Value | null {
  const perm = node?.op.type === "Transpose" ? (node.attributes.perm as readonly number[] | undefined) : undefined;
  const back = perm?.every((axis, at) => axis === (at < length - 2 ? at : 2 * length - 3 - at));
  return back ? node!.inputs[0]! : null;
}

/** Of scales, flat; the one number 1 is left out. */
const productOf = (a: Value, b: Value): Value => uniformOf(b) === 1 ? a : mul(flat(a), flat(b));
/** A value's elements, one after another. */
export const flat = (x: Value): Value => reshape(x, [sizeOf(x.shape)]);
