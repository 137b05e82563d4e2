import type { Value } from "../graphs/builder.ts";
import type { DType } from "../graphs/tensor.ts";
import type { Encoder } from "../models/backbone.ts";
import type { Negatives, Objective } from "../samplers/sampler.ts";

/** Lengths that an axis may have, and how the rule calls it; of "R|1" there are two. */
type Axis = readonly [name: string, ...lengths: readonly number[]];

/** Outputs of a step that a sampler's report would be taken for. */
const RESERVED = /^(?:loss|auxiliary)$|^(?:measures|negatives)\//;

/**
 * Checks what a method of somebody's own has returned. Broadcasting forgives a shape that is wrong: [R] beside [R, 1]
 * makes [R, R], and what is trained is another loss.
 *
 * @throws TypeError naming who returned what, the shape it has by the interface, and the shape found.
 */
function check(whose: string, what: string, value: Value, axes: readonly Axis[], dtype: DType = "float32"): void {
  const { shape } = value, isAs = (axis: Axis, at: number) => axis.slice(1).includes(shape[at]!);
  if (value.dtype === dtype && shape.length === axes.length && axes.every(isAs)) return;
  const wanted = axes.map(([name]) => name).join(", ");
  const lengths = axes.map(([, ...lengths]) => lengths.join("|")).join(",");
  throw new TypeError(
    `Cannot train: ${whose} returned "${what}" as ${value.dtype} [${shape}]; it is ${dtype} [${wanted}]` +
      (axes.length > 0 ? `, here [${lengths}]` : ""),
  );
}

const SCALAR: readonly Axis[] = [];

/** Checks an encoder's query and the positives' representations [R, 1, L, D]. */
export function checkEncoder({ query }: Encoder, positive: Value, rows: number): void {
  const [layers = 0, width = 0] = query.shape.slice(-2), R: Axis = ["R", rows];
  check("the backbone", "query", query, [R, ["L", layers], ["D", width]]);
  check("the backbone", "items", positive, [R, ["1", 1], ["L", positive.shape.at(-2)!], ["D", positive.shape.at(-1)!]]);
}

/** Checks scores [R, N] of items [R|1, N, L, D]. */
export function checkScores(scores: Value, items: Value, rows: number): void {
  check("the backbone", "score", scores, [["R", rows], ["N", items.shape[1]!]]);
}

/** Checks what `select` returned. */
export function checkNegatives(found: Negatives, positive: Value): void {
  const whose = "the sampler's select", [rows, , layers, width] = positive.shape as [number, 1, number, number];
  const { items, ids, sources, mask, weight, logQ, positiveLogQ, positiveWeight } = found;
  if (!items) throw new TypeError(`Cannot train: ${whose} returned no "items", and no "objective" in their place`);
  const R: Axis = ["R", rows], pools: Axis = ["R|1", rows, 1], N: Axis = ["N", items.shape[1]!], one: Axis = ["1", 1];
  check(whose, "items", items, [pools, N, ["L", layers], ["D", width]]);
  if (ids) check(whose, "ids", ids, [["R|1", items.shape[0]!], N], "int32");
  if (sources) check(whose, "sources", sources, [pools, ["n", sources.shape[1]!]], "int32");
  if (mask) check(whose, "mask", mask, [R, N]);
  const columns: Axis = ["N|1", items.shape[1]!, 1];
  if (weight) check(whose, "weight", weight, [pools, columns]);
  if (logQ) check(whose, "logQ", logQ, [pools, columns]);
  if (positiveLogQ) check(whose, "positiveLogQ", positiveLogQ, [R, one]);
  if (positiveWeight) check(whose, "positiveWeight", positiveWeight, [R, one]);
  if (found.auxiliary) check(whose, "auxiliary", found.auxiliary, SCALAR);
  for (const [name, value] of Object.entries(found.measures ?? {})) check(whose, `measures.${name}`, value, SCALAR);
}

/** @throws TypeError where a report has the name of an output that a step has by itself. */
export function checkReport({ report = {} }: Negatives | Objective): void {
  const taken = Object.keys(report).find((name) => RESERVED.test(name));
  if (taken === undefined) return;
  throw new TypeError(`Cannot train: the sampler's select reports "${taken}", which is an output of every step`);
}

/** Checks what is to fall. */
export function checkLost(whose: string, what: string, lost: Value | undefined): void {
  if (!lost) throw new TypeError(`Cannot train: ${whose} returned nothing; it returns a number, float32 []`);
  check(whose, what, lost, SCALAR);
}
