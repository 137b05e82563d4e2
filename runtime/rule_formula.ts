import { GraphBuilder } from "../graphs/builder.ts";
import type { Formula } from "./kernel.ts";
import type { UpdateRule } from "./update.ts";

/** The gradient's place among a rule's arrays. */
export const GRADIENT = 1;

/** A rule over arrays: a parameter, its gradient, then its states. It writes all but the gradient. */
export function ruleFormula(rule: UpdateRule): Formula {
  const graph = new GraphBuilder(), array = (name: string) => graph.input(name, "float32", [1]);
  const parameter = array("parameter"), gradient = array("gradient");
  const states = Object.fromEntries(rule.states.map((name) => [name, array(`state/${name}`)]));
  const scalars = Object.fromEntries(
    Object.keys(rule.scalars(1)).map((name) => [name, graph.input(`scalar/${name}`, "float32", [])]),
  );
  const next = rule.next({ parameter, gradient, states, scalars });
  return {
    arrays: [parameter, gradient, ...Object.values(states)],
    scalars: Object.values(scalars),
    writes: [
      { array: 0, value: next.parameter },
      ...rule.states.map((name, at) => ({ array: GRADIENT + 1 + at, value: next.states[name]! })),
    ],
  };
}
