import type { Catalogue } from "./catalogue.ts";
import type { Relation } from "./metadata.ts";

/**
 * The items that friends of a user have met and the user has not, S_u (Zhao, McAuley & King, CIKM 2014): rows are
 * users, targets items, weights how many of the friends have met the item.
 *
 * @param friends users to users; only its own direction counts.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { catalogue } from "./catalogue.ts";
 * import { interactions } from "./interactions.ts";
 * import { socialItems } from "./social_items.ts";
 *
 * // user 0 has met item 0 and follows users 1 and 2, who have met items 0, 1 and 1, 2
 * const met = catalogue(interactions({ users: [0, 1, 1, 2, 2], items: [0, 0, 1, 1, 2], userCount: 3, itemCount: 3 }));
 * const friends = { offsets: Int32Array.of(0, 2, 2, 2), targets: Int32Array.of(1, 2) };
 * const { targets, weights } = socialItems(friends, met);
 * assert.deepEqual([targets, weights], [Int32Array.of(1, 2), Float32Array.of(2, 1)]);
 * ```
 */
export function socialItems(friends: Relation, { users, items, offsets, positives }: Catalogue): Relation {
  const having = new Int32Array(items), found: Int32Array[] = [], weights: Float32Array[] = [];
  const starts = new Int32Array(users + 1);
  for (let user = 0; user < users; user++) {
    const social: number[] = [];
    const own = positives.subarray(offsets[user], offsets[user + 1]);
    for (const item of own) having[item] = -1;
    for (const friend of friends.targets.subarray(friends.offsets[user], friends.offsets[user + 1])) {
      for (const item of positives.subarray(offsets[friend], offsets[friend + 1])) {
        if (having[item]! < 0) continue;
        if (having[item]!++ === 0) social.push(item);
      }
    }
    const row = Int32Array.from(social).sort();
    found.push(row);
    weights.push(Float32Array.from(row, (item) => having[item]!));
    starts[user + 1] = starts[user]! + row.length;
    for (const item of row) having[item] = 0;
    for (const item of own) having[item] = 0;
  }
  const targets = new Int32Array(starts[users]!), coefficients = new Float32Array(starts[users]!);
  found.forEach((row, user) => targets.set(row, starts[user]));
  weights.forEach((row, user) => coefficients.set(row, starts[user]));
  return { offsets: starts, targets, weights: coefficients };
}
