import type { RowGradient, Value, Variable } from "../graphs/builder.ts";
import { expand, reshape, zerosOf } from "../graphs/ops/shape.ts";
import { countedRows, gather, joinedRows, scatterNdAdd, scatterNdMax } from "../graphs/ops/index.ts";
import { cast } from "../graphs/ops/compare.ts";

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
 * An optimiser's elementwise formula, written once in graph ops. On WebGPU it is compiled to a compute shader over the
 * buffers of the variable and its states, on the CPU to a WASM SIMD loop over host memory. Both know the ops add, sub,
 * mul, div, min, max, sqrt, neg, abs and reciprocal; what is made of one element alone is all there is, so no norm of a
 * row. A sign, say, is `max(-1, min(1, mul(x, 1e30)))`.
 */
export interface UpdateRule {
  /** Names of the tensors kept beside each parameter, all zero at the start; none is "step", which counts the steps. */
  readonly states: readonly string[];
  /** `all`: every row moves at every step, as in dense optimisers; `touched`: only rows that have a gradient. */
  readonly rows: "all" | "touched";
  /** Numbers fed at step 1, 2, ...: rates, bias corrections. Of the same names at every step. */
  scalars(step: number): Readonly<Record<string, number>>;
  /** What becomes of an element: called when it is compiled, once or more, and must write every state that is named. */
  next(inputs: UpdateInputs): UpdateOutputs;
}

/** The state's name: what a checkpoint calls it. */
export const stateName = ({ name }: Pick<Variable, "name">, state: string): string => `${name}#${state}`;

/** Whether a saved tensor is an optimiser's state, not a variable: no variable has `#` in its name. */
export const isState = (name: string): boolean => name.includes("#");

/**
 * A row gradient with duplicates summed, without a table of the gradient: for each row, the highest position among the
 * gathered ids is elected, and every duplicate is added there. `rows` hold a sum where `elected[n]` is n, else nothing.
 */
export function summedRows(variable: Variable, gradient: RowGradient) {
  const { graph, shape: [count, ...width] } = variable as Variable & { readonly shape: readonly [number, ...number[]] };
  const { ids, rows } = joinedRows(countedRows(gradient, count), width);
  const gathered = ids.shape[0]!, at = reshape(ids, [gathered, 1]);
  const positions = graph.constant(Float32Array.from({ length: gathered }, (_, position) => position));
  const none = expand(graph.constant(Float32Array.of(-1), []), [count]);
  const elected = cast(gather(scatterNdMax(none, at, positions), ids), "int32");
  const sums = scatterNdAdd(zerosOf(rows, rows.shape), reshape(elected, [gathered, 1]), rows);
  return { ids, elected, rows: sums }; // [n], [n], [n, ...D]
}
