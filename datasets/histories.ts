import type { Sequences } from "./sequences.ts";

/** How much a graph of histories holds at a time. */
export interface HistoryCaps {
  /** Histories, S. */
  readonly histories: number;
  /** Tokens of all of them together, K: at least `length`. */
  readonly tokens: number;
  /** The longest history, T. */
  readonly length: number;
}

/**
 * Histories as a graph takes them: without padding between them. A token is one item of one history; those of a history
 * follow each other, oldest first. What is past the last token repeats token 0.
 */
export interface HistoryBatch {
  readonly items: Int32Array; // [K]
  /** How many tokens of its history are newer than each: 0 is the newest. */
  readonly ages: Int32Array; // [K]
  /** The token at each time of each history; 0 past its end, so that cells are read causally. */
  readonly cells: Int32Array; // [S, T]
  /** The cell of each token, s T + t. */
  readonly places: Int32Array; // [K]
  /** The token after which each row asks. */
  readonly asked: Int32Array; // [R]
}

/** Part of `items`: from `start` up to `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** After which tokens rows ask: every one, or the last of each history. */
export type Asks = "all" | "last";

/**
 * Lays out histories that fit, in rows of a batch of `rows`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { packed } from "./histories.ts";
 *
 * const spans = [{ start: 0, end: 2 }, { start: 4, end: 5 }], caps = { histories: 2, tokens: 4, length: 3 };
 * const { items, ages, cells, places, asked } = packed(Int32Array.of(7, 8, 9, 5, 6), spans, caps, 4, "all");
 * assert.deepEqual(items, Int32Array.of(7, 8, 6, 7));
 * assert.deepEqual(ages, Int32Array.of(1, 0, 0, 1));
 * assert.deepEqual(cells, Int32Array.of(0, 1, 0, 2, 0, 0));
 * assert.deepEqual(places, Int32Array.of(0, 1, 3, 0));
 * assert.deepEqual(asked, Int32Array.of(0, 1, 2, 0));
 * ```
 */
export function packed(
  items: Int32Array,
  spans: readonly Span[],
  { histories, tokens, length }: HistoryCaps,
  rows: number,
  asks: Asks,
): HistoryBatch {
  const batch = {
    items: new Int32Array(tokens),
    ages: new Int32Array(tokens),
    cells: new Int32Array(histories * length),
    places: new Int32Array(tokens),
    asked: new Int32Array(rows),
  };
  let token = 0, row = 0;
  spans.forEach(({ start, end }, history) => {
    for (let at = start, time = 0; at < end; at++, time++, token++) {
      const place = history * length + time;
      batch.items[token] = items[at]!;
      batch.ages[token] = end - at - 1;
      batch.places[token] = place;
      batch.cells[place] = token;
      if (asks === "all") batch.asked[row++] = token;
    }
    if (asks === "last") batch.asked[row++] = Math.max(0, token - 1);
  });
  batch.asked.fill(batch.asked[0]!, row);
  batch.items.fill(batch.items[0]!, token);
  batch.ages.fill(batch.ages[0]!, token);
  return batch;
}

/** How many histories from number `from` on, of which `lengthOf` tells how long each is, fit in one batch of `rows`: at least one. */
export function fitting(
  count: number,
  from: number,
  lengthOf: (at: number) => number,
  { histories, tokens }: HistoryCaps,
  rows: number,
  asks: Asks,
): number {
  let fit = 0, held = 0;
  while (from + fit < count && fit < histories) {
    held += lengthOf(from + fit);
    if (fit > 0 && (held > tokens || (asks === "all" ? held : fit + 1) > rows)) break;
    fit++;
  }
  return fit;
}

/** The last `length` items of each user's sequence. */
export const lastOf = ({ offsets }: Sequences, users: Int32Array, length: number): Span[] =>
  Array.from(
    users,
    (user) => ({ start: Math.max(offsets[user]!, offsets[user + 1]! - length), end: offsets[user + 1]! }),
  );

/** How many of the last `most` items each user has who has any. */
export const lengthsOf = ({ offsets }: Sequences, most: number): Int32Array =>
  offsets.subarray(1).map((end, user) => Math.min(most, end - offsets[user]!)).filter((own) => own > 0);

/** Space for a batch of which a few histories are longer than most. */
const SLACK = 1.25;

/** Space for so many histories at a time, of which `lengths` are typical: as many tokens as those of usual length have. */
export function capsOf(lengths: Int32Array, histories: number): HistoryCaps {
  const { mean, longest: length } = spread(lengths);
  return { histories, tokens: Math.max(length, Math.min(histories * length, withSlack(histories * mean))), length };
}

/** Space for as many histories as have so many tokens together, of which `lengths` are typical. */
export function capsWithin(lengths: Int32Array, tokens: number): HistoryCaps {
  const { mean, longest: length } = spread(lengths);
  return { histories: Math.min(tokens, Math.max(1, lengths.length), withSlack(tokens / mean)), tokens, length };
}

const withSlack = (usual: number) => Math.ceil(usual * SLACK);

/** Of lengths of at least 1 each. */
const spread = (lengths: Int32Array) => ({
  mean: Math.max(1, lengths.reduce((sum, each) => sum + each, 0) / lengths.length || 0),
  longest: lengths.reduce((most, each) => Math.max(most, each), 1),
});
