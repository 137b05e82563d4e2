import type { Catalogue } from "../datasets/catalogue.ts";
import { inverse } from "./inverse.ts";

export interface EaseOptions {
  /** Decay of the weights, lambda. */
  readonly l2: number;
}

/** Items beyond which their matrix, which is held several times, and its inverse are out of proportion. */
const MOST_ITEMS = 8192;

/**
 * An embarrassingly shallow autoencoder (Steck, WWW 2019): of who met what, X [U, I], each item is the weighted sum of the
 * others, B the least of |X - X B|^2 + l2 |B|^2 with a diagonal of 0. In closed form, P = (X'X + l2 I)^-1,
 *
 *     B_ij = -P_ij / P_jj,  B_jj = 0,  s_uj = sum_(i met by u) B_ij.
 *
 * Nothing is drawn. Time is I^3 / 2 products, memory 12 bytes for each pair of items.
 *
 * @param known what users have met when they are ranked; without it, what the weights are of.
 * @returns a user's scores, one for each item; the array is used again for the next user.
 * @throws RangeError where there are more than 8,192 items, or l2 is not above 0.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { catalogue } from "../datasets/catalogue.ts";
 * import { interactions } from "../datasets/interactions.ts";
 * import { ease } from "./ease.ts";
 *
 * const log = interactions({ users: [0, 0, 1, 1, 2], items: [0, 1, 0, 1, 0], userCount: 3, itemCount: 3 });
 * const scores = ease(catalogue(log), { l2: 1 })(2); // user 2 met item 0: X'X + I is [[4, 2], [2, 3]] of the first two
 * assert.deepEqual([...scores], [0, 0.5, 0]);
 * ```
 */
export function ease(
  catalogue: Catalogue,
  { l2 }: EaseOptions,
  known: Pick<Catalogue, "offsets" | "positives"> = catalogue,
): (user: number) => Float32Array {
  const { items } = catalogue;
  if (!(l2 > 0)) throw new RangeError(`Cannot fit ease: l2 is above 0, found ${l2}`);
  if (items > MOST_ITEMS) {
    throw new RangeError(
      `Cannot fit ease to ${items} items: it inverts a matrix of all pairs of them, of at most ${MOST_ITEMS}`,
    );
  }
  const weights = weightsOf(catalogue, l2), scores = new Float32Array(items), { offsets, positives } = known;
  return (user) => {
    scores.fill(0);
    for (let at = offsets[user]!; at < offsets[user + 1]!; at++) {
      const row = positives[at]! * items;
      for (let item = 0; item < items; item++) scores[item]! += weights[row + item]!;
    }
    return scores;
  };
}

/** B [I, I]. */
function weightsOf({ users, items, offsets, positives }: Catalogue, l2: number): Float32Array {
  const p = new Float64Array(items * items);
  for (let user = 0; user < users; user++) { // X'X, its lower triangle: what a user met is in ascending order
    for (let at = offsets[user]!; at < offsets[user + 1]!; at++) {
      for (let to = offsets[user]!, row = positives[at]! * items; to <= at; to++) p[row + positives[to]!]!++;
    }
  }
  for (let item = 0; item < items; item++) p[item * (items + 1)]! += l2;
  inverse(p, items);
  const weights = new Float32Array(items * items);
  for (let i = 0; i < items; i++) {
    for (let j = 0; j < i; j++) {
      const shared = -p[i * items + j]!;
      weights[i * items + j] = shared / p[j * (items + 1)]!;
      weights[j * items + i] = shared / p[i * (items + 1)]!;
    }
  }
  return weights;
}
