import type { Value } from "../graphs/builder.ts";
import { div, max, mul, sqrt } from "../graphs/ops/arithmetic.ts";
import { sum } from "../graphs/ops/reduce.ts";
import { unsqueeze } from "../graphs/ops/shape.ts";
import { layerMean } from "./layer_mean.ts";

/** The least that lengths multiply to. */
const SMALLEST = 1e-6;

/** Of each row's vector and its items, by the means of their layers: [R, L, D], [R, N, L, D] -> [R, N]. */
export function cosines(vector: Value, items: Value): Value {
  const u = unsqueeze(layerMean(vector), 1), v = layerMean(items), dot = (x: Value, y: Value) => sum(mul(x, y), [2]);
  return div(dot(u, v), max(sqrt(mul(dot(u, u), dot(v, v))), SMALLEST));
}
