import type { ByPositive } from "./score_bins.ts";

/**
 * What the negatives of an epoch were, as used: means over the pairs that were looked at. Of an epoch that was resumed,
 * the pairs since.
 */
export interface NegativesReport {
  /** Pairs (positive, negative) looked at. */
  readonly pairs: number;
  /** s- / s+ over pairs whose positive scores above 0.001; `skipped` is the share of the others (Lai et al., AAAI 2024). */
  readonly hardness: { readonly mean: number | null; readonly median: number | null; readonly skipped: number };
  /**
   * Share of pairs of which a score is no finite number: such have no hardness. A sampler that chooses by scores chooses
   * such a negative only where no candidate has a finite score. (NaN, and what makes the loss infinite, end the run.)
   */
  readonly nonFinite: number;
  /** How hard they are for positives that score low and high; null where there were few pairs. */
  readonly byPositive: ByPositive | null;
  /** Share of pairs with sigmoid(s- - s+) below 0.001: they teach nothing. */
  readonly zeroGradient: number;
  /** Mean of sigmoid(s- - s+), how far BPR's gradient moves the pair apart. */
  readonly gradient: number;
  /** Mean over users of 1 - cosine between pairs of their negatives (DivNS, Fig. 3); null where no user had two. */
  readonly cosineDistance: number | null;
  /**
   * Of negatives that are items, or of what they were made of; where they were made of no items, of the items nearest to
   * some of them, up to 256 an epoch.
   */
  readonly items: ItemsReport | null;
}

/** Which items the negatives were. */
export interface ItemsReport {
  /** Share that is held out for the user, and what it would be of all items that may be drawn; null without such. */
  readonly falseNegatives: { readonly rate: number; readonly base: number } | null;
  /** As that of the negatives, of these items. Mixtures of items mostly lie closer together than the items do. */
  readonly cosineDistance: number | null;
  /** Share of a user's unseen items that score lower, under the model that the epoch left: 1/2 of uniform negatives. */
  readonly quantile: number | null;
  /** Mean train interactions. */
  readonly popularity: number;
  /** Shares of the popularity cohorts. */
  readonly head: number;
  readonly mid: number;
  readonly tail: number;
  /** Distinct items per negative. */
  readonly unique: number;
}
