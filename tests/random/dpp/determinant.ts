import type { FeatureKernel } from "../../../random/dpp/kernel.ts";

/** det(K_S) of a kernel of features, by Laplace's expansion along the first row: slow, and plain to see. */
export function determinant({ features, width, quality }: FeatureKernel, slots: readonly number[]): number {
  const entry = (a: number, b: number) =>
    Array.from({ length: width }, (_, d) => features[a * width + d]! * features[b * width + d]!)
      .reduce((sum, x) => sum + x, 0) * quality[a]! * quality[b]!;
  const minor = (rows: readonly number[], columns: readonly number[]): number =>
    rows.length === 0
      ? 1
      : columns.reduce((sum, column, at) =>
        sum + (-1) ** at * entry(rows[0]!, column) * minor(rows.slice(1), columns.toSpliced(at, 1)), 0);
  return minor(slots, slots);
}
