import type { Catalogue } from "../datasets/catalogue.ts";
import { Rng } from "../random/rng.ts";
import { copyScores, type HeldScores } from "./held_scores.ts";
import type { Ties } from "./ties.ts";
import { drawUnmet } from "./unmet.ts";

/** What was drawn for a user, and its scores. */
interface Drawn {
  readonly candidates: Int32Array; // [N], ascending
  readonly scores: Float32Array; // [N]
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
    /** The scores of what users took; whose batches, and blocks of scores, are the same. */
    readonly held: HeldScores,
    readonly count: number,
    readonly seed: number,
    readonly ties: Ties = "by-id",
  ) {}

  /** Draws for a batch of users. */
  begin(users: Int32Array): void {
    const rng = new Rng(this.seed, "candidates"), { truth } = this.held;
    this.#drawn = Array.from(users, (user) => {
      const candidates = drawUnmet([...this.met, truth], user, this.count, rng.seek(user, 0));
      return { candidates, scores: new Float32Array(candidates.length) };
    });
  }

  /** Keeps what it needs of a block of scores, [rows, columns], of items `first` and up. */
  take(block: Float32Array, columns: number, first: number): void {
    this.#drawn.forEach(({ candidates, scores }, row) =>
      copyScores(candidates, block.subarray(row * columns, (row + 1) * columns), first, scores)
    );
  }

  /**
   * The rank, from 0, of an item that the user of a row took, among the drawn ones, none of which is another that the user
   * took. Infinity where its score is none: an item that is masked is never hit.
   */
  rank(row: number, item: number): number {
    const { candidates, scores } = this.#drawn[row]!, score = this.held.of(row, item);
    if (!(score > -Infinity)) return Infinity;
    // of those with the same score, the ones below are before it
    const below = { "by-id": item, optimistic: -Infinity, pessimistic: Infinity }[this.ties];
    let rank = 0;
    for (let at = 0; at < candidates.length; at++) {
      if (scores[at]! > score || (scores[at] === score && candidates[at]! < below)) rank++;
    }
    return rank;
  }
}
