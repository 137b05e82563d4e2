import type { Catalogue } from "../../datasets/catalogue.ts";

/** What `marks` holds of a user: where D_u begins in `ids`, its size, and which of it the epoch hands out next. */
const START = 0, SIZE = 1, NEXT = 2, MARKS = 3;

/** D_u, the diverse negatives of each user, and which of them the epoch hands out next. All of it is state. */
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

  /** Which users are due before an epoch, 1 each. */
  due(epoch: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length: this.marks.length / MARKS }, (_, user) => this.isDue(user, epoch) ? 1 : 0);
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

  /** Hands each row the next ids of its user, [rows, count]: -1 where D_u is empty; a short D_u is gone through again. */
  take(users: Int32Array, rows = users.length): Int32Array {
    const { ids, marks, count } = this, into = new Int32Array(users.length * count).fill(-1);
    for (let row = 0; row < rows; row++) {
      const own = users[row]! * MARKS, start = marks[own + START]!, size = marks[own + SIZE]!;
      if (size === 0) continue;
      let next = marks[own + NEXT]!;
      for (let at = row * count; at < (row + 1) * count; at++) {
        into[at] = start + next;
        if (++next === size) next = 0;
      }
      marks[own + NEXT] = next;
    }
    // places first, so that memory is waited for together
    for (let at = 0; at < into.length; at++) if (into[at]! >= 0) into[at] = ids[into[at]!]!;
    return into;
  }

  /** Empties every set. */
  clear(): void {
    this.#forget(SIZE);
  }

  /** A new epoch begins: rows take from the beginning again. */
  restart(): void {
    this.#forget(NEXT);
  }

  #forget(which: number): void {
    for (let at = which; at < this.marks.length; at += MARKS) this.marks[at] = 0;
  }
}
