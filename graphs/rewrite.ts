import { blocksGradient, GraphBuilder, type Node, type Value, Variable } from "./builder.ts";
import { opTable } from "./ops/table.ts";
import { prune } from "./prune.ts";

/** What stands for the outputs of `node` in the new graph, given its inputs there; null: the node as it is. */
export type Rule = (node: Node, inputs: readonly Value[], graph: GraphBuilder) => readonly Value[] | null;

/** A graph that computes the same in another way. */
export interface Rewritten {
  readonly graph: GraphBuilder;
  /** What stands in it for a value that was wanted, or for a variable or an input. */
  of(value: Value): Value;
}

/**
 * Builds what `wanted` takes anew, each node by `rule`. Inputs and variables keep their names. Equal nodes become one,
 * for a graph under construction shares them; so do a node that passes gradients and one that does not, for the new
 * graph is there to be run. What is wanted and computed stays computed, by a node of its own if need be.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { GraphBuilder } from "./builder.ts";
 * import { mul } from "./ops/arithmetic.ts";
 * import { reshape } from "./ops/shape.ts";
 * import { rewrite } from "./rewrite.ts";
 *
 * const g = new GraphBuilder(), x = g.input("x", "float32", [4]), y = mul(reshape(x, [2, 2]), 3);
 * const { graph, of } = rewrite(g, [y], ({ op }, [x]) => op.type === "Reshape" ? [x!] : null);
 * assert.deepEqual([graph.nodes.length, of(y).shape], [1, [4]]);
 * ```
 */
export function rewrite(from: GraphBuilder, wanted: readonly Value[], rule: Rule): Rewritten {
  const graph = new GraphBuilder(), made = new Map<Value, Value>(), asked = new Set(wanted);
  const leaf = (value: Value): Value => {
    if (value.data) return graph.constant(value.data, value.shape);
    if (!(value instanceof Variable)) return graph.input(value.name, value.dtype, value.shape);
    return graph.variable(value.name, value.shape, value.init, value);
  };
  const of = (value: Value): Value => {
    const found = made.get(value) ?? leaf(value);
    made.set(value, found);
    return found;
  };
  for (const node of prune(from, wanted).nodes) {
    const inputs = node.inputs.map(of), found = rule(node, inputs, graph);
    const stays = found && node.outputs.every((old, at) => found[at]!.node || !asked.has(old));
    const as = () => graph.apply(passing(node), inputs, node.attributes), scope = scopeOf(node);
    const outputs = stays ? found : scope ? graph.scope(scope, as) : as();
    node.outputs.forEach((old, at) => made.set(old, outputs[at]!));
  }
  return { graph, of };
}

const scopeOf = ({ name }: Node): string => name.slice(0, Math.max(0, name.lastIndexOf("/")));

/** The op, or the one of its type that passes gradients. */
function passing({ op }: Node): Node["op"] {
  return op.vjp === blocksGradient ? opTable.get(op.type) ?? op : op;
}
