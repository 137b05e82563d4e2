import type { Rng } from "../random/rng.ts";

/**
 * Draws from a fixed discrete distribution in constant time (Walker, 1977; built as in Vose, 1991).
 *
 * @throws RangeError where a weight is negative or not finite, or all are zero.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Rng } from "../random/rng.ts";
 * import { AliasTable } from "./alias_table.ts";
 *
 * const table = new AliasTable([0, 3, 1]);
 * assert.equal(table.probability(1), 0.75);
 * assert.notEqual(table.draw(new Rng(1, "example")), 0);
 * ```
 */
export class AliasTable {
  readonly #threshold: Float64Array;
  readonly #alias: Int32Array;
  readonly #probability: Float64Array;

  constructor(weights: ArrayLike<number>) {
    const count = weights.length;
    let total = 0;
    for (let at = 0; at < count; at++) {
      const weight = weights[at]!;
      if (!(weight >= 0 && weight < Infinity)) {
        throw new RangeError(`Cannot draw by weight ${weight} (at ${at}): weights are finite and not negative`);
      }
      total += weight;
    }
    if (!(total > 0)) throw new RangeError(`Cannot draw from ${count} weights that are all zero`);
    if (total === Infinity) throw new RangeError(`Cannot draw from ${count} weights: their sum overflows`);
    this.#probability = Float64Array.from(weights, (weight) => weight / total);
    this.#threshold = this.#probability.map((p) => p * count);
    this.#alias = Int32Array.from({ length: count }, (_, at) => at);
    const small: number[] = [], large: number[] = [];
    this.#threshold.forEach((scaled, at) => (scaled < 1 ? small : large).push(at));
    while (small.length > 0 && large.length > 0) {
      const low = small.pop()!, high = large.pop()!;
      this.#alias[low] = high;
      this.#threshold[high]! -= 1 - this.#threshold[low]!;
      (this.#threshold[high]! < 1 ? small : large).push(high);
    }
    // what is left is 1 up to rounding, unless its weight is zero: that must never be drawn
    for (const at of [...small, ...large]) this.#threshold[at] = 1;
    const heaviest = this.#probability.indexOf(this.#probability.reduce((a, b) => Math.max(a, b), 0));
    for (let at = 0; at < count; at++) {
      if (this.#probability[at] !== 0) continue;
      this.#threshold[at] = 0;
      if (this.#alias[at] === at) this.#alias[at] = heaviest;
    }
  }

  /** The probability of `index`. */
  probability(index: number): number {
    return this.#probability[index]!;
  }

  draw(rng: Rng): number {
    const at = rng.below(this.#alias.length);
    return rng.uniform() < this.#threshold[at]! ? at : this.#alias[at]!;
  }
}
