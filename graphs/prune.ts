import type { GraphBuilder, Node, Value } from "./builder.ts";

/** What computing some values takes: nodes in order, and the leaves they read. */
export interface Needed {
  readonly nodes: readonly Node[];
  /** Inputs, variables and constants, in the order they are first read. */
  readonly leaves: readonly Value[];
}

/**
 * The part of `graph` that `outputs` depend on.
 *
 * `given` values are leaves: what computes them is left out, and they become inputs.
 */
export function prune(
  graph: GraphBuilder,
  outputs: readonly Value[],
  given: ReadonlySet<Value> = new Set(),
): Needed {
  const nodes = new Set<Node>(), leaves = new Set<Value>();
  const pending = [...outputs];
  while (pending.length > 0) {
    const value = pending.pop()!;
    if (value.node === null || given.has(value)) leaves.add(value);
    else if (!nodes.has(value.node)) {
      nodes.add(value.node);
      pending.push(...value.node.inputs);
    }
  }
  const ordered = graph.nodes.filter((node) => nodes.has(node));
  const read = new Set([...ordered.flatMap(({ inputs }) => inputs), ...outputs]);
  return { nodes: ordered, leaves: [...read].filter((value) => leaves.has(value)) };
}
