/**
 * The cohorts, most popular first.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { COHORTS, cohorts } from "./cohorts.ts";
 *
 * const { of } = cohorts(Int32Array.of(1, 3, 0, 3, 3, 2));
 * assert.deepEqual(Array.from(of, (at) => COHORTS[at]), ["tail", "head", "tail", "mid", "tail", "tail"]);
 * ```
 */
export const COHORTS = ["head", "mid", "tail"] as const;
export type Cohort = (typeof COHORTS)[number];

/** How many items each cohort has; `tail` counts those that train never shows, too. */
export interface CohortSizes {
  readonly head: number;
  readonly mid: number;
  readonly tail: number;
  /** Items of the tail without a train interaction. */
  readonly cold: number;
}

/** Items by popularity: each cohort holds about a third of the interactions. */
export interface Cohorts {
  /** Which of {@link COHORTS}. */
  readonly of: Uint8Array; // [items]
  readonly sizes: CohortSizes;
}

/**
 * Splits items into head, mid and tail as Apple's study of balance does: by descending popularity (ties by ascending
 * id), an item is of the head while the running sum, itself included, is below a third of the total, of the mid below
 * two thirds, else of the tail.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { cohorts } from "./cohorts.ts";
 *
 * const { of, sizes } = cohorts(Int32Array.of(1, 3, 0, 3, 3, 2));
 * assert.deepEqual(of, Uint8Array.of(2, 0, 2, 1, 2, 2));
 * assert.deepEqual(sizes, { head: 1, mid: 1, tail: 4, cold: 1 });
 * ```
 */
export function cohorts(popularity: Int32Array): Cohorts {
  const byPopularity = Int32Array.from(popularity.keys()).sort((a, b) => popularity[b]! - popularity[a]! || a - b);
  const total = popularity.reduce((sum, count) => sum + count, 0);
  const of = new Uint8Array(popularity.length), sizes = [0, 0, 0];
  let sum = 0;
  for (const item of byPopularity) {
    sum += popularity[item]!;
    const cohort = 3 * sum < total ? 0 : 3 * sum < 2 * total ? 1 : 2;
    of[item] = cohort;
    sizes[cohort]!++;
  }
  const cold = popularity.reduce((count, seen) => seen === 0 ? count + 1 : count, 0);
  return { of, sizes: { head: sizes[0]!, mid: sizes[1]!, tail: sizes[2]!, cold } };
}
