import type { Rng } from "../random/rng.ts";
import { lowerBound } from "./lower_bound.ts";
import type { Catalogue } from "./catalogue.ts";

/** Users with at most so many positives are looked up by scanning them: they are one or two lines of cache. */
const SCANNED = 16;
/** Above this many 32-bit words, 256 MiB, the bitmap is left out and positives are searched. */
const BITMAP_LIMIT = 2 ** 26;
/** Draws that may hit a positive before the exact method takes over. */
const REJECTIONS = 16;
/** 32-bit words that memory hands to the processor at a time. */
const LINE = 16;
/** One less than how many 32-bit words tell that a draw differs from all of a few positives: a power of two less one. */
const LOWEST_WORDS = 15;

/** Who has met what, of a catalogue or of other pairs. */
export type Met = Pick<Catalogue, "users" | "items" | "offsets" | "positives">;

/**
 * The items each user has met in training, made for asking quickly: users with few are scanned, the others have a row of
 * a bitmap where it fits, and are searched where it does not.
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
 * });
 * assert(seen.has(0, 2) && !seen.has(0, 3));
 * assert([0, 3].includes(seen.drawUnseen(0, new Rng(1, "example"))));
 * ```
 */
export class SeenItems {
  readonly #bits: Int32Array | null;
  /** Where a user's row of the bitmap starts; -1 for none. */
  readonly #rows: Int32Array;
  /** A bitmap of the lowest bits of some positives. */
  readonly #lowest = new Int32Array(1 + LOWEST_WORDS);

  /** 1 for each item that the call under way has drawn of those that are to differ; made when first asked for. */
  #drawn: Uint8Array | undefined;

  /** With `distinct` the items that one call draws differ, where there are enough; else they may repeat. */
  constructor(readonly catalogue: Met, readonly distinct = false) {
    const { users, items, offsets, positives } = catalogue, words = Math.ceil(items / 32);
    this.#rows = new Int32Array(users).fill(-1);
    let used = 0;
    for (let user = 0; user < users; user++) {
      if (offsets[user + 1]! - offsets[user]! <= SCANNED) continue;
      this.#rows[user] = Math.min(used, BITMAP_LIMIT); // past it there is no bitmap, and 32 bits may not hold the place
      used += words;
    }
    this.#bits = used <= BITMAP_LIMIT ? new Int32Array(used) : null;
    if (!this.#bits) return;
    for (let user = 0; user < users; user++) {
      const row = this.#rows[user]!;
      if (row < 0) continue;
      for (let at = offsets[user]!; at < offsets[user + 1]!; at++) {
        const item = positives[at]!;
        this.#bits[row + (item >> 5)]! |= 1 << (item & 31);
      }
    }
  }

  /** Bytes of the bitmap. */
  get bytes(): number {
    return this.#bits?.byteLength ?? 0;
  }

  /** Whether `user` has met `item`. */
  has(user: number, item: number): boolean {
    const { offsets, positives } = this.catalogue, row = this.#rows[user]!;
    if (row < 0) {
      for (let at = offsets[user]!, end = offsets[user + 1]!; at < end; at++) if (positives[at] === item) return true;
      return false;
    }
    if (this.#bits) return (this.#bits[row + (item >> 5)]! & (1 << (item & 31))) !== 0;
    const at = this.#below(user, item);
    return at < offsets[user + 1]! && positives[at] === item;
  }

  /**
   * Reads, for nothing, one word of each line of memory that says what `users` have met: what is not in the processor's
   * caches is then waited for together, and not user after user. Of a few hundred users at a time all of it stays there.
   */
  fetch(users: Int32Array): void {
    const { items, offsets, positives } = this.catalogue, rows = this.#rows, bits = this.#bits, words = items / 32;
    let read = 0;
    for (const user of users) read ^= rows[user]! ^ offsets[user]!;
    for (const user of users) {
      const row = rows[user]!;
      if (row < 0) read ^= positives[offsets[user]!]! ^ positives[offsets[user + 1]! - 1]!;
      else if (bits) { for (let word = 0; word < words; word += LINE) read ^= bits[row + word]!; }
    }
    this.#lowest[0] = read; // used: what is read for nothing may be left out
  }

  /** What `user` has met, in ascending order. */
  of(user: number): Int32Array {
    const { offsets, positives } = this.catalogue;
    return positives.subarray(offsets[user]!, offsets[user + 1]!);
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
    const one = new Int32Array(1);
    this.fillUnseen(user, rng, one, 0, 1);
    return one[0]!;
  }

  /**
   * As many draws of {@link drawUnseen} into `into[from]` and on; without replacement, where they are to differ and the user
   * has as many unseen items. Written out: most of sampling is here.
   */
  fillUnseen(user: number, rng: Rng, into: Int32Array, from: number, count: number): void {
    if (this.distinct && count <= this.unseenCount(user)) return this.#fillDistinct(user, rng, into, from, count);
    const { items, offsets, positives } = this.catalogue, bits = this.#bits, row = this.#rows[user]!;
    const first = offsets[user]!, last = offsets[user + 1]!, end = from + count;
    rng.fillBelow(items, into, from, count);
    if (row >= 0 && bits) {
      for (let at = from; at < end; at++) {
        const item = into[at]!;
        if ((bits[row + (item >> 5)]! & (1 << (item & 31))) !== 0) into[at] = this.#redraw(user, rng);
      }
      return;
    }
    if (row >= 0) {
      for (let at = from; at < end; at++) if (this.has(user, into[at]!)) into[at] = this.#redraw(user, rng);
      return;
    }
    // few positives: most draws differ from all of them in their lowest bits
    const lowest = this.#lowest.fill(0);
    for (let known = first; known < last; known++) {
      const item = positives[known]!;
      lowest[(item >> 5) & LOWEST_WORDS]! |= 1 << (item & 31);
    }
    for (let at = from; at < end; at++) {
      const item = into[at]!;
      if ((lowest[(item >> 5) & LOWEST_WORDS]! & (1 << (item & 31))) !== 0 && this.has(user, item)) {
        into[at] = this.#redraw(user, rng);
      }
    }
  }

  /** Each ordered choice of `count` unseen items with the same probability. */
  #fillDistinct(user: number, rng: Rng, into: Int32Array, from: number, count: number): void {
    const unseen = this.unseenCount(user), end = from + count;
    if (2 * count > unseen) { // half of all or more: draws would hit those before them too often
      const ranks = Int32Array.from({ length: unseen }, (_, rank) => rank);
      for (let taken = 0; taken < count; taken++) {
        const other = taken + rng.below(unseen - taken);
        into[from + taken] = this.unseenAt(user, ranks[other]!);
        ranks[other] = ranks[taken]!;
      }
      return;
    }
    const drawn = this.#drawn ??= new Uint8Array(this.catalogue.items);
    for (let at = from; at < end; at++) {
      let item = this.#redraw(user, rng);
      while (drawn[item] === 1) item = this.#redraw(user, rng);
      drawn[item] = 1;
      into[at] = item;
    }
    for (let at = from; at < end; at++) drawn[into[at]!] = 0;
  }

  /** Draws an item that is no positive, one at a time. */
  #redraw(user: number, rng: Rng): number {
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
    return lowerBound(positives, offsets[user]!, offsets[user + 1]!, item);
  }
}
