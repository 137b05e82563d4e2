import { type GraphBuilder, RowGradient, type Value } from "../graphs/builder.ts";
import type { Rewritten } from "../graphs/rewrite.ts";
import type { Plan, Update } from "./runtime.ts";

/**
 * What a program computes, in a graph of its own that computes the same in another way. Names of outputs, inputs and
 * variables stay; the graph that was given stays as it is.
 */
export function rewritten<K extends string>(
  source: GraphBuilder,
  { outputs, updates = [] }: Plan<K>,
  by: (graph: GraphBuilder, wanted: readonly Value[]) => Rewritten,
): { readonly graph: GraphBuilder; readonly plan: Required<Plan<K>> } {
  const { graph, of } = by(source, [
    ...Object.values<Value>(outputs),
    ...source.assignments.values(),
    ...updates.flatMap(({ gradient }) => valuesOf(gradient)),
  ]);
  const same = <T extends Value>(value: T) => of(value) as T; // a variable stands for a variable
  for (const [variable, next] of source.assignments) graph.assign(same(variable), of(next));
  const gradientOf = (gradient: Update["gradient"]) =>
    gradient instanceof RowGradient
      ? new RowGradient(gradient.parts.map(({ ids, rows }) => ({ ids: of(ids), rows: of(rows) })))
      : of(gradient);
  return {
    graph,
    plan: {
      outputs: Object.fromEntries(Object.entries<Value>(outputs).map(([name, value]) => [name, of(value)])) as Record<
        K,
        Value
      >,
      updates: updates.map(({ variable, gradient, rule }) => ({
        variable: same(variable),
        gradient: gradientOf(gradient),
        rule,
      })),
    },
  };
}

/** The values that a gradient is given by. */
export const valuesOf = (gradient: Update["gradient"]): readonly Value[] =>
  gradient instanceof RowGradient ? gradient.parts.flatMap(({ ids, rows }) => [ids, rows]) : [gradient];
