import { cohorts } from "../datasets/cohorts.ts";
import { gini } from "../datasets/gini.ts";

/** How recommendations spread over the catalogue. */
export interface Spread {
  /** Share of the items that are in some list. */
  readonly coverage: number;
  /** Gini coefficient of how often items are recommended, never-recommended ones included: 0 even, 1 all one item. */
  readonly gini: number;
  /** Shannon entropy -sum p ln p of how often items are recommended: 0 for one item, at most ln of how many there are. */
  readonly entropy: number;
  /** Mean over lists of the mean train interactions of what is in them (average recommendation popularity). */
  readonly popularity: number;
  /** The same of ln(1 + train interactions): a few items that are met very often do not outweigh all others. */
  readonly logPopularity: number;
  /** `popularity` over the train interactions of the most popular item: 0 to 1, whatever the size of the data. */
  readonly relativePopularity: number;
  /** Shares of the lists that are head, mid and tail: thirds of the train interactions, most popular first. */
  readonly head: number;
  readonly mid: number;
  readonly tail: number;
}

/**
 * Spread of all the lists, of length `longest`, in parts, -1 where a list is short, over items whose train interactions
 * are `popularity`. Shares of cohorts are of all places of all lists.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { spread } from "./catalogue_metrics.ts";
 *
 * const { coverage, gini, popularity, relativePopularity } = spread([Int32Array.of(0, 0), Int32Array.of(1, -1)], Int32Array.of(4, 2, 1, 0), 2);
 * assert.equal(coverage, 0.5);
 * assert.equal(popularity, (4 + 2) / 2);
 * assert.equal(relativePopularity, 3 / 4);
 * assert.equal(gini.toFixed(4), "0.5833");
 * ```
 */
export function spread(parts: readonly Int32Array[], popularity: Int32Array, longest: number): Spread {
  const items = popularity.length, times = new Int32Array(items), of = cohorts(popularity).of;
  const shares = [0, 0, 0];
  let total = 0, means = 0, logMeans = 0, filled = 0;
  for (const lists of parts) {
    for (let from = 0; from < lists.length; from += longest) {
      let met = 0, logs = 0, length = 0;
      for (const item of lists.subarray(from, from + longest)) {
        if (item < 0) continue;
        times[item]!++;
        length++;
        met += popularity[item]!;
        logs += Math.log1p(popularity[item]!);
        shares[of[item]!]!++;
      }
      total += length;
      if (length === 0) continue;
      means += met / length;
      logMeans += logs / length;
      filled++;
    }
  }
  const found = times.reduce((n, count) => count > 0 ? n + 1 : n, 0);
  const most = popularity.reduce((most, count) => Math.max(most, count), 0);
  const share = (x: number) => total > 0 ? x / total : 0;
  const entropy = times.reduce((sum, count) => count > 0 ? sum - share(count) * Math.log(share(count)) : sum, 0);
  return {
    coverage: found / items,
    gini: gini(times.toSorted()),
    entropy,
    popularity: filled > 0 ? means / filled : 0,
    logPopularity: filled > 0 ? logMeans / filled : 0,
    relativePopularity: filled > 0 && most > 0 ? means / filled / most : 0,
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
