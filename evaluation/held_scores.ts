import type { Catalogue } from "../datasets/catalogue.ts";
import { lowerBound } from "../datasets/lower_bound.ts";

/** The scores of what a batch of users took, kept as blocks of scores come. */
export class HeldScores {
  #users: Int32Array = new Int32Array();
  #scores: readonly Float32Array[] = [];

  constructor(readonly truth: Catalogue) {}

  /** Begins a batch. */
  begin(users: Int32Array): void {
    const { offsets } = this.truth;
    this.#users = users.slice();
    this.#scores = Array.from(users, (user) => new Float32Array(offsets[user + 1]! - offsets[user]!));
  }

  /** Keeps what it needs of a block of scores, [rows, columns], of items `first` and up. */
  take(block: Float32Array, columns: number, first: number): void {
    const { offsets, positives } = this.truth;
    this.#users.forEach((user, row) => {
      const held = positives.subarray(offsets[user], offsets[user + 1]);
      copyScores(held, block.subarray(row * columns, (row + 1) * columns), first, this.#scores[row]!);
    });
  }

  /** The score of an item that the user of a row took. */
  of(row: number, item: number): number {
    const { offsets, positives } = this.truth, user = this.#users[row]!, start = offsets[user]!;
    return this.#scores[row]![lowerBound(positives, start, offsets[user + 1]!, item) - start]!;
  }
}

/** Copies the scores of some items, ascending, out of a row of a block, which has those of items `first` and up. */
export function copyScores(items: Int32Array, row: Float32Array, first: number, into: Float32Array): void {
  for (let at = lowerBound(items, 0, items.length, first); at < items.length; at++) {
    if (items[at]! >= first + row.length) break;
    into[at] = row[items[at]! - first]!;
  }
}
