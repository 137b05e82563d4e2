import type { Catalogue } from "../../datasets/catalogue.ts";
import { LARGEST } from "../candidates.ts";

/** What a step's pools held, as it reports it. */
export interface Pools {
  readonly hard: Int32Array; // [R, K]
  readonly candidates: Int32Array; // [R, K n]
  /** Of the candidates. */
  readonly scores: Float32Array; // [R, K n]
}

/**
 * What an epoch's pools held of each user: the hard negatives that were trained on, H_u, and the runners-up that were
 * not. Arrays are fixed in size, `count` (1 + `runnersUp`) ids for each positive of each user, so that a checkpoint keeps
 * them as they are; interactions that repeat a positive find no room and are left out. Where they are `placed`, rows
 * keep the place of their positive in its user's sequence.
 */
export class Caches {
  readonly hard: Int32Array; // `count` ids for each positive, in the order of training
  readonly behind: Int32Array; // `count` x `runnersUp` ids likewise
  /** The place of each row's positive in its user's sequence; empty unless they are placed. */
  readonly places: Int32Array;
  /** Rows of each user that the epoch has trained. */
  readonly trained: Int32Array; // [users]
  /** Users by which an item was last marked, to tell distinct ids without sorting. */
  readonly #marked: Int32Array; // [items]
  readonly #distinct: Int32Array;
  /** The last place of each item in the cache that was last asked about. */
  readonly #last: Int32Array; // [items]
  #mark = 0;
  /** Slots of one pool's highest scores, and those. */
  readonly #slots: Int32Array; // [1 + runnersUp]
  readonly #scores: Float32Array; // [1 + runnersUp]

  /** @param pool candidates of each pool. */
  constructor(
    readonly catalogue: Catalogue,
    readonly count: number,
    readonly pool: number,
    readonly runnersUp: number,
    placed = false,
  ) {
    const { users, items, offsets, positives } = catalogue;
    this.hard = new Int32Array(count * positives.length);
    this.behind = new Int32Array(runnersUp * this.hard.length);
    this.places = new Int32Array(placed ? positives.length : 0);
    this.trained = new Int32Array(users);
    this.#slots = new Int32Array(1 + runnersUp);
    this.#scores = new Float32Array(1 + runnersUp);
    this.#marked = new Int32Array(items);
    this.#last = new Int32Array(placed ? items : 0);
    let most = 0;
    for (let user = 0; user < users; user++) most = Math.max(most, offsets[user + 1]! - offsets[user]!);
    this.#distinct = new Int32Array(Math.min(items, most * count * runnersUp));
  }

  /**
   * Keeps what row `at` of a step held for `user`, whose positive is in that `place`; its runners-up only where they
   * will be asked for.
   */
  record(user: number, at: number, { hard, candidates, scores }: Pools, withRunnersUp: boolean, place = 0): void {
    const row = this.trained[user]!++, { offsets } = this.catalogue, { count, pool, runnersUp } = this;
    if (row >= offsets[user + 1]! - offsets[user]!) return;
    if (this.places.length > 0) this.places[offsets[user]! + row] = place;
    const first = (offsets[user]! + row) * count;
    for (let k = 0; k < count; k++) {
      this.hard[first + k] = hard[at * count + k]!;
      if (!withRunnersUp) continue;
      const slots = this.#highest(scores, (at * count + k) * pool), into = (first + k) * runnersUp;
      for (let n = 0; n < runnersUp; n++) this.behind[into + n] = candidates[slots[n + 1]!]!;
    }
  }

  /** Slots of the highest scores of the pool at `first`, the highest first; ties the lowest slot; what is not finite last. */
  #highest(scores: Float32Array, first: number): Int32Array {
    const slots = this.#slots, kept = this.#scores.fill(-Infinity), most = slots.length, end = first + this.pool;
    let found = 0;
    for (let slot = first; slot < end; slot++) {
      const given = scores[slot]!, score = given - given === 0 ? given : -LARGEST;
      if (score <= kept[most - 1]!) continue;
      let place = found < most ? found++ : most - 1;
      for (; place > 0 && score > kept[place - 1]!; place--) {
        slots[place] = slots[place - 1]!;
        kept[place] = kept[place - 1]!;
      }
      slots[place] = slot;
      kept[place] = score;
    }
    return slots;
  }

  /** H_u: a hard negative for each pool of each row, repeats kept. */
  hardOf(user: number): Int32Array {
    const first = this.catalogue.offsets[user]! * this.count;
    return this.hard.subarray(first, first + this.#pools(user));
  }

  /** C_u: the distinct runners-up that are not hard negatives. Valid until the next call. */
  runnersUpOf(user: number): Int32Array {
    const first = this.catalogue.offsets[user]! * this.count * this.runnersUp, marked = this.#marked;
    const mark = ++this.#mark, distinct = this.#distinct;
    for (const id of this.hardOf(user)) marked[id] = mark;
    let found = 0;
    for (let at = first; at < first + this.#pools(user) * this.runnersUp; at++) {
      const id = this.behind[at]!;
      if (marked[id] === mark) continue;
      marked[id] = mark;
      distinct[found++] = id;
    }
    return distinct.subarray(0, found);
  }

  /**
   * How old each of `cached`, the user's C_u, is: how far in the user's sequence its last place in the cache comes
   * before the last of all. Valid until the next call.
   */
  agesOf(user: number, cached: Int32Array): Int32Array {
    const { runnersUp, count, places } = this, from = this.catalogue.offsets[user]!, last = this.#last;
    for (const id of cached) last[id] = -1;
    let newest = 0;
    for (let pool = 0; pool < this.#pools(user); pool++) {
      const place = places[from + Math.floor(pool / count)]!, first = (from * count + pool) * runnersUp;
      newest = Math.max(newest, place);
      for (let at = first; at < first + runnersUp; at++) {
        const id = this.behind[at]!;
        last[id] = Math.max(last[id]!, place);
      }
    }
    return cached.map((id) => newest - last[id]!);
  }

  /** A new epoch begins. */
  clear(): void {
    this.trained.fill(0);
  }

  #pools(user: number): number {
    const { offsets } = this.catalogue;
    return this.count * Math.min(this.trained[user]!, offsets[user + 1]! - offsets[user]!);
  }
}
