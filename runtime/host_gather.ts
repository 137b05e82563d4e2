import { type Node, type Value, Variable } from "../graphs/builder.ts";
import { sizeOf } from "../graphs/tensor.ts";

/** A Gather that the host can do before the run: rows of a variable at ids that are fed. */
export interface HostGather {
  readonly variable: Variable;
  readonly ids: Value;
  /** The gathered rows, which become an input of the graph. */
  readonly output: Value;
}

/**
 * The gathers worth doing on the host: those of tables that `nodes` read in no other way, where the rows gathered are
 * fewer than the table has. What is fed to a WASM session is copied, so a step then costs what it touches.
 */
export function hostGathers(nodes: readonly Node[], read: readonly Value[]): readonly HostGather[] {
  const uses = new Map<Variable, Node[] | null>(); // null: something needs the whole table
  for (const value of read) if (value instanceof Variable) uses.set(value, null);
  for (const node of nodes) {
    node.inputs.forEach((input, at) => {
      if (!(input instanceof Variable)) return;
      const sofar = uses.get(input);
      uses.set(input, sofar !== null && at === 0 && gathersFedRows(node) ? [...sofar ?? [], node] : null);
    });
  }
  return [...uses].flatMap(([variable, gathers]) => {
    if (!gathers) return [];
    const rows = gathers.reduce((count, { inputs: [, ids] }) => count + sizeOf(ids!.shape), 0);
    if (rows > variable.shape[0]!) return [];
    return gathers.map(({ inputs: [, ids], outputs: [output] }) => ({ variable, ids: ids!, output: output! }));
  });
}

function gathersFedRows({ op, inputs: [, ids], attributes }: Node): boolean {
  return op.type === "Gather" && (attributes.axis ?? 0) === 0 && ids!.dtype === "int32" && !ids!.node && !ids!.data;
}
