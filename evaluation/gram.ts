import { innerProducts } from "../random/dpp/inner_products.ts";

/** Y'Y of `y` [count, dim], its lower triangle. */
export function gram(y: Float64Array, count: number, dim: number): Float64Array {
  const columns = new Float64Array(y.length);
  for (let at = 0; at < count; at++) for (let d = 0; d < dim; d++) columns[d * count + at] = y[at * dim + d]!;
  return innerProducts(columns, dim, columns, dim, count, new Float64Array(dim * dim), true);
}
