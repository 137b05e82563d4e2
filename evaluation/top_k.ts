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
  /** Where ties are counted: how many items are not in a row's list and score as its last one does. */
  readonly beyond?: Int32Array; // [rows]

  constructor(readonly rows: number, readonly k: number, { countsTies = false } = {}) {
    this.ids = new Int32Array(rows * k);
    this.scores = new Float32Array(rows * k);
    if (countsTies) this.beyond = new Int32Array(rows);
    this.clear();
  }

  clear(): void {
    this.ids.fill(-1);
    this.scores.fill(-Infinity);
    this.beyond?.fill(0);
  }

  /**
   * Takes a block [rows, columns] of the scores of items `first` and up. Blocks come in ascending order of item. There may
   * be faster ways over it where it lies.
   */
  push(block: Float32Array, columns: number, first: number, ways?: Ways): void {
    for (let row = 0; row < this.rows; row++) {
      const from = row * columns, end = from + columns;
      if (this.beyond) this.#takeCounting(row, block, from, end, first, this.beyond, ways);
      else if (ways) this.#takeAbove(row, block, from, end, first, ways);
      else this.#takeAll(row, block, from, end, first);
    }
  }

  #takeAll(row: number, block: Float32Array, from: number, end: number, first: number): void {
    const { scores } = this, last = row * this.k + this.k - 1;
    let least = scores[last]!;
    for (let at = from; at < end;) {
      // nearly all are too low, and one branch for several is half the time
      while (
        at + AT_ONCE <= end &&
        !(block[at]! > least || block[at + 1]! > least || block[at + 2]! > least || block[at + 3]! > least)
      ) at += AT_ONCE;
      for (const stop = Math.min(at + AT_ONCE, end); at < stop; at++) {
        if (!(block[at]! > least)) continue;
        this.#insert(row, block[at]!, first + at - from);
        least = scores[last]!;
      }
    }
  }

  #takeAbove(row: number, block: Float32Array, from: number, end: number, first: number, ways: Ways): void {
    const { k, scores } = this, last = row * k + k - 1, least = scores[last]!, { found } = ways;
    // of an empty list's first block, what is too low is known before any is in the list: few then come and go
    const count = ways.above(from, end, least > -Infinity ? least : below(ways.reached(from, end, k)));
    for (let at = 0; at < count; at++) {
      const score = block[found[at]!]!;
      if (score > scores[last]!) this.#insert(row, score, first + found[at]! - from);
    }
  }

  /** As the other two, and counts what scores as the last of the list but comes too late. */
  #takeCounting(
    row: number,
    block: Float32Array,
    from: number,
    end: number,
    first: number,
    beyond: Int32Array,
    ways?: Ways,
  ): void {
    const { k, scores } = this, last = row * k + k - 1;
    const take = (at: number) => {
      const score = block[at]!, least = scores[last]!;
      if (score > least) {
        this.#insert(row, score, first + at - from);
        // what falls out of the list is as good as its last one, or all that was so far is worse than that
        beyond[row] = least > -Infinity && scores[last] === least ? beyond[row]! + 1 : 0;
      } else if (score === least && score > -Infinity) beyond[row]!++;
    };
    if (!ways) {
      for (let at = from; at < end; at++) take(at);
      return;
    }
    const least = scores[last]!, { found } = ways;
    const count = ways.above(from, end, below(least > -Infinity ? least : ways.reached(from, end, k)));
    for (let at = 0; at < count; at++) take(found[at]!);
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

/** Ways over a block of scores, by their numbers in it. */
export interface Ways {
  /** How many of the scores, from number `from` on and before `end`, are above `least`: numbers ascending in `found`. */
  above(from: number, end: number, least: number): number;
  readonly found: Int32Array;
  /** A number that at least `count` of the scores reach; -Infinity where it knows none. */
  reached(from: number, end: number, count: number): number;
}

const float = new Float32Array(1), bits = new Int32Array(float.buffer);
/** The next float32 below: what reaches a number is above it. */
function below(x: number): number {
  if (x === -Infinity) return x;
  float[0] = x === 0 ? -0 : x;
  bits[0]! += x > 0 ? -1 : 1;
  return float[0];
}

/** Scores that are passed over together. */
const AT_ONCE = 4;
