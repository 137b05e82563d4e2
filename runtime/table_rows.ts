import { type Node, type Value, Variable } from "../graphs/builder.ts";
import { RESHAPING } from "../graphs/layout_ops.ts";

/** Rows of a variable. */
export interface TableRows {
  readonly variable: Variable;
  readonly ids: Value; // int32
}

/** The rows of a variable that `node` gathers. */
export function gatheredRows({ op, inputs: [table, ids], attributes }: Node): TableRows | null {
  if (op.type !== "Gather" || (attributes.axis ?? 0) !== 0 || !(table instanceof Variable)) return null;
  return ids!.dtype === "int32" ? { variable: table, ids: ids! } : null;
}

/** The rows of a matrix that a value [.., D] consists of, one after another. */
export function rowsOf(value: Value): TableRows | null {
  const { node } = unshaped(value), rows = node && gatheredRows(node);
  return rows?.variable.shape.length === 2 && rows.variable.shape[1] === value.shape.at(-1) ? rows : null;
}

/** Whether ids are known before the run: an input, or computed by then. */
export const isFed = (ids: Value, known: ReadonlySet<Value> = new Set()): boolean =>
  known.has(ids) || (!ids.node && !ids.data);

/** A value before it was given other axes. */
export const unshaped = (value: Value): Value =>
  value.node && RESHAPING.has(value.node.op.type) ? unshaped(value.node.inputs[0]!) : value;
