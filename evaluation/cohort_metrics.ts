/** The share of held-out interactions that lists hit, by the popularity cohort of the item. */
export interface CohortHits {
  readonly hitHead: number;
  readonly hitMid: number;
  readonly hitTail: number;
  /** {@link balance} of the three. */
  readonly balance: number;
}

/** Added to each value, so that the balance of values that are all zero is defined: it is 1. */
const GUARD = 1e-7;

/**
 * How even values are: 1 - Gini, from 1/n where one value has all to 1 where all are equal, or all zero (flag that case:
 * a model that hits nothing is perfectly balanced). The measure of Apple's study of negative samplers.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { balance } from "./cohort_metrics.ts";
 *
 * assert.equal(balance([0.3, 0.2, 0.1]).toFixed(6), "0.777778");
 * ```
 */
export function balance(values: readonly number[]): number {
  const sorted = values.map((value) => value + GUARD).sort((a, b) => a - b), n = sorted.length;
  const total = sorted.reduce((a, b) => a + b, 0);
  const weighted = sorted.reduce((sum, value, at) => sum + (2 * (at + 1) - n - 1) * value, 0);
  return 1 - weighted / (n * total);
}

/** Counts hits by cohort: 0 head, 1 mid, 2 tail. Each held-out interaction belongs to the cohort of its item. */
export class CohortCounter {
  readonly #hits = [0, 0, 0];
  readonly #events = [0, 0, 0];
  constructor(readonly cohortOf: Uint8Array) {}

  add(item: number, hit: boolean): void {
    const cohort = this.cohortOf[item]!;
    this.#events[cohort]!++;
    if (hit) this.#hits[cohort]!++;
  }

  /** A cohort without held-out interactions counts as never hit. */
  result(): CohortHits {
    const rates = this.#hits.map((hits, cohort) => hits / Math.max(1, this.#events[cohort]!));
    const [hitHead, hitMid, hitTail] = rates as [number, number, number];
    return { hitHead, hitMid, hitTail, balance: balance(rates) };
  }
}
