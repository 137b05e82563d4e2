import type { Node, Value } from "../graphs/builder.ts";
import { RESHAPING } from "../graphs/layout_ops.ts";
import { prune } from "../graphs/prune.ts";
import { normalizeAxis, sameShape } from "../graphs/tensor.ts";
import type { Block, Space } from "./arena.ts";
import { choiceKernel, choosesBy, type Choosing } from "./choice_kernel.ts";
import type { Feeds } from "./runtime.ts";
import { unshaped } from "./table_rows.ts";

/** Ids that the host can choose before the run: of each pool of fed candidates, the one whose value is best. */
export interface HostChoice extends Choosing {
  /** The R P chosen ids, int32. */
  readonly output: Value;
  /** The R P M candidates, int32: an input. */
  readonly candidates: Value;
}

/**
 * The choice that `output` is, where its values are elementwise in what the host has: what it computed, and `inputs`. A
 * session would write each operator's result for all candidates; the host keeps the best of a pool in registers.
 */
export function hostChoice(
  output: Value,
  computed: ReadonlySet<Value>,
  inputs: ReadonlySet<Value>,
): HostChoice | null {
  const gathered = unshaped(output).node;
  if (gathered?.op.type !== "GatherElements") return null;
  const [pools, slots] = gathered.inputs as [Value, Value], chosen = uncast(slots).node;
  const largest = chosen?.op.type === "ArgMax", candidates = unshaped(pools);
  if (!chosen || !(largest || chosen.op.type === "ArgMin")) return null;
  const values = chosen.inputs[0]!, { shape } = values;
  const isOfPools = shape.length === 3 && sameShape(pools.shape, shape) &&
    sameShape(slots.shape, [...shape.slice(0, 2), 1]);
  const isOfFirst = (chosen.attributes.select_last_index ?? 0) === 0;
  if (!isOfPools || !isOfFirst || axisOf(chosen) !== 2 || axisOf(gathered) !== 2) return null;
  if (!inputs.has(candidates) || candidates.dtype !== "int32") return null;
  const has = (value: Value) => value.dtype === "float32" && (computed.has(value) || inputs.has(value));
  if (!choosesBy(values, has)) return null;
  const { leaves } = prune(values.graph, [values], computed);
  return { output, candidates, values, largest, from: leaves.filter(has) };
}

/** Slots, whatever their type and axes. */
const uncast = (slots: Value): Value =>
  slots.node && (slots.node.op.type === "Cast" || RESHAPING.has(slots.node.op.type))
    ? uncast(slots.node.inputs[0]!)
    : slots;
const axisOf = ({ op: { type }, inputs: [x], attributes: { axis = 0 } }: Node) =>
  normalizeAxis(axis as number, x!.shape.length, type);

/** Chooses ids, [R P], once the values' parts are in their `places`. */
export function choiceOutput(
  arena: Space,
  { candidates, output: _, ...by }: HostChoice,
  places: ReadonlyMap<Value, Block>,
): (feeds: Feeds) => Int32Array {
  const [rows, pools, length] = by.values.shape as [number, number, number];
  const slots = arena.allocate(rows * pools), choose = choiceKernel(by, arena.memory);
  const from = by.from.map((value) => places.get(value)!.byteOffset);
  return (feeds) => {
    choose(slots.byteOffset, ...from);
    const ids = feeds[candidates.name] as Int32Array;
    return slots.ints().map((slot, pool) => ids[pool * length + slot]!);
  };
}
