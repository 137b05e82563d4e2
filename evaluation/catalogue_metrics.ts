import { cohorts } from "../datasets/cohorts.ts";
import { gini } from "../datasets/gini.ts";

/** How recommendations spread over the catalogue. */
export interface Spread {
  /** Share of the items that are in some list. */
  readonly coverage: number;
  /** Gini coefficient of how often items are recommended, never-recommended ones included: 0 even, 1 all one item. */
  readonly gini: number;
  /** Mean train interactions of what is recommended (average recommendation popularity). */
  readonly popularity: number;
  /** Shares of the lists that are head, mid and tail: thirds of the train interactions, most popular first. */
  readonly head: number;
  readonly mid: number;
  readonly tail: number;
}

/**
 * Spread of all the lists, in parts, -1 where a list is short, over items whose train interactions are `popularity`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { spread } from "./catalogue_metrics.ts";
 *
 * const { coverage, gini, popularity } = spread([Int32Array.of(0, 0), Int32Array.of(1, -1)], Int32Array.of(4, 2, 1, 0));
 * assert.equal(coverage, 0.5);
 * assert.equal(popularity, 10 / 3);
 * assert.equal(gini.toFixed(4), "0.5833");
 * ```
 */
export function spread(parts: readonly Int32Array[], popularity: Int32Array): Spread {
  const items = popularity.length, times = new Int32Array(items), of = cohorts(popularity).of;
  const shares = [0, 0, 0];
  let total = 0, met = 0;
  for (const lists of parts) {
    for (const item of lists) {
      if (item < 0) continue;
      times[item]!++;
      total++;
      met += popularity[item]!;
      shares[of[item]!]!++;
    }
  }
  const found = times.reduce((n, count) => count > 0 ? n + 1 : n, 0);
  const share = (x: number) => total > 0 ? x / total : 0;
  return {
    coverage: found / items,
    gini: gini(times.toSorted()),
    popularity: share(met),
    head: share(shares[0]!),
    mid: share(shares[1]!),
    tail: share(shares[2]!),
  };
}

/** The share of `items` that are among the first `k` of some list; lists of length `longest`, in parts, -1 where one is short. */
export function coverage(parts: readonly Int32Array[], longest: number, k: number, items: number): number {
  const met = new Uint8Array(items);
  for (const lists of parts) {
    for (let first = 0; first < lists.length; first += longest) {
      for (const item of lists.subarray(first, first + Math.min(k, longest))) if (item >= 0) met[item] = 1;
    }
  }
  return met.reduce((count, found) => count + found, 0) / items;
}
