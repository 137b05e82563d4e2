import type { Value } from "../graphs/builder.ts";
import { mul, neg } from "../graphs/ops/arithmetic.ts";
import { reshape } from "../graphs/ops/shape.ts";
import { sizeOf } from "../graphs/tensor.ts";
import { rowsOf, type TableRows, unshaped } from "./table_rows.ts";

/** Rows of a variable, each times a number of its own, or all times one. */
export interface ScaledRows {
  readonly rows: TableRows; // n rows
  readonly scale: Value; // n elements, or one
}

/**
 * The scaled rows whose sum `value` [.., D] is; null where it is something else. Mixtures of items are such sums, and so
 * are the gradients of inner products and of squared lengths: the host can add them up where they belong, if the session
 * says the scales. Products of scales are computed in the value's graph.
 */
export function scaledRows(value: Value, width = value.shape.at(-1)!): readonly ScaledRows[] | null {
  const rows = value.shape.at(-1) === width ? rowsOf(value) : null;
  if (rows) return [{ rows, scale: value.graph.constant(Float32Array.of(1)) }];
  const { node, shape } = unshaped(value), [left, right] = node?.inputs ?? [], size = sizeOf(shape);
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
    default:
      return null;
  }
}

const negative = (terms: readonly ScaledRows[] | null) =>
  terms?.map(({ rows, scale }) => ({ rows, scale: neg(scale) })) ?? null;

/** `scale` times `factor`, where those are a number for each row, or one, and a sum of scaled rows. */
function scaled(scale: Value, factor: Value, size: number, width: number): readonly ScaledRows[] | null {
  const numbers = sizeOf(scale.shape), fits = factor.shape.at(-1) === width && sizeOf(factor.shape) === size;
  if (!fits || (numbers !== 1 && (numbers !== size / width || scale.shape.at(-1) !== 1))) return null;
  return scaledRows(factor, width)?.map(({ rows, scale: own }) => ({ rows, scale: product(scale, own) })) ?? null;
}

/** Of scales, flat; a constant 1 is left out. */
const product = (a: Value, b: Value): Value => b.data?.[0] === 1 ? a : mul(flat(a), flat(b));
const flat = (x: Value): Value => reshape(x, [sizeOf(x.shape)]);
