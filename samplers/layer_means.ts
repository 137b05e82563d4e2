import type { Vectors } from "./sampler.ts";

/** The mean of each representation over its layers: row-major [n, width]. */
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
