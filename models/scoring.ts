import type { Value } from "../graphs/builder.ts";
import { gemm, matmul, swapAxes } from "../graphs/ops/linear.ts";
import { mul } from "../graphs/ops/arithmetic.ts";
import { mean, sum } from "../graphs/ops/reduce.ts";
import { reshape, unsqueeze } from "../graphs/ops/shape.ts";

/** Inner product of layer-averaged representations. A pool shared by all rows is one matrix product. */
export function dot(query: Value, items: Value): Value {
  const q = averaged(query), v = averaged(items); // [R, D], [R|1, N, D]
  const [pools, count, width] = v.shape as [number, number, number];
  if (pools === 1) return gemm(q, reshape(v, [count, width]), undefined, { transB: true }); // [R, N]
  if (count === 1) return sum(mul(unsqueeze(q, 1), v), [2]); // [R, 1]
  // onnxruntime fuses the transpose into the product, which then takes half the time of multiplying and summing
  return reshape(matmul(unsqueeze(q, 1), swapAxes(v)), [pools, count]); // [R, N]
}

/** The mean over layers, [.., L, D] -> [.., D]. */
function averaged(x: Value): Value {
  const [layers, width] = x.shape.slice(-2) as [number, number];
  return layers === 1 ? reshape(x, [...x.shape.slice(0, -2), width]) : mean(x, [-2]);
}
