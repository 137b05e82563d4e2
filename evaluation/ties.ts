/**
 * Where held-out items stand among items of the same score: by their ids, as in the lists themselves; before all others
 * (optimistic); or behind them (pessimistic).
 */
export type Ties = "by-id" | "optimistic" | "pessimistic";
export const TIES: readonly Ties[] = ["by-id", "optimistic", "pessimistic"];

/** A user's list, as its scores alone tell of it. */
export interface ListedScores {
  /** Descending; -Infinity where the list has no more. */
  readonly scores: Float32Array; // [K]
  /** Items that are not in the list and score as its last one does. */
  readonly beyond: number;
}

/**
 * The ranks, from 0, that items of these scores have in a list, in their order; Infinity past its end, or for a score of
 * -Infinity or NaN. Of equal scores these items go before all others, or behind them; among themselves they keep their
 * order, or each is ranked `alone`, as if the rest of them were others.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { tiedRanks } from "./ties.ts";
 *
 * const list = { scores: Float32Array.of(9, 5, 5, 5), beyond: 1 }; // four items score 5
 * assert.deepEqual(tiedRanks(list, [5, 9, 5], { ties: "optimistic", alone: false }), [1, 0, 2]);
 * assert.deepEqual(tiedRanks(list, [5, 9, 5], { ties: "pessimistic", alone: false }), [3, 0, Infinity]);
 * assert.deepEqual(tiedRanks(list, [5, 9, 5], { ties: "optimistic", alone: true }), [1, 0, 1]);
 * ```
 */
export function tiedRanks(
  { scores, beyond }: ListedScores,
  wanted: readonly number[],
  { ties, alone }: { readonly ties: Exclude<Ties, "by-id">; readonly alone: boolean },
): readonly number[] {
  const k = scores.length, before = new Map<number, number>(), own = new Map<number, number>();
  for (const score of wanted) own.set(score, (own.get(score) ?? 0) + 1);
  return wanted.map((score) => {
    if (!(score > -Infinity) || score < scores[k - 1]!) return Infinity;
    const above = firstOf(scores, (listed) => listed <= score), end = firstOf(scores, (listed) => listed < score);
    const alike = end - above + (end === k ? beyond : 0), earlier = before.get(score) ?? 0;
    before.set(score, earlier + 1);
    const others = alike - (alone ? 1 : own.get(score)!);
    const rank = above + (alone ? 0 : earlier) + (ties === "pessimistic" ? others : 0);
    return rank < k ? rank : Infinity;
  });
}

/** The first place of descending scores from which on something is so. */
function firstOf(scores: Float32Array, isSo: (score: number) => boolean): number {
  let from = 0, end = scores.length;
  while (from < end) {
    const middle = (from + end) >> 1;
    if (isSo(scores[middle]!)) end = middle;
    else from = middle + 1;
  }
  return from;
}
