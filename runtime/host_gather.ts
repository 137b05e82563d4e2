import { type Node, type Value, Variable } from "../graphs/builder.ts";
import { sizeOf } from "../graphs/tensor.ts";
import { gatheredRows, isFed, type TableRows } from "./table_rows.ts";

/** A Gather that the host can do before the run. */
export interface HostGather extends TableRows {
  /** The gathered rows, which become an input of the graph. */
  readonly output: Value;
}

/**
 * The gathers worth doing on the host: those of tables that `nodes` read in no other way, where the rows gathered are
 * fewer than the table has. What is fed to a WASM session is copied, so a step then costs what it touches.
 */
export function hostGathers(
  nodes: readonly Node[],
  read: readonly Value[],
  known?: ReadonlySet<Value>,
): readonly HostGather[] {
  const uses = new Map<Variable, readonly HostGather[] | null>(); // null: something needs the whole table
  for (const value of read) if (value instanceof Variable) uses.set(value, null);
  for (const node of nodes) {
    const rows = gatheredRows(node);
    node.inputs.forEach((input, at) => {
      if (!(input instanceof Variable)) return;
      const sofar = uses.get(input);
      uses.set(
        input,
        sofar !== null && at === 0 && rows && isFed(rows.ids, known)
          ? [...sofar ?? [], { ...rows, output: node.outputs[0]! }]
          : null,
      );
    });
  }
  return [...uses].flatMap(([variable, gathers]) => {
    const rows = gathers?.reduce((count, { ids }) => count + sizeOf(ids.shape), 0) ?? Infinity;
    return rows <= variable.shape[0]! ? gathers! : [];
  });
}
