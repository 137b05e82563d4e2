import type { Value } from "../graphs/builder.ts";
import { RESHAPING } from "../graphs/layout_ops.ts";
import { sizeOf } from "../graphs/tensor.ts";

/** Finds the elements of a value that is known. */
export type KnownIds = (value: Value) => Int32Array;

const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  Less: (a, b) => a < b,
  LessOrEqual: (a, b) => a <= b,
  Greater: (a, b) => a > b,
  GreaterOrEqual: (a, b) => a >= b,
};

/**
 * How the host finds ids that are some known ids where others compare so, and else yet others: those of a negative that
 * stands in where there is none, say. Null where they are something else. They are a row's few, not a pool's many: a
 * session of their own would take longer to call than to run.
 */
export function hostIds(output: Value, isKnown: (value: Value) => boolean): ((of: KnownIds) => Int32Array) | null {
  const { node, data, dtype } = output, size = sizeOf(output.shape);
  if (isKnown(output)) return (of) => of(output);
  if (data && dtype === "int32" && size === 1) {
    const one = Int32Array.of(Number(data[0]));
    return () => one;
  }
  if (!node) return null;
  const { op: { type }, inputs } = node, compares = COMPARISONS[type];
  if (!RESHAPING.has(type) && !compares && type !== "Where") return null;
  const from = (RESHAPING.has(type) ? inputs.slice(0, 1) : inputs).map((input) =>
    [size, 1].includes(sizeOf(input.shape)) ? hostIds(input, isKnown) : null
  );
  if (from.some((reading) => !reading)) return null;
  return (of) => {
    const [a, b, c] = from.map((reading) => reading!(of)),
      at = (x: Int32Array, n: number) => x[x.length === 1 ? 0 : n]!;
    if (!b) return a!;
    const found = new Int32Array(size);
    for (let n = 0; n < size; n++) {
      found[n] = compares ? Number(compares(at(a!, n), at(b, n))) : at(a!, n) !== 0 ? at(b, n) : at(c!, n);
    }
    return found;
  };
}
