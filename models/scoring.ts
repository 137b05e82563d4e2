import type { Value } from "../graphs/builder.ts";
import { gemm, matmul, swapAxes } from "../graphs/ops/linear.ts";
import { mul } from "../graphs/ops/arithmetic.ts";
import { mean, sum } from "../graphs/ops/reduce.ts";
import { reshape, squeeze, unsqueeze } from "../graphs/ops/shape.ts";

/**
 * Inner product of layer-averaged representations. A pool shared by all rows is one matrix product.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { GraphBuilder } from "../graphs/builder.ts";
 * import { openRuntime } from "../runtime/providers.ts";
 * import { dot } from "./scoring.ts";
 *
 * const g = new GraphBuilder(), runtime = await openRuntime({ provider: "wasm" });
 * const query = g.input("query", "float32", [1, 2, 2]), items = g.input("items", "float32", [1, 2, 2, 2]); // 2 layers
 * const { run } = await runtime.compile(g, { outputs: { scores: dot(query, items) } });
 * const found = await run({ query: Float32Array.of(2, 0, 0, 4), items: Float32Array.of(1, 0, 1, 0, 1, 1, 3, 5) });
 * assert.deepEqual(found.scores, Float32Array.of(1, 8)); // (1, 2) with (1, 0) and (2, 3)
 * await runtime.dispose();
 * ```
 */
export function dot(query: Value, items: Value): Value {
  const q = flat(averaged(query)), v = flat(averaged(items)); // [R, D], [R|1, N, D]
  const [pools, count, width] = v.shape as [number, number, number];
  if (pools === 1) return gemm(q, reshape(v, [count, width]), undefined, { transB: true }); // [R, N]
  if (count === 1) return sum(mul(unsqueeze(q, 1), v), [2]); // [R, 1]
  // onnxruntime fuses the transpose into the product, which then takes half the time of multiplying and summing
  return reshape(matmul(unsqueeze(q, 1), swapAxes(v)), [pools, count]); // [R, N]
}

/** The mean over layers, [.., L, D] -> [.., 1, D]. */
export const averaged = (x: Value): Value => x.shape.at(-2) === 1 ? x : mean(x, [-2], true);

/** [.., 1, D] -> [.., D]. Squeeze, because an exported file leaves the number of rows open. */
const flat = (x: Value) => squeeze(x, [-2]);
