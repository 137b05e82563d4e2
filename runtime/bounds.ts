import type { Node, Value } from "../graphs/builder.ts";
import type { TensorData } from "../graphs/tensor.ts";

/** An input of ids, and how many rows there are to gather from. */
export interface Bound {
  readonly input: Value;
  readonly rows: number;
  readonly table: string;
}

/** The inputs that `nodes` use as row ids. WebGPU does not notice an id out of range: it corrupts another row. */
export function boundsOf(nodes: readonly Node[]): readonly Bound[] {
  return nodes.flatMap(({ op, inputs: [table, ids], attributes }) =>
    op.type === "Gather" && (attributes.axis ?? 0) === 0 && ids && !ids.node && !ids.data
      ? [{ input: ids, rows: table!.shape[0]!, table: table!.name }]
      : []
  );
}

/** @throws RangeError naming the input, the table and the id that is not in it. */
export function checkBounds(bounds: readonly Bound[], feeds: Readonly<Record<string, TensorData>>): void {
  for (const { input, rows, table } of bounds) {
    const ids = feeds[input.name];
    if (!(ids instanceof Int32Array)) continue;
    for (let at = 0; at < ids.length; at++) {
      const id = ids[at]!;
      if (id < 0 || id >= rows) {
        throw new RangeError(
          `Cannot run: input "${input.name}" holds id ${id} at ${at}; "${table}" has rows 0 to ${rows - 1}`,
        );
      }
    }
  }
}
