import type { Node, Value } from "../graphs/builder.ts";
import { RESHAPING } from "../graphs/layout_ops.ts";
import { normalizeAxis, type TensorData } from "../graphs/tensor.ts";
import { isFed } from "./table_rows.ts";

/** An input of ids, and how many rows there are to gather from. */
export interface Bound {
  readonly input: Value;
  readonly rows: number;
  readonly table: string;
}

/**
 * The inputs, and the `known` values, that `nodes` use as ids to gather. WebGPU does not notice one out of range: it
 * corrupts another row.
 */
export function boundsOf(nodes: readonly Node[], known: ReadonlySet<Value> = new Set()): readonly Bound[] {
  return nodes.flatMap(({ op, inputs: [table, ids], attributes }) => {
    if (op.type !== "Gather") return [];
    const input = source(ids!, known),
      axis = normalizeAxis(Number(attributes.axis ?? 0), table!.shape.length, "Gather");
    return isFed(input, known) ? [{ input, rows: table!.shape[axis]!, table: table!.name }] : [];
  });
}

/** Ids before they were given another shape. */
function source(ids: Value, known: ReadonlySet<Value>): Value {
  return !isFed(ids, known) && ids.node && LAYOUTS.has(ids.node.op.type) ? source(ids.node.inputs[0]!, known) : ids;
}
const LAYOUTS: ReadonlySet<string> = new Set([...RESHAPING, "Expand", "Transpose", "Cast"]);

/** @throws RangeError naming the input, the table and the id that is not in it. */
export function checkBounds(bounds: readonly Bound[], feeds: Readonly<Record<string, TensorData>>): void {
  for (const { input, rows, table } of bounds) {
    const ids = feeds[input.name];
    if (!(ids instanceof Int32Array)) continue;
    const at = strayAt(ids, rows);
    if (at === ids.length) continue;
    throw new RangeError(
      `Cannot run: input "${input.name}" holds id ${ids[at]} at ${at}; "${table}" has rows 0 to ${rows - 1}`,
    );
  }
}

/** Ids that the session computed, which nothing else has checked. @throws RangeError naming the table and the id. */
export function checkIds(ids: Int32Array, rows: number, table: string): Int32Array {
  const at = strayAt(ids, rows);
  if (at === ids.length) return ids;
  throw new RangeError(`Cannot update: row ${ids[at]} was computed; "${table}" has rows 0 to ${rows - 1}`);
}

/** Where the first id is that is no row's; past the end where there is none. */
function strayAt(ids: Int32Array, rows: number): number {
  let at = 0;
  while (at < ids.length && ids[at]! >= 0 && ids[at]! < rows) at++;
  return at;
}
