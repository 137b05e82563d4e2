import type { Batch } from "../datasets/batching.ts";
import type { Value } from "../graphs/builder.ts";
import { abs } from "../graphs/ops/arithmetic.ts";
import { argMax, argMin, gatherElements } from "../graphs/ops/index.ts";
import { lessOrEqual, where } from "../graphs/ops/compare.ts";
import { reshape } from "../graphs/ops/shape.ts";
import type { Rng } from "../random/rng.ts";
import type { Draw } from "./sampler.ts";
import { rowStream } from "./streams.ts";

/**
 * `count` ids for each row, each drawn by `one` from that row's own random stream.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Rng } from "../random/rng.ts";
 * import { drawRows } from "./candidates.ts";
 * import type { Draw } from "./sampler.ts";
 *
 * const draw = { rng: new Rng(1, "sampler"), epoch: 0 } as Draw;
 * const drawn = (users: number[], first: number) => {
 *   const rows = users.length, batch = { rows, first, users: Int32Array.from(users), positives: new Int32Array(rows) };
 *   return drawRows(batch, draw, 4, (_, rng) => rng.below(1000));
 * };
 * assert.deepEqual(drawn([7, 8], 0).subarray(4), drawn([8], 1)); // a row's draws do not depend on those before
 * ```
 */
export function drawRows(
  batch: Batch,
  draw: Draw,
  count: number,
  one: (user: number, rng: Rng) => number,
): Int32Array {
  const { users } = batch, ids = new Int32Array(users.length * count);
  for (let row = 0, at = 0; row < users.length; row++) {
    const user = users[row]!, stream = rowStream(draw, batch, row);
    for (let column = 0; column < count; column++) ids[at++] = one(user, stream);
  }
  return ids;
}

/** Beyond every float32 score, yet finite: stands for what is not a number or infinite. */
export const LARGEST = 3.4e38;

/**
 * Of each row's candidates, `count` pools side by side, the id whose value is largest in its pool. Ties take the lowest
 * slot; a value that is not finite never wins unless all are, and then slot 0 does.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { GraphBuilder } from "../graphs/builder.ts";
 * import { openRuntime } from "../runtime/providers.ts";
 * import { pickLargest } from "./candidates.ts";
 *
 * const g = new GraphBuilder(), runtime = await openRuntime({ provider: "wasm" });
 * const candidates = g.input("candidates", "int32", [1, 4]), values = g.input("values", "float32", [1, 4]);
 * const { run } = await runtime.compile(g, { outputs: { ids: pickLargest(candidates, values, 2) } }); // pools of two
 * const { ids } = await run({ candidates: Int32Array.of(7, 8, 9, 6), values: Float32Array.of(1, 1, NaN, -2) });
 * assert.deepEqual(ids, Int32Array.of(7, 6));
 * await runtime.dispose();
 * ```
 */
export const pickLargest = (candidates: Value, values: Value, count: number): Value =>
  pickSlots(candidates, argMax(inPools(finiteOr(values, -LARGEST), count), 2), count);

/**
 * As {@link pickLargest}, for the smallest value.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { GraphBuilder } from "../graphs/builder.ts";
 * import { openRuntime } from "../runtime/providers.ts";
 * import { pickSmallest } from "./candidates.ts";
 *
 * const g = new GraphBuilder(), runtime = await openRuntime({ provider: "wasm" });
 * const candidates = g.input("candidates", "int32", [1, 3]), values = g.input("values", "float32", [1, 3]);
 * const { run } = await runtime.compile(g, { outputs: { ids: pickSmallest(candidates, values, 1) } });
 * const { ids } = await run({ candidates: Int32Array.of(7, 8, 9), values: Float32Array.of(-Infinity, 0.2, 0.2) });
 * assert.deepEqual(ids, Int32Array.of(8));
 * await runtime.dispose();
 * ```
 */
export const pickSmallest = (candidates: Value, values: Value, count: number): Value =>
  pickSlots(candidates, argMin(inPools(finiteOr(values, LARGEST), count), 2), count);

/** `x`, or what was `made` of it, and `fallback` where x is infinite or not a number. */
export const finiteOr = (x: Value, fallback: number, made = x): Value =>
  where(lessOrEqual(abs(x), LARGEST), made, fallback);

/** `count` pools side by side [R, count M] as an axis of their own. */
export const inPools = (x: Value, count: number): Value => reshape(x, [x.shape[0]!, count, x.shape[1]! / count]); // [R, count, M]

/** The ids in `slots` [R, count, n] of `count` pools side by side: [R, count n]. */
export function pickSlots(candidates: Value, slots: Value, count: number): Value {
  const [rows, , each] = slots.shape as [number, number, number];
  return reshape(gatherElements(inPools(candidates, count), slots, 2), [rows, count * each]);
}
