import type { Value } from "../graphs/builder.ts";
import { sizeOf } from "../graphs/tensor.ts";
import { rowsOf, type TableRows, unshaped } from "./table_rows.ts";

/** Rows of a variable, each times a number of its own, or all times one. */
export interface ScaledRows {
  readonly rows: TableRows; // n rows
  readonly scale: Value; // n elements, or one
}

/**
 * The scaled rows whose sum `value` [.., D] is; null where it is something else. The gradients of inner products and of
 * squared lengths are such sums: the host can add them up where they belong, if the session says the scales.
 */
export function scaledRows(value: Value, width = value.shape.at(-1)!): readonly ScaledRows[] | null {
  const { node, shape } = unshaped(value), [left, right] = node?.inputs ?? [], size = sizeOf(shape);
  if (node?.op.type === "Mul") return scaled(left!, right!, size, width) ?? scaled(right!, left!, size, width);
  if (node?.op.type !== "Add" || [left!, right!].some((term) => sizeOf(term.shape) !== size)) return null;
  const one = scaledRows(left!, width), other = one && scaledRows(right!, width);
  return other && [...one, ...other];
}

/** `scale` times `factor`, where those are a number for each row, or one, and rows. */
function scaled(scale: Value, factor: Value, size: number, width: number): readonly ScaledRows[] | null {
  const rows = rowsOf(factor), numbers = sizeOf(scale.shape);
  if (!rows || factor.shape.at(-1) !== width || sizeOf(factor.shape) !== size) return null;
  return numbers === 1 || (numbers === size / width && scale.shape.at(-1) === 1) ? [{ rows, scale }] : null;
}
