import { type GraphBuilder, RowGradient, type Value, type Variable } from "../graphs/builder.ts";
import { zeros } from "../graphs/initializers.ts";
import { concat, expand, reshape, zerosOf } from "../graphs/ops/shape.ts";
import { denseRows, gather, scatterNd, scatterNdAdd, scatterNdMax } from "../graphs/ops/index.ts";
import { cast } from "../graphs/ops/compare.ts";
import { sizeOf } from "../graphs/tensor.ts";

/** What an update reads: elements of the parameter, its gradient and its states; and the step's scalars. */
export interface UpdateInputs {
  readonly parameter: Value;
  readonly gradient: Value;
  readonly states: Readonly<Record<string, Value>>;
  readonly scalars: Readonly<Record<string, Value>>;
}
/** What an update writes. */
export interface UpdateOutputs {
  readonly parameter: Value;
  readonly states: Readonly<Record<string, Value>>;
}
/**
 * An optimiser's elementwise formula, written once in graph ops. On WebGPU it becomes part of the step's graph; on the
 * CPU it is compiled to a WASM SIMD loop over host memory.
 */
export interface UpdateRule {
  /** Names of the tensors kept beside each parameter, all zero at the start. */
  readonly states: readonly string[];
  /** `all`: every row moves at every step, as in dense optimisers; `touched`: only rows that have a gradient. */
  readonly rows: "all" | "touched";
  /** Numbers fed at step 1, 2, ...: rates, bias corrections. */
  scalars(step: number): Readonly<Record<string, number>>;
  next(inputs: UpdateInputs): UpdateOutputs;
}

/** The state's name: what a checkpoint calls it. */
export const stateName = (variable: Variable, state: string): string => `${variable.name}#${state}`;

/**
 * Appends one variable's update to the graph, as assignments. Scalars become inputs named `rule/scalar`.
 *
 * A row gradient under `touched` never becomes a table: duplicates are summed by electing, for each row, the highest
 * position among the gathered ids, and adding every duplicate there.
 */
export function assignUpdate(
  graph: GraphBuilder,
  variable: Variable,
  gradient: Value | RowGradient,
  rule: UpdateRule,
): void {
  const states = Object.fromEntries(
    rule.states.map((
      state,
    ) => [state, graph.variable(stateName(variable, state), variable.shape, zeros, { trainable: false })]),
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
  const { ids, rows } = summedRows(graph, variable, gradient);
  const next = rule.next({
    parameter: gather(variable, ids),
    gradient: rows,
    states: Object.fromEntries(rule.states.map((name) => [name, gather(states[name]!, ids)])),
    scalars,
  });
  const at = reshape(ids, [ids.shape[0]!, 1]);
  graph.assign(variable, scatterNd(variable, at, next.parameter));
  for (const name of rule.states) graph.assign(states[name]!, scatterNd(states[name]!, at, next.states[name]!));
}

/** The input that feeds a scalar of the rule that updates `variable`. */
export const scalarName = (variable: Variable, scalar: string): string => `${variable.name}@${scalar}`;

/** Rows [n, ...D] for ids [n], where every occurrence of an id carries that id's whole sum. */
function summedRows(graph: GraphBuilder, variable: Variable, { parts }: RowGradient) {
  const width = variable.shape.slice(1);
  const ids = concat(parts.map(({ ids }) => reshape(ids, [sizeOf(ids.shape)])), 0);
  const rows = concat(parts.map(({ ids, rows }) => reshape(rows, [sizeOf(ids.shape), ...width])), 0);
  const count = ids.shape[0]!, at = reshape(ids, [count, 1]);
  const positions = graph.constant(Float32Array.from({ length: count }, (_, position) => position));
  const none = expand(graph.constant(Float32Array.of(-1), []), [variable.shape[0]!]);
  const elected = cast(gather(scatterNdMax(none, at, positions), ids), "int32"); // [n]
  const summed = scatterNdAdd(zerosOf(rows, rows.shape), reshape(elected, [count, 1]), rows);
  return { ids, rows: gather(summed, elected) };
}
