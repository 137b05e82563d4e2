import type { Value } from "../graphs/builder.ts";
import { PANEL, type ProductShape } from "./product_kernel.ts";
import { isFed, unshaped } from "./table_rows.ts";

/** A value that is all the products of one fed matrix's rows with another's, which the host can take by itself. */
export interface WholeProduct extends ProductShape {
  readonly left: Value; // [rows, width], in any shape
  readonly right: Value; // [columns, width], in any shape
}

/** How `value` is such a product; null where it is something else, or its columns do not come in whole panels. */
export function wholeProduct(value: Value): WholeProduct | null {
  const { node } = unshaped(value), [a, b, c] = node?.inputs ?? [];
  const { transA, transB, alpha } = node?.attributes ?? {};
  if (node?.op.type !== "Gemm" || c || transA || !transB || (alpha !== undefined && alpha !== 1)) return null;
  const left = unshaped(a!), right = unshaped(b!), [rows, width] = a!.shape as [number, number], columns = b!.shape[0]!;
  return isFed(left) && isFed(right) && columns % PANEL === 0 ? { left, right, rows, columns, width } : null;
}
