import { dot } from "./dot.ts";
import type { OpenKernel } from "./kernel.ts";

/**
 * The Cholesky factor L of K_S, L L^T = K_S, as slots come to S and leave it, each in O(k^2) (Golub & Van Loan, Matrix
 * Computations, 6.5.4).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { CholeskyFactor } from "./cholesky.ts";
 * import { openKernel } from "./kernel.ts";
 *
 * const features = Float32Array.of(1, 0, 1, 1, 0, 1), quality = Float32Array.of(1, 1, 1);
 * const factor = new CholeskyFactor(openKernel({ features, width: 2, quality }), 2);
 * factor.add(0, factor.residual(0));
 * assert.equal(factor.residual(1), 1); // of (1, 1), what is at a right angle to (1, 0)
 * factor.add(1, 1);
 * factor.remove(0);
 * assert.equal(factor.residual(2).toFixed(6), "0.500000"); // of (0, 1), what is at a right angle to (1, 1)
 * ```
 */
export class CholeskyFactor {
  readonly #kernel: OpenKernel;
  readonly #width: number;
  readonly #rows: Float64Array; // [k, k]
  /** S, the first {@link CholeskyFactor.size} of it. */
  readonly slots: Int32Array; // [k]
  #size = 0;

  /** @param most how many slots S may have, k. */
  constructor(kernel: OpenKernel, most: number) {
    this.#kernel = kernel;
    this.#width = most;
    this.#rows = new Float64Array(most * most);
    this.slots = new Int32Array(most);
  }

  /** |S|. */
  get size(): number {
    return this.#size;
  }

  /** ln det K_S. */
  logDeterminant(): number {
    let sum = 0;
    for (let r = 0; r < this.#size; r++) sum += 2 * Math.log(this.#rows[r * this.#width + r]!);
    return sum;
  }

  /**
   * det K_(S + j) / det K_S = K_jj - |y|^2 with L y = K_Sj. S must not be full. Where it is found to be no more than
   * `least`, the rest of y is left out: some number that is no more than `least` is returned.
   */
  residual(j: number, least = -Infinity): number {
    const rows = this.#rows, k = this.#width, y = this.#size * k, { diagonal, entry } = this.#kernel;
    let left = diagonal[j]!;
    for (let r = 0; r < this.#size && left > least; r++) {
      const x = rows[y + r] = (entry(this.slots[r]!, j) - dot(rows, r * k, rows, y, r)) / rows[r * k + r]!;
      left -= x * x;
    }
    return left;
  }

  /** Adds j, whose {@link CholeskyFactor.residual} was computed last. */
  add(j: number, residual: number): void {
    this.#rows[this.#size * this.#width + this.#size] = Math.sqrt(residual);
    this.slots[this.#size++] = j;
  }

  /** Removes the slot at a place of {@link CholeskyFactor.slots}; those behind move up. */
  remove(place: number): void {
    const rows = this.#rows, k = this.#width, size = --this.#size;
    this.slots.copyWithin(place, place + 1, size + 1);
    for (let r = place; r < size; r++) rows.copyWithin(r * k, (r + 1) * k, (r + 1) * k + r + 2);
    for (let c = place; c < size; c++) { // rotates columns c and c + 1, so that nothing is right of the diagonal
      const x = rows[c * k + c]!, y = rows[c * k + c + 1]!, length = Math.sqrt(x * x + y * y);
      const cosine = x / length, sine = y / length;
      for (let r = c; r < size; r++) {
        const at = r * k + c, a = rows[at]!, b = rows[at + 1]!;
        rows[at] = cosine * a + sine * b;
        rows[at + 1] = cosine * b - sine * a;
      }
    }
  }
}
