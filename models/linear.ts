import type { Value } from "../graphs/builder.ts";
import { gemm } from "../graphs/ops/linear.ts";
import { reshape } from "../graphs/ops/shape.ts";
import { sizeOf } from "../graphs/tensor.ts";

/** x W (+ b) over the last axis: [.., V] -> [.., W]. One product of matrices, whose gradient is one, too. */
export function linear(x: Value, weight: Value, bias?: Value): Value {
  const [from, to] = weight.shape as [number, number], front = x.shape.slice(0, -1);
  if (front.length === 1) return gemm(x, weight, bias); // an exported file leaves the number of rows open
  return reshape(gemm(reshape(x, [sizeOf(front), from]), weight, bias), [...front, to]);
}
