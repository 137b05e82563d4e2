import type { Catalogue } from "../datasets/catalogue.ts";
import { Rng } from "../random/rng.ts";
import { lowerBound } from "../datasets/lower_bound.ts";
import { drawUnmet } from "./unmet.ts";

/** A batch of users, their candidates, and the scores of those and of what they took. */
interface Drawn {
  readonly user: number;
  readonly candidates: Int32Array; // [N], ascending
  readonly scores: Float32Array; // [N]
  /** Of the user's held-out items, in their order. */
  readonly targets: Float32Array;
}

/**
 * Where held-out items stand among a few drawn items: for each user `count` different ones, uniformly of those that were
 * neither met nor held out. They are drawn anew from the seed and the user whenever they are needed, so that they are the
 * same in every epoch and for every model, and none need be stored. Such ranks may order models differently from ranks
 * among all items (Krichene & Rendle, KDD 2020).
 */
export class SampledRanks {
  #drawn: readonly Drawn[] = [];

  constructor(
    readonly met: readonly Catalogue[],
    readonly truth: Catalogue,
    readonly count: number,
    readonly seed: number,
  ) {}

  /** Draws for a batch of users. */
  begin(users: Int32Array): void {
    const rng = new Rng(this.seed, "candidates"), { offsets } = this.truth;
    this.#drawn = Array.from(users, (user) => {
      const candidates = drawUnmet([...this.met, this.truth], user, this.count, rng.seek(user, 0));
      const targets = new Float32Array(offsets[user + 1]! - offsets[user]!);
      return { user, candidates, scores: new Float32Array(candidates.length), targets };
    });
  }

  /** Keeps what it needs of a block of scores, [rows, columns], of items `first` and up. */
  take(block: Float32Array, columns: number, first: number): void {
    const { offsets, positives } = this.truth;
    this.#drawn.forEach(({ user, candidates, scores, targets }, row) => {
      const held = positives.subarray(offsets[user], offsets[user + 1]), base = row * columns - first;
      for (const [ids, into] of [[candidates, scores], [held, targets]] as const) {
        for (let at = lowerBound(ids, 0, ids.length, first); at < ids.length && ids[at]! < first + columns; at++) {
          into[at] = block[base + ids[at]!]!;
        }
      }
    });
  }

  /**
   * The rank, from 0, of an item that the user of a row took, among the drawn ones: equal scores go to the smaller id, as
   * in full ranking. Infinity where its score is none: an item that is masked is never hit.
   */
  rank(row: number, item: number): number {
    const { user, candidates, scores, targets } = this.#drawn[row]!, { offsets, positives } = this.truth;
    const score = targets[lowerBound(positives, offsets[user]!, offsets[user + 1]!, item) - offsets[user]!]!;
    if (!(score > -Infinity)) return Infinity;
    let rank = 0;
    for (let at = 0; at < candidates.length; at++) {
      if (scores[at]! > score || (scores[at] === score && candidates[at]! < item)) rank++;
    }
    return rank;
  }
}
