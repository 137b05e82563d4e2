import { type GraphBuilder, RowGradient, type Value, type Variable } from "../../graphs/builder.ts";
import { zeros } from "../../graphs/initializers.ts";
import { denseRows, gather, scatterNd } from "../../graphs/ops/index.ts";
import { reshape } from "../../graphs/ops/shape.ts";
import { stateName, summedRows, type UpdateRule } from "../../runtime/update.ts";

/**
 * One variable's update as ops of its graph and assignments: what updates elsewhere are compared with. Scalars become
 * inputs, named by {@link scalarName}.
 */
export function assignUpdate(
  graph: GraphBuilder,
  variable: Variable,
  gradient: Value | RowGradient,
  rule: UpdateRule,
): void {
  const states = Object.fromEntries(
    rule.states.map((state) => {
      const name = stateName(variable, state).replace("#", STATE);
      return [state, graph.variable(name, variable.shape, zeros, { trainable: false })];
    }),
  );
  const scalars = Object.fromEntries(
    Object.keys(rule.scalars(1)).map((name) => [name, graph.input(scalarName(variable, name), "float32", [])]),
  );
  if (!(gradient instanceof RowGradient) || rule.rows === "all") {
    const dense = gradient instanceof RowGradient ? denseRows(gradient, variable.shape) : gradient;
    const next = rule.next({ parameter: variable, gradient: dense, states, scalars });
    graph.assign(variable, next.parameter);
    for (const name of rule.states) graph.assign(states[name]!, next.states[name]!);
    return;
  }
  const { ids, elected, rows } = summedRows(variable, gradient);
  const next = rule.next({
    parameter: gather(variable, ids),
    gradient: gather(rows, elected), // every occurrence of an id carries that id's whole sum
    states: Object.fromEntries(rule.states.map((name) => [name, gather(states[name]!, ids)])),
    scalars,
  });
  const at = reshape(ids, [ids.shape[0]!, 1]);
  graph.assign(variable, scatterNd(variable, at, next.parameter));
  for (const name of rule.states) graph.assign(states[name]!, scatterNd(states[name]!, at, next.states[name]!));
}

/** The input that feeds a scalar of the rule that updates `variable`. */
export const scalarName = (variable: Variable, scalar: string): string => `${variable.name}@${scalar}`;

/** Here a state is a variable, in whose name `#` is not. */
const STATE = "~";
/** What was saved, by the names that states have elsewhere. */
export const statesRenamed = <T>(saved: ReadonlyMap<string, T>): Map<string, T> =>
  new Map([...saved].map(([name, tensor]) => [name.replace(STATE, "#"), tensor]));
