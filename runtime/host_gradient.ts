import { RowGradient, type Value, type Variable } from "../graphs/builder.ts";
import type { TensorData } from "../graphs/tensor.ts";
import { checkIds } from "./bounds.ts";
import type { Tables } from "./host_store.ts";
import type { GradientRows, GradientTerm, HostGradient } from "./host_update.ts";
import type { Update } from "./runtime.ts";
import { scaledRows } from "./scaled_rows.ts";
import { isFed } from "./table_rows.ts";

/** Finds a tensor of one run. */
export type Reading<T> = (run: RunTensors) => T;
/** The tensors of one run: inputs as they were fed, and what the session returned, by name. */
export type RunTensors = (name: string) => TensorData;

/**
 * How the host finds a step's gradient. `ask` asks for a value: rows that are sums of scaled rows of variables are not
 * asked for, but their scales are.
 */
export function gradientReading(
  store: Tables,
  { variable, gradient }: Update,
  ask: (value: Value) => Reading<TensorData>,
): Reading<HostGradient> {
  const floats = (value: Value) => ask(value) as Reading<Float32Array>;
  if (!(gradient instanceof RowGradient)) return floats(gradient);
  const idsOf = (ids: Value, table: Variable): Reading<Int32Array> => {
    const reading = ask(ids), rows = table.shape[0]!;
    if (isFed(ids) && ids.dtype === "int32") return reading as Reading<Int32Array>; // and checked by then
    return (run) => checkIds(int32(reading(run), rows), rows, table.name);
  };
  const parts = gradient.parts.map(({ ids, rows }): Reading<GradientRows> => {
    const at = idsOf(ids, variable),
      terms = scaledRows(rows)?.map(({ rows, scale }): Reading<GradientTerm> => {
        const table = store.block(rows.variable), from = idsOf(rows.ids, rows.variable), scales = floats(scale);
        return (run) => ({ table, ids: from(run), scales: scales(run) });
      });
    if (terms) return (run) => ({ ids: at(run), rows: terms.map((term) => term(run)) });
    const whole = floats(rows);
    return (run) => ({ ids: at(run), rows: whole(run) });
  });
  return (run) => parts.map((part) => part(run));
}

/** Of int64, what files compute, some may be counted from the end of the rows. */
const int32 = (ids: TensorData, rows: number): Int32Array =>
  ids instanceof Int32Array
    ? ids
    : Int32Array.from(ids as ArrayLike<number | bigint>, Number).map((id) => id < 0 ? id + rows : id);
