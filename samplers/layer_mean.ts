import type { Value } from "../graphs/builder.ts";
import { mean } from "../graphs/ops/reduce.ts";
import { reshape } from "../graphs/ops/shape.ts";

/** The mean of representations over their layers: [.., L, D] -> [.., D]. */
export function layerMean(x: Value): Value {
  const [layers, width] = x.shape.slice(-2) as [number, number];
  return layers === 1 ? reshape(x, [...x.shape.slice(0, -2), width]) : mean(x, [-2]);
}
