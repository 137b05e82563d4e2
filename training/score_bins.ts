/** Negatives by the score of their positive: pairs in the order of s+, parted in bins of as many pairs each. */
export interface ByPositive {
  /** Mean s+ of each bin, ascending. */
  readonly positive: readonly number[];
  /** Mean s- of each. */
  readonly negative: readonly number[];
  /** Quartiles of s- in each. */
  readonly low: readonly number[];
  readonly high: readonly number[];
}

const BINS = 16;
/** Pairs kept of an epoch; of more, every n-th is. */
const KEPT = 2 ** 14;
/** Digits that are told: a line of the log stays short. */
const DIGITS = 5;

/**
 * Some pairs of an epoch, to tell how hard negatives are for positives that score low and high (Lai et al., AAAI 2024,
 * Fig. 4).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ScoreBins } from "./score_bins.ts";
 *
 * const bins = new ScoreBins(32);
 * for (let at = 31; at >= 0; at--) bins.see(at, 10 * at);
 * const { positive, negative } = bins.report()!;
 * assert.deepEqual([positive[0], positive[15], negative[1]], [0.5, 30.5, 25]);
 * ```
 */
export class ScoreBins {
  readonly #stride: number;
  readonly #pairs: [positive: number, negative: number][] = [];
  #seen = 0;

  /** @param pairs how many an epoch has, at most. */
  constructor(pairs: number) {
    this.#stride = Math.max(1, Math.ceil(pairs / KEPT));
  }

  see(positive: number, negative: number): void {
    if (this.#seen++ % this.#stride === 0) this.#pairs.push([positive, negative]);
  }

  /** Null where there are fewer pairs than bins. */
  report(): ByPositive | null {
    const pairs = this.#pairs.sort(([a], [b]) => a - b);
    if (pairs.length < BINS) return null;
    const bins = Array.from({ length: BINS }, (_, bin) => {
      const own = pairs.slice(Math.round(bin * pairs.length / BINS), Math.round((bin + 1) * pairs.length / BINS));
      const negatives = own.map(([, negative]) => negative).sort((a, b) => a - b);
      const quantile = (share: number) => negatives[Math.floor(share * negatives.length)]!;
      return [mean(own.map(([positive]) => positive)), mean(negatives), quantile(0.25), quantile(0.75)] as const;
    });
    const column = (of: 0 | 1 | 2 | 3) => bins.map((bin) => Number(bin[of].toPrecision(DIGITS)));
    return { positive: column(0), negative: column(1), low: column(2), high: column(3) };
  }
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
