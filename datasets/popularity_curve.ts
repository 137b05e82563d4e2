import { gini } from "./gini.ts";

/** How much of all interactions the most popular items have, of those that have any. */
export interface PopularityCurve {
  /** Share of the interactions of the top 1% of the items, of their number rounded up; likewise the others. */
  readonly top1: number;
  readonly top5: number;
  readonly top10: number;
  readonly top20: number;
  readonly top50: number;
  /** 0 where all items are met as often. */
  readonly gini: number;
}

/**
 * The popularity curve of these counts.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { popularityCurve } from "./popularity_curve.ts";
 *
 * const { top1, top50, gini } = popularityCurve(Int32Array.of(6, 0, 1, 1, 2));
 * assert.deepEqual([top1, top50, gini], [0.6, 0.8, 0.4]); // 6 of 10, 6 + 2 of 10
 * ```
 */
export function popularityCurve(popularity: Int32Array): PopularityCurve {
  const ascending = popularity.filter((count) => count > 0).sort(), items = ascending.length;
  const total = ascending.reduce((sum, count) => sum + count, 0);
  const top = (share: number) => {
    const first = items - Math.ceil(share * items);
    return total > 0 ? ascending.subarray(first).reduce((sum, count) => sum + count, 0) / total : 0;
  };
  return { top1: top(0.01), top5: top(0.05), top10: top(0.1), top20: top(0.2), top50: top(0.5), gini: gini(ascending) };
}
