import type { Rng } from "../random/rng.ts";
import type { Catalogue } from "./catalogue.ts";

/** Above this many bits, membership is looked up in the sorted positives instead of a bitmap: 256 MiB. */
const BITMAP_LIMIT = 2 ** 31;
/** Draws that may hit a positive before the exact method takes over. */
const REJECTIONS = 16;

/**
 * The items each user has met in training, made for asking quickly: a bitmap where it fits, else binary search.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Rng } from "../random/rng.ts";
 * import { SeenItems } from "./negatives.ts";
 *
 * // user 0 has met items 1 and 2 of 4
 * const seen = new SeenItems({
 *   users: 1,
 *   items: 4,
 *   offsets: Int32Array.of(0, 2),
 *   positives: Int32Array.of(1, 2),
 *   popularity: Int32Array.of(0, 1, 1, 0),
 * });
 * assert(seen.has(0, 2) && !seen.has(0, 3));
 * assert([0, 3].includes(seen.drawUnseen(0, new Rng(1, "example"))));
 * ```
 */
export class SeenItems {
  readonly #bits: Int32Array | null;
  readonly #wordsPerUser: number;

  constructor(readonly catalogue: Catalogue) {
    const { users, items, offsets, positives } = catalogue;
    this.#wordsPerUser = Math.ceil(items / 32);
    this.#bits = users * this.#wordsPerUser * 32 <= BITMAP_LIMIT ? new Int32Array(users * this.#wordsPerUser) : null;
    if (!this.#bits) return;
    for (let user = 0; user < users; user++) {
      const row = user * this.#wordsPerUser;
      for (let at = offsets[user]!; at < offsets[user + 1]!; at++) {
        const item = positives[at]!;
        this.#bits[row + (item >> 5)]! |= 1 << (item & 31);
      }
    }
  }

  /** Whether `user` has met `item`. */
  has(user: number, item: number): boolean {
    if (this.#bits) return (this.#bits[user * this.#wordsPerUser + (item >> 5)]! & (1 << (item & 31))) !== 0;
    const { offsets, positives } = this.catalogue;
    const at = this.#below(user, item);
    return at < offsets[user + 1]! && positives[at] === item;
  }

  /** How many items `user` has not met. */
  unseenCount(user: number): number {
    return this.catalogue.items - (this.catalogue.offsets[user + 1]! - this.catalogue.offsets[user]!);
  }

  /**
   * An item that `user` has not met, each with probability 1 / {@link unseenCount}. Bounded: after a few hits on
   * positives it draws a rank among the unseen instead. `user` must have an unseen item.
   */
  drawUnseen(user: number, rng: Rng): number {
    const { items } = this.catalogue;
    for (let attempt = 0; attempt < REJECTIONS; attempt++) {
      const item = rng.below(items);
      if (!this.has(user, item)) return item;
    }
    return this.unseenAt(user, rng.below(this.unseenCount(user)));
  }

  /** The `rank`-th item, from 0 in ascending order, that `user` has not met: rank + #{j : p_j - j <= rank}. */
  unseenAt(user: number, rank: number): number {
    const { offsets, positives } = this.catalogue, first = offsets[user]!;
    let low = first, high = offsets[user + 1]!;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (positives[middle]! - (middle - first) <= rank) low = middle + 1;
      else high = middle;
    }
    return rank + (low - first);
  }

  /** Where `item` is, or would be, among the sorted positives of `user`. */
  #below(user: number, item: number): number {
    const { offsets, positives } = this.catalogue;
    let low = offsets[user]!, high = offsets[user + 1]!;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (positives[middle]! < item) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
