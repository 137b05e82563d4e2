/** Rows that are rotated together, as one alone would wait for itself. */
export const TOGETHER = 4;

/**
 * A product of plane rotations that is kept as its factors: sweeps of (i, i + 1) for i from last - 1 down to first.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Rotations, TOGETHER } from "./rotations.ts";
 *
 * const rotations = new Rotations(), at = rotations.begin(0, 1);
 * rotations.cosines[at] = 0;
 * rotations.sines[at] = 1;
 * assert.deepEqual([...rotations.undo(Float64Array.of(3, 4, ...new Float64Array(6)), 2)].slice(0, 2), [4, -3]);
 * ```
 */
export class Rotations {
  #cosines: Float64Array = new Float64Array(1024);
  #sines: Float64Array = new Float64Array(1024);
  #count = 0;
  readonly #sweeps: number[] = []; // first, last of each

  /** Of the rotations so far; those of a sweep in the order of i. */
  get cosines(): Float64Array {
    return this.#cosines;
  }

  /** As {@link Rotations.cosines}. */
  get sines(): Float64Array {
    return this.#sines;
  }

  /** Forgets all. */
  clear(): void {
    this.#count = this.#sweeps.length = 0;
  }

  /** Makes room for a sweep, which is then the last, and returns where its cosines and sines go. */
  begin(first: number, last: number): number {
    const at = this.#count, count = this.#count += last - first;
    if (count > this.#cosines.length) {
      this.#cosines = grown(this.#cosines, 2 * count);
      this.#sines = grown(this.#sines, 2 * count);
    }
    this.#sweeps.push(first, last);
    return at;
  }

  /** Takes each row of `rows` [k, n] from the rotated basis to that of before; k must be a multiple of {@link TOGETHER}. */
  undo(rows: Float64Array, n: number): Float64Array {
    for (let row = 0; row < rows.length; row += TOGETHER * n) this.#undoFour(rows, row, n);
    return rows;
  }

  #undoFour(x: Float64Array, row: number, n: number): void {
    const cosines = this.#cosines, sines = this.#sines, sweeps = this.#sweeps;
    for (let sweep = sweeps.length - 2, at = this.#count; sweep >= 0; sweep -= 2) {
      const first = sweeps[sweep]!, last = sweeps[sweep + 1]!;
      let p = row + first, q = p + n, r = q + n, s = r + n; // places of x_i of each
      let xp = x[p]!, xq = x[q]!, xr = x[r]!, xs = x[s]!;
      at -= last - first;
      for (let i = at; i < at + last - first; i++) {
        const cosine = cosines[i]!, sine = sines[i]!;
        const yp = x[p + 1]!, yq = x[q + 1]!, yr = x[r + 1]!, ys = x[s + 1]!;
        x[p++] = cosine * xp + sine * yp;
        x[q++] = cosine * xq + sine * yq;
        x[r++] = cosine * xr + sine * yr;
        x[s++] = cosine * xs + sine * ys;
        xp = cosine * yp - sine * xp;
        xq = cosine * yq - sine * xq;
        xr = cosine * yr - sine * xr;
        xs = cosine * ys - sine * xs;
      }
      x[p] = xp;
      x[q] = xq;
      x[r] = xr;
      x[s] = xs;
    }
  }
}

/** A longer copy. */
function grown(numbers: Float64Array, length: number): Float64Array {
  const copy = new Float64Array(length);
  copy.set(numbers);
  return copy;
}
