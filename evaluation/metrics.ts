/** One user's ranked list against what the user took. */
export interface RankedUser {
  /** Ranks of the hits, ascending, from 0. */
  readonly hits: readonly number[];
  /** Different items that the user took, |G|. */
  readonly relevant: number;
}
/** A metric of one user's first K ranks, in [0, 1]. */
export type Metric = (user: RankedUser, k: number) => number;

/** 0 where there is nothing to divide by: a user who took nothing. */
const share = (x: number, of: number): number => of > 0 ? x / of : 0;
const count = (hits: readonly number[], k: number): number => hits.reduce((n, rank) => rank < k ? n + 1 : n, 0);

/** 1 / log2(j + 1) at rank j from 1, and its running sums: the discounts of DCG. */
const discounts: number[] = [], ideal: number[] = [0];
function discount(rank: number): number {
  for (let at = discounts.length; at <= rank; at++) {
    discounts.push(1 / Math.log2(at + 2));
    ideal.push(ideal[at]! + discounts[at]!);
  }
  return discounts[rank]!;
}
function idealGain(length: number): number {
  discount(length);
  return ideal[length]!;
}
const gain = (hits: readonly number[], k: number): number =>
  hits.reduce((gain, rank) => rank < k ? gain + discount(rank) : gain, 0);

/**
 * The ranking metrics, by name. Relevance is binary; |G| counts a user's different held-out items, also past K.
 *
 * - `recall` |L and G| / |G|; `capped-recall` over min(|G|, K); `precision` |L and G| / K; `hit` 1 where there is a hit.
 * - `ndcg` sum over hits of 1 / log2(j + 1), over the same sum of the first min(|G|, K) ranks (Järvelin & Kekäläinen,
 *   TOIS 2002). `retrieved-ndcg` divides by that of the hits alone, put first, as NGCF's code does: it asks how well
 *   what was found is ordered, not how much was found, and is never less.
 * - `mrr` 1 / rank of the first hit. `map` mean precision at the hits, over min(|G|, K).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { metrics } from "./metrics.ts";
 *
 * const user = { hits: [0, 2], relevant: 3 }; // relevance 1 0 1 0 0
 * assert.equal(metrics.recall(user, 5), 2 / 3);
 * assert.equal(metrics.ndcg(user, 5).toFixed(6), "0.703918");
 * ```
 */
export const metrics = {
  recall: ({ hits, relevant }, k) => share(count(hits, k), relevant),
  precision: ({ hits }, k) => count(hits, k) / k,
  hit: ({ hits }, k) => count(hits, k) > 0 ? 1 : 0,
  ndcg: ({ hits, relevant }, k) => share(gain(hits, k), idealGain(Math.min(relevant, k))),
  mrr: ({ hits }, k) => hits.length > 0 && hits[0]! < k ? 1 / (hits[0]! + 1) : 0,
  map: ({ hits, relevant }, k) =>
    share(
      hits.reduce((sum, rank, before) => rank < k ? sum + (before + 1) / (rank + 1) : sum, 0),
      Math.min(relevant, k),
    ),
  "capped-recall": ({ hits, relevant }, k) => share(count(hits, k), Math.min(relevant, k)),
  "retrieved-ndcg": ({ hits }, k) => share(gain(hits, k), idealGain(count(hits, k))),
} as const satisfies Readonly<Record<string, Metric>>;
