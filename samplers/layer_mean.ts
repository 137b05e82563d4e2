import type { Value } from "../graphs/builder.ts";
import { mean } from "../graphs/ops/reduce.ts";
import { reshape } from "../graphs/ops/shape.ts";
import type { Vectors } from "./sampler.ts";

/** The mean of representations over their layers, in a graph: [.., L, D] -> [.., D]. */
export function layerMean(x: Value): Value {
  const [layers, width] = x.shape.slice(-2) as [number, number];
  return layers === 1 ? reshape(x, [...x.shape.slice(0, -2), width]) : mean(x, [-2]);
}

/** The same of what a probe gives, on the host: row-major [n, width]. */
export function layerMeans({ layers, width, data }: Vectors): Float32Array {
  if (layers === 1) return data;
  const rows = data.length / (layers * width), means = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    for (let layer = 0; layer < layers; layer++) {
      const from = (row * layers + layer) * width;
      for (let d = 0; d < width; d++) means[row * width + d]! += data[from + d]! / layers;
    }
  }
  return means;
}
