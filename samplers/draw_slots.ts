import type { Value } from "../graphs/builder.ts";
import { min, mul } from "../graphs/ops/arithmetic.ts";
import { cast, lessOrEqual } from "../graphs/ops/compare.ts";
import { cumSum, sum } from "../graphs/ops/reduce.ts";
import { slice } from "../graphs/ops/shape.ts";

/**
 * Draws a slot of each row with probabilities proportional to `mass` [R, n] >= 0, by inverting the running total at
 * `noise` [R, 1], uniform in [0, 1): int32 [R, 1]. What has no mass is never drawn.
 */
export function drawSlots(mass: Value, noise: Value): Value {
  const count = mass.shape[1]!, totals = cumSum(mass, 1), total = slice(totals, 1, count - 1, count); // [R, 1]
  const passed = sum(cast(lessOrEqual(totals, mul(noise, total)), "float32"), [1], true);
  return cast(min(passed, count - 1), "int32");
}
