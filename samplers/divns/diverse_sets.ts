import type { Catalogue } from "../../datasets/catalogue.ts";

/** D_u, the diverse negatives of each user, and how many of them the epoch has handed out. All of it is state. */
export class DiverseSets {
  readonly ids: Int32Array; // `count` for each positive of each user
  readonly sizes: Int32Array; // [users]
  /** Rows of each user that the epoch has proposed. */
  readonly proposed: Int32Array; // [users]

  /** @param refresh epochs between draws of one user's set. */
  constructor(readonly catalogue: Catalogue, readonly count: number, readonly refresh: number) {
    this.ids = new Int32Array(count * catalogue.positives.length);
    this.sizes = new Int32Array(catalogue.users);
    this.proposed = new Int32Array(catalogue.users);
  }

  /** Whether D_u is to be drawn anew before an epoch: in turn, and at once where there is none. */
  isDue(user: number, epoch: number): boolean {
    return this.sizes[user] === 0 || (user + epoch) % this.refresh === 0;
  }

  /** Replaces D_u. */
  set(user: number, ids: Int32Array): void {
    this.ids.set(ids, this.catalogue.offsets[user]! * this.count);
    this.sizes[user] = ids.length;
  }

  /** D_u. */
  of(user: number): Int32Array {
    const first = this.catalogue.offsets[user]! * this.count;
    return this.ids.subarray(first, first + this.sizes[user]!);
  }

  /** Hands the next row of `user` its ids, into `into[at]` and on: -1 where D_u is empty; a short D_u is gone through again. */
  take(user: number, into: Int32Array, at: number): void {
    const { ids, count } = this, start = this.catalogue.offsets[user]! * count, size = this.sizes[user]!;
    if (size === 0) return void into.fill(-1, at, at + count);
    let next = this.proposed[user]!++ * count;
    if (next >= size) next %= size;
    for (let k = 0; k < count; k++) {
      into[at + k] = ids[start + next]!;
      if (++next === size) next = 0;
    }
  }

  /** Empties every set. */
  clear(): void {
    this.sizes.fill(0);
  }

  /** A new epoch begins: rows take from the beginning again. */
  restart(): void {
    this.proposed.fill(0);
  }
}
