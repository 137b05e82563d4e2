import type { Catalogue } from "../../datasets/catalogue.ts";

/**
 * What an epoch's pools held of each user: the hard negatives that were trained on, H_u, and the runners-up that were
 * not. Arrays are fixed in size, `count` (1 + `runnersUp`) ids for each positive of each user, so that a checkpoint keeps
 * them as they are; interactions that repeat a positive find no room and are left out.
 */
export class Caches {
  readonly hard: Int32Array; // `count` ids for each positive, in the order of training
  readonly behind: Int32Array; // `count` x `runnersUp` ids likewise
  /** Rows of each user that the epoch has trained. */
  readonly trained: Int32Array; // [users]
  /** Users by which an item was last marked, to tell distinct ids without sorting. */
  readonly #marked: Int32Array; // [items]
  readonly #distinct: Int32Array;
  #mark = 0;

  constructor(readonly catalogue: Catalogue, readonly count: number, readonly runnersUp: number) {
    const { users, items, offsets, positives } = catalogue;
    this.hard = new Int32Array(count * positives.length);
    this.behind = new Int32Array(runnersUp * this.hard.length);
    this.trained = new Int32Array(users);
    this.#marked = new Int32Array(items);
    let most = 0;
    for (let user = 0; user < users; user++) most = Math.max(most, offsets[user + 1]! - offsets[user]!);
    this.#distinct = new Int32Array(Math.min(items, most * count * runnersUp));
  }

  /** Keeps what a row's pools held, from `top[at]` on: each pool's hardest id and its runners-up, pool after pool. */
  record(user: number, top: Int32Array, at: number): void {
    const row = this.trained[user]!++, { offsets } = this.catalogue, { count, runnersUp } = this;
    if (row >= offsets[user + 1]! - offsets[user]!) return;
    const first = (offsets[user]! + row) * count;
    for (let pool = first; pool < first + count; pool++) {
      this.hard[pool] = top[at++]!;
      for (let n = 0; n < runnersUp; n++) this.behind[pool * runnersUp + n] = top[at++]!;
    }
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

  /** A new epoch begins. */
  clear(): void {
    this.trained.fill(0);
  }

  #pools(user: number): number {
    const { offsets } = this.catalogue;
    return this.count * Math.min(this.trained[user]!, offsets[user + 1]! - offsets[user]!);
  }
}
