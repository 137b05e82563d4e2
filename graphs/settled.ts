import { type Node, type Value, Variable } from "./builder.ts";
import { prune } from "./prune.ts";

/**
 * Where computing `outputs` can be cut: the values that take variables and no input, and that something which takes
 * inputs (or whoever asks for the outputs) reads. They stay the same until a variable changes.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { GraphBuilder } from "./builder.ts";
 * import { zeros } from "./initializers.ts";
 * import { mul } from "./ops/arithmetic.ts";
 * import { gather } from "./ops/index.ts";
 * import { settled } from "./settled.ts";
 *
 * const g = new GraphBuilder(), table = g.variable("table", [9, 2], zeros), doubled = mul(mul(table, table), 2);
 * assert.deepEqual(settled([gather(doubled, g.input("ids", "int32", [3]))]), [doubled]);
 * assert.deepEqual(settled([gather(table, g.input("ids", "int32", [3]))]), []); // nothing is computed before the ids
 * ```
 */
export function settled(outputs: readonly Value[]): readonly Value[] {
  const graph = outputs[0]?.graph;
  if (!graph) return [];
  const { nodes } = prune(graph, outputs), open = new Set<Node>(), trained = new Set<Node>();
  const isOpen = ({ node, name }: Value) => node ? open.has(node) : graph.inputs.has(name);
  const isTrained = (value: Value) => value.node ? trained.has(value.node) : value instanceof Variable;
  for (const node of nodes) {
    if (node.inputs.some(isOpen)) open.add(node);
    if (node.inputs.some(isTrained)) trained.add(node);
  }
  const read = [...nodes.filter((node) => open.has(node)).flatMap(({ inputs }) => inputs), ...outputs];
  return [...new Set(read)].filter((value) => value.node && trained.has(value.node) && !open.has(value.node));
}
