import type { Value } from "../../graphs/builder.ts";
import { sizeOf, type TensorData } from "../../graphs/tensor.ts";

/** Ops whose elements are some of those of their first input. */
const CHOOSING: ReadonlySet<string> = new Set(
  ["Identity", "Reshape", "Squeeze", "Unsqueeze", "Transpose", "Expand", "Tile", "Slice", "Split", "Gather"].concat(
    ["GatherElements", "GatherND", "Cast", "ReduceMax", "ReduceMin"],
  ),
);
const sumOf = (sizes: readonly number[]) => sizes.reduce((a, b) => a + b, 0);
const first = ([size]: readonly number[]) => size!;

/** How large a result may be, where its inputs are at most so large. */
const rules: Readonly<Record<string, (sizes: readonly number[]) => number>> = {
  Add: sumOf,
  Sub: sumOf,
  Mul: (sizes) => sizes.reduce((a, b) => a * b, 1),
  Div: first, // of whole numbers
  Mod: ([, divisor]) => divisor!,
  Neg: first,
  Abs: first,
  Min: (sizes) => Math.max(...sizes),
  Max: (sizes) => Math.max(...sizes),
  Concat: (sizes) => Math.max(...sizes),
  Where: ([, a, b]) => Math.max(a!, b!),
};

/**
 * A size that no element of whole numbers exceeds, whatever their sign: by the ops that make them of constants and of
 * `ids`, which are below `count`. Infinity where that cannot be told.
 */
export function largest(value: Value, ids: Value, count: number): number {
  const found = new Map<Value, number>([[ids, Math.max(0, count - 1)]]);
  const of = (x: Value): number => {
    const most = found.get(x) ?? computed(x);
    found.set(x, most);
    return most;
  };
  const computed = (x: Value): number => {
    if (x.data) return largestOf(x.data);
    if (x.dtype === "bool") return 1;
    if (x.dtype === "float32" || !x.node) return Infinity;
    const { op: { type }, inputs } = x.node;
    if (CHOOSING.has(type)) return of(inputs[0]!);
    if (type === "ReduceSum") return of(inputs[0]!) * sizeOf(inputs[0]!.shape) / Math.max(1, sizeOf(x.shape));
    if (type === "ArgMax" || type === "ArgMin") return Math.max(...inputs[0]!.shape);
    return rules[type]?.(inputs.map(of)) ?? Infinity;
  };
  return of(value);
}

const known = new WeakMap<TensorData, number>();
/** Tables are gone through once. */
function largestOf(data: TensorData): number {
  let most = known.get(data) ?? -1;
  if (most < 0) {
    most = 0;
    for (const x of data) most = Math.max(most, Math.abs(Number(x)));
    known.set(data, most);
  }
  return most;
}
