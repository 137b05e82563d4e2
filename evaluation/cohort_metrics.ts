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

/** Held-out interactions, and those that were hit, by cohort: 0 head, 1 mid, 2 tail. */
export interface CohortCounts {
  readonly hits: readonly number[]; // [3]
  readonly events: readonly number[]; // [3]
}

/** Counts hits by cohort. Each held-out interaction belongs to the cohort of its item. */
export class CohortCounter {
  readonly #hits = [0, 0, 0];
  readonly #events = [0, 0, 0];
  constructor(readonly cohortOf: Uint8Array) {}

  /** Of an item that is held out. */
  held(item: number): void {
    this.#events[this.cohortOf[item]!]!++;
  }

  /** Of one that is in the list, too. */
  hit(item: number): void {
    this.#hits[this.cohortOf[item]!]!++;
  }

  counts(): CohortCounts {
    return { hits: this.#hits, events: this.#events };
  }
}

/** What was counted in parts, as shares. A cohort without held-out interactions counts as never hit. */
export function cohortHits(parts: readonly CohortCounts[]): CohortHits {
  const total = (of: keyof CohortCounts, cohort: number) => parts.reduce((sum, part) => sum + part[of][cohort]!, 0);
  const rates = [0, 1, 2].map((cohort) => total("hits", cohort) / Math.max(1, total("events", cohort)));
  const [hitHead, hitMid, hitTail] = rates as [number, number, number];
  return { hitHead, hitMid, hitTail, balance: balance(rates) };
}
