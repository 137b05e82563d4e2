import type { SeenItems } from "../datasets/negatives.ts";
import { Rng } from "../random/rng.ts";
import type { Probe } from "../samplers/sampler.ts";

/** Pairs kept of an epoch, spread over it. */
const PAIRS = 256;
/** Items that each is ranked among. */
const AMONG = 63;

/** Some of the items that were used as negatives of users, to tell how high they rank among those that might have been. */
export class Quantiles {
  readonly #stride: number;
  readonly #users: number[] = [];
  readonly #items: number[] = [];
  #seen = 0;

  /** @param expected pairs of an epoch, at most. */
  constructor(readonly seen: SeenItems, expected: number) {
    this.#stride = Math.max(1, Math.ceil(expected / PAIRS));
  }

  see(user: number, item: number): void {
    if (this.#seen++ % this.#stride !== 0) return;
    this.#users.push(user);
    this.#items.push(item);
  }

  /**
   * The mean, over the pairs that were kept, of the share of a user's unseen items that score below the negative, ties
   * half: 1/2 of uniform negatives, 1 of each user's highest. Each is ranked among items drawn uniformly, which is right
   * on average. Null where there was none.
   */
  async mean(probe: Probe): Promise<number | null> {
    const pairs = this.#users.length, columns = 1 + AMONG, rng = new Rng(0, "quantiles");
    if (pairs === 0) return null;
    const candidates = new Int32Array(pairs * columns);
    this.#users.forEach((user, at) => {
      candidates[at * columns] = this.#items[at]!;
      this.seen.fillUnseen(user, rng.seek(0, at), candidates, at * columns + 1, AMONG);
    });
    const scores = await probe.score(Int32Array.from(this.#users), candidates);
    let below = 0;
    for (let row = 0; row < pairs; row++) {
      const own = scores[row * columns]!;
      for (let at = row * columns + 1; at < (row + 1) * columns; at++) {
        below += scores[at]! < own ? 1 : scores[at] === own ? 0.5 : 0;
      }
    }
    return below / (pairs * AMONG);
  }
}
