import { catalogue } from "./catalogue.ts";
import { contains } from "./contains.ts";
import type { Interactions } from "./interactions.ts";

/** What of a held-out part training cannot, or need not, predict. In rows. */
export interface Overlap {
  /** Their user has no train interaction. */
  readonly coldUser: number;
  /** Their item has no train interaction. */
  readonly coldItem: number;
  /** They are in train, too: where those are masked, they can never be recommended. */
  readonly inTrain: number;
}

/**
 * Compares a held-out part with train.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { interactions } from "./interactions.ts";
 * import { overlap } from "./overlap.ts";
 *
 * const counts = { userCount: 2, itemCount: 3 };
 * const train = interactions({ users: [0, 0], items: [0, 1], ...counts });
 * const test = interactions({ users: [0, 0, 1], items: [1, 2, 0], ...counts });
 * assert.deepEqual(overlap(train, test), { coldUser: 1, coldItem: 1, inTrain: 1 });
 * ```
 */
export function overlap(train: Interactions, heldOut: Interactions): Overlap {
  const { offsets, positives, popularity } = catalogue(train), met = { offsets, targets: positives };
  let coldUser = 0, coldItem = 0, inTrain = 0;
  for (let row = 0; row < heldOut.users.length; row++) {
    const user = heldOut.users[row]!, item = heldOut.items[row]!;
    if (offsets[user] === offsets[user + 1]) coldUser++;
    if (popularity[item] === 0) coldItem++;
    if (contains(met, user, item)) inTrain++;
  }
  return { coldUser, coldItem, inTrain };
}
