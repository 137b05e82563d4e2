import { differences } from "./differences.ts";
import { normalTail } from "./distributions.ts";

/** A Wilcoxon signed-rank test. */
export interface Wilcoxon {
  /** Pairs that differ: those that are equal say nothing and are left out. */
  readonly n: number;
  /** Sum of the ranks of the positive differences first - second, W+. */
  readonly w: number;
  /** Two-sided. 1 where no pair differs. */
  readonly p: number;
}

/** Of so many pairs, and fewer, the law of W+ is counted; of more it is as good as normal. */
const EXACT = 50;

/**
 * The Wilcoxon signed-rank test (Biometrics Bulletin 1945): whether the differences of two paired samples are symmetric
 * about zero. Equal pairs are left out, ties share their mean rank. Up to 50 pairs the law of W+ is exact, also with
 * ties; above it is normal, with variance corrected for ties and a continuity correction of 1/2.
 *
 * @throws RangeError where the samples differ in length.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { wilcoxon } from "./wilcoxon.ts";
 *
 * // all five differ one way: 2 of the 2^5 equally likely signs are as far out
 * assert.deepEqual(wilcoxon([2, 3, 5, 7, 9], [1, 1, 2, 3, 4]), { n: 5, w: 15, p: 2 / 32 });
 * ```
 */
export function wilcoxon(first: ArrayLike<number>, second: ArrayLike<number>): Wilcoxon {
  const found = differences(first, second).filter((d) => d !== 0), n = found.length;
  if (n === 0) return { n, w: 0, p: 1 };
  const { doubled, ties } = signedRanks(found);
  const w = found.reduce((sum, d, at) => d > 0 ? sum + doubled[at]! : sum, 0) / 2;
  return { n, w, p: n <= EXACT ? exact(doubled, w) : normal(n, ties, w) };
}

/** Twice the mid-rank of each |d|, which is whole, and the sum of t^3 - t over groups of t ties. */
function signedRanks(found: Float64Array): { readonly doubled: Int32Array; readonly ties: number } {
  const sizes = found.map(Math.abs), order = Int32Array.from(sizes.keys()).sort((a, b) => sizes[a]! - sizes[b]!);
  const doubled = new Int32Array(found.length);
  let ties = 0;
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && sizes[order[to]!] === sizes[order[from]!]) to++;
    for (let at = from; at < to; at++) doubled[order[at]!] = from + 1 + to; // ranks from + 1 to `to`
    ties += (to - from) ** 3 - (to - from);
  }
  return { doubled, ties };
}

/** P(W+ at least as far from its mean): each of the 2^n signs is as likely, and W+ is a sum of ranks. */
function exact(doubled: Int32Array, w: number): number {
  const total = doubled.reduce((a, b) => a + b, 0), chance = new Float64Array(total + 1);
  chance[0] = 1;
  for (const rank of doubled) {
    for (let sum = total; sum >= 0; sum--) chance[sum] = (chance[sum]! + (chance[sum - rank] ?? 0)) / 2;
  }
  const low = Math.min(2 * w, total - 2 * w);
  return Math.min(1, 2 * chance.subarray(0, low + 1).reduce((a, b) => a + b, 0));
}

/** P(W+ at least as far from its mean) where W+ is normal. */
function normal(n: number, ties: number, w: number): number {
  const mean = n * (n + 1) / 4, variance = n * (n + 1) * (2 * n + 1) / 24 - ties / 48;
  const distance = Math.max(0, Math.abs(w - mean) - 0.5);
  return Math.min(1, 2 * normalTail(distance / Math.sqrt(variance)));
}
