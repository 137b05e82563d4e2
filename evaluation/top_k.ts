/**
 * The best items of each row, gathered from blocks of scores as they come. Ties go to the smaller id; -Infinity and NaN
 * are never taken. A row costs one comparison a score, but for the few that enter its list.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { TopK } from "./top_k.ts";
 *
 * const top = new TopK(1, 2);
 * top.push(Float32Array.of(0.5, 0.9, -Infinity), 3, 0); // items 0 to 2
 * top.push(Float32Array.of(0.7, 0.9, 0.1), 3, 3); // items 3 to 5
 * assert.deepEqual([...top.ids], [1, 4]);
 * ```
 */
export class TopK {
  /** Row-major [rows, k], best first; -1 where a row has fewer. */
  readonly ids: Int32Array;
  readonly scores: Float32Array;

  constructor(readonly rows: number, readonly k: number) {
    this.ids = new Int32Array(rows * k);
    this.scores = new Float32Array(rows * k);
    this.clear();
  }

  clear(): void {
    this.ids.fill(-1);
    this.scores.fill(-Infinity);
  }

  /**
   * Takes a block [rows, columns] of the scores of items `first` and up. Blocks come in ascending order of item. `above`
   * may pass over scores faster, where the block lies.
   */
  push(block: Float32Array, columns: number, first: number, above: Above = skip): void {
    const { k, scores } = this;
    for (let row = 0; row < this.rows; row++) {
      const from = row * columns, last = row * k + k - 1, end = from + columns;
      let least = scores[last]!, at = from;
      while (at < end) {
        at = above(block, at, end, least);
        for (const stop = Math.min(at + NEAR, end); at < stop; at++) {
          if (!(block[at]! > least)) continue;
          this.#insert(row, block[at]!, first + at - from);
          least = scores[last]!;
        }
      }
    }
  }

  /** Equal scores stay in order of arrival, which is that of ids. */
  #insert(row: number, score: number, id: number): void {
    const { k, ids, scores } = this, from = row * k;
    let at = from + k - 1;
    while (at > from && scores[at - 1]! < score) {
      scores[at] = scores[at - 1]!;
      ids[at] = ids[at - 1]!;
      at--;
    }
    scores[at] = score;
    ids[at] = id;
  }
}

/**
 * Passes over scores that are too low: says where, from `from` on, some are near one another of which any is above
 * `least`, or where so few are left that it does not look.
 */
export type Above = (block: Float32Array, from: number, end: number, least: number) => number;

/** Scores that are looked at one by one where any of them may be above. */
const NEAR = 16;
/** Scores that are passed over together: nearly all are too low, and one branch for several is half the time. */
const AT_ONCE = 4;

function skip(block: Float32Array, from: number, end: number, least: number): number {
  let at = from;
  while (
    at + AT_ONCE <= end &&
    !(block[at]! > least || block[at + 1]! > least || block[at + 2]! > least || block[at + 3]! > least)
  ) at += AT_ONCE;
  return at;
}
