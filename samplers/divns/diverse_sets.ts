import type { Catalogue } from "../../datasets/catalogue.ts";

/** What `marks` holds of a user: where D_u begins in `ids`, its size, and how many of it the epoch has handed out. */
const START = 0, SIZE = 1, TAKEN = 2, MARKS = 3;

/** D_u, the diverse negatives of each user, and how many of them the epoch has handed out. All of it is state. */
export class DiverseSets {
  readonly ids: Int32Array; // `count` for each positive of each user
  /** A user's numbers lie together: rows come in no order of users, and each would be a line of cache of its own. */
  readonly marks: Int32Array; // [users, 3]

  /** @param refresh epochs between draws of one user's set. */
  constructor({ users, offsets, positives }: Catalogue, readonly count: number, readonly refresh: number) {
    this.ids = new Int32Array(count * positives.length);
    this.marks = new Int32Array(users * MARKS);
    for (let user = 0; user < users; user++) this.marks[user * MARKS + START] = offsets[user]! * count;
  }

  /** Whether D_u is to be drawn anew before an epoch: in turn, and at once where there is none. */
  isDue(user: number, epoch: number): boolean {
    return this.marks[user * MARKS + SIZE] === 0 || (user + epoch) % this.refresh === 0;
  }

  /** Replaces D_u. */
  set(user: number, ids: Int32Array): void {
    this.ids.set(ids, this.marks[user * MARKS + START]!);
    this.marks[user * MARKS + SIZE] = ids.length;
  }

  /** D_u. */
  of(user: number): Int32Array {
    const start = this.marks[user * MARKS + START]!;
    return this.ids.subarray(start, start + this.marks[user * MARKS + SIZE]!);
  }

  /** Hands the next row of `user` its ids, into `into[at]` and on: -1 where D_u is empty; a short D_u is gone through again. */
  take(user: number, into: Int32Array, at: number): void {
    const { ids, marks, count } = this, own = user * MARKS, start = marks[own + START]!, size = marks[own + SIZE]!;
    if (size === 0) return void into.fill(-1, at, at + count);
    let next = marks[own + TAKEN]! % size;
    marks[own + TAKEN]! += count;
    for (let k = 0; k < count; k++) {
      into[at + k] = ids[start + next]!;
      if (++next === size) next = 0;
    }
  }

  /** Empties every set. */
  clear(): void {
    this.#forget(SIZE);
  }

  /** A new epoch begins: rows take from the beginning again. */
  restart(): void {
    this.#forget(TAKEN);
  }

  #forget(which: number): void {
    for (let at = which; at < this.marks.length; at += MARKS) this.marks[at] = 0;
  }
}
