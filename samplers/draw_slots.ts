import type { Value } from "../graphs/builder.ts";
import { add, min, mul, sub } from "../graphs/ops/arithmetic.ts";
import { cast, lessOrEqual, where } from "../graphs/ops/compare.ts";
import { gatherElements } from "../graphs/ops/index.ts";
import { cumSum, sum } from "../graphs/ops/reduce.ts";
import { slice, unsqueeze } from "../graphs/ops/shape.ts";

/** Most slots that are looked through one by one: of more, halving looks at fewer numbers than there are. */
const FEW = 64;

/**
 * Draws K slots of each row with replacement, with probabilities proportional to `mass` [R, n] >= 0, by inverting the
 * running total at `noise` [R, K], uniform in [0, 1): int32 [R, K]. What has no mass is never drawn.
 */
export function drawSlots(mass: Value, noise: Value): Value {
  const count = mass.shape[1]!, totals = cumSum(mass, 1), total = slice(totals, 1, count - 1, count); // [R, n], [R, 1]
  const passed = (count <= FEW ? passedOneByOne : passedByHalving)(totals, mul(noise, total));
  return min(passed, count - 1);
}

/** How many of a row's `totals` [R, n], which never fall, are at most each of `bounds` [R, K]: int32 [R, K]. */
type Passed = (totals: Value, bounds: Value) => Value;

const passedOneByOne: Passed = (totals, bounds) => {
  const are = lessOrEqual(unsqueeze(totals, 1), unsqueeze(bounds, 2)); // [R, K, n]
  return cast(sum(cast(are, "float32"), [2]), "int32");
};

/** Bit by bit from the highest: log n looks into a row for each bound. The last total is above all bounds, or 0. */
const passedByHalving: Passed = (totals, bounds) => {
  const count = totals.shape[1]!, { graph, shape } = bounds;
  let found: Value = graph.constant(new Int32Array(shape[0]! * shape[1]!), shape);
  for (let bit = 2 ** Math.floor(Math.log2(count)); bit >= 1; bit /= 2) {
    const more = add(found, bit), last = gatherElements(totals, sub(min(more, count), 1), 1);
    found = where(lessOrEqual(last, bounds), more, found);
  }
  return found;
};
