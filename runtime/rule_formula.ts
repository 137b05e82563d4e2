import { GraphBuilder, type Value } from "../graphs/builder.ts";
import { sizeOf } from "../graphs/tensor.ts";
import type { Formula } from "./kernel.ts";
import type { UpdateRule } from "./update.ts";

/** The gradient's place among a rule's arrays. */
export const GRADIENT = 1;

/** The step's numbers of a rule, in the order of the first step's names. @throws TypeError where one is missing. */
export function scalarsAt(rule: UpdateRule, step: number): readonly number[] {
  const found = rule.scalars(step);
  return Object.keys(rule.scalars(1)).map((name) => {
    if (found[name] !== undefined) return found[name];
    throw new TypeError(`Cannot update: the rule has scalar "${name}" at step 1, and not at step ${step}`);
  });
}

/** @throws TypeError where a rule writes other states than it declares, or what is of more than one element's. */
function checkWritten({ states }: UpdateRule, written: Readonly<Record<string, Value>>): void {
  if (states.includes("step")) {
    throw new TypeError(
      'Cannot update: the rule keeps a state "step", which is what the count of its steps is kept as',
    );
  }
  const odd = ["parameter", ...states].find((name) => !written[name]) ??
    Object.keys(written).find((name) => name !== "parameter" && !states.includes(name));
  if (odd !== undefined) {
    throw new TypeError(
      `Cannot update: the rule ${written[odd] ? "writes" : "does not write"} "${odd}"; its states are [${states}]`,
    );
  }
  for (const [name, { shape, dtype }] of Object.entries(written)) {
    if (sizeOf(shape) === 1 && dtype === "float32") continue;
    throw new TypeError(`Cannot update: the rule makes "${name}" ${dtype} [${shape}]; it is elementwise, float32 [1]`);
  }
}

/** A rule over arrays: a parameter, its gradient, then its states. It writes all but the gradient. */
export function ruleFormula(rule: UpdateRule): Formula {
  const graph = new GraphBuilder(), array = (name: string) => graph.input(name, "float32", [1]);
  const parameter = array("parameter"), gradient = array("gradient");
  const states = Object.fromEntries(rule.states.map((name) => [name, array(`state/${name}`)]));
  const scalars = Object.fromEntries(
    Object.keys(rule.scalars(1)).map((name) => [name, graph.input(`scalar/${name}`, "float32", [])]),
  );
  const next = rule.next({ parameter, gradient, states, scalars });
  checkWritten(rule, { parameter: next.parameter, ...next.states });
  return {
    arrays: [parameter, gradient, ...Object.values(states)],
    scalars: Object.values(scalars),
    writes: [
      { array: 0, value: next.parameter },
      ...rule.states.map((name, at) => ({ array: GRADIENT + 1 + at, value: next.states[name]! })),
    ],
  };
}
