import type { Catalogue } from "../datasets/catalogue.ts";
import { invert } from "../datasets/invert.ts";
import type { Relation } from "../datasets/metadata.ts";
import { TopK } from "./top_k.ts";

export interface ItemKnnOptions {
  /** Most similar items kept of each item, k. */
  readonly neighbours: number;
  /** Added to the norms, so that few common users make no great similarity. */
  readonly shrink: number;
}

/**
 * Item-based nearest neighbours (Sarwar, Karypis, Konstan & Riedl, WWW 2001) on who met what: the score of item i is
 * the sum of its similarities to the user's items among its k nearest. Similarity is the cosine, shrunk as in Ferrari
 * Dacrema, Cremonesi & Jannach (RecSys 2019): c_ij / (sqrt(n_i n_j) + shrink) where c_ij users met both. Memory is k
 * neighbours an item; time is linear in pairs of items of one user. Nothing is drawn: equal similarities go to the
 * smaller id.
 *
 * @param known what users have met when they are ranked; without it, what the similarities are of.
 * @returns a user's scores, one for each item; the array is used again for the next user.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { catalogue } from "../datasets/catalogue.ts";
 * import { interactions } from "../datasets/interactions.ts";
 * import { itemKnn } from "./item_knn.ts";
 *
 * const log = interactions({ users: [0, 0, 1, 1, 2], items: [0, 1, 0, 1, 0], userCount: 3, itemCount: 3 });
 * const scores = itemKnn(catalogue(log), { neighbours: 10, shrink: 0 })(2); // user 2 met item 0
 * assert.deepEqual([...scores], [0, Math.fround(2 / Math.sqrt(6)), 0]);
 * ```
 */
export function itemKnn(
  catalogue: Catalogue,
  { neighbours, shrink }: ItemKnnOptions,
  known: Pick<Catalogue, "offsets" | "positives"> = catalogue,
): (user: number) => Float32Array {
  if (!Number.isInteger(neighbours) || neighbours < 1 || !(shrink >= 0)) {
    throw new RangeError(
      `Cannot find neighbours: k is a whole number of at least 1 and shrink is not negative, found ${neighbours} and ${shrink}`,
    );
  }
  const { items } = catalogue, { offsets, positives } = known;
  // row j: the items that have j among their nearest, and how similar they are
  const nearTo = invert(nearest(catalogue, neighbours, shrink), items), scores = new Float32Array(items);
  return (user) => {
    scores.fill(0);
    for (let met = offsets[user]!; met < offsets[user + 1]!; met++) {
      const j = positives[met]!;
      for (let at = nearTo.offsets[j]!; at < nearTo.offsets[j + 1]!; at++) {
        scores[nearTo.targets[at]!]! += nearTo.weights![at]!;
      }
    }
    return scores;
  };
}

/** Each item's k nearest others, the nearest first. */
function nearest(catalogue: Catalogue, k: number, shrink: number): Relation {
  const { items, offsets, positives } = catalogue, met = invert({ offsets, targets: positives }, items);
  const norm = Float64Array.from({ length: items }, (_, i) => Math.sqrt(met.offsets[i + 1]! - met.offsets[i]!));
  const found = { offsets: new Int32Array(items + 1), targets: new Int32Array(items * k) };
  const weights = new Float32Array(items * k);
  const common = new Int32Array(items), touched = new Int32Array(items), top = new TopK(1, k);
  for (let i = 0, size = 0; i < items; i++) {
    let count = 0;
    for (let of = met.offsets[i]!; of < met.offsets[i + 1]!; of++) {
      const user = met.targets[of]!;
      for (let at = offsets[user]!; at < offsets[user + 1]!; at++) {
        const j = positives[at]!;
        if (j !== i && common[j]!++ === 0) touched[count++] = j;
      }
    }
    const others = touched.subarray(0, count).sort();
    const similar = Float32Array.from(others, (j) => common[j]! / (norm[i]! * norm[j]! + shrink));
    top.clear();
    top.push(similar, count, 0);
    for (let rank = 0; rank < k && top.ids[rank]! >= 0; rank++, size++) {
      found.targets[size] = others[top.ids[rank]!]!;
      weights[size] = top.scores[rank]!;
    }
    for (const j of others) common[j] = 0;
    found.offsets[i + 1] = size;
  }
  const entries = found.offsets[items]!;
  return { offsets: found.offsets, targets: found.targets.slice(0, entries), weights: weights.slice(0, entries) };
}
