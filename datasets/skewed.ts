import { idsBelow } from "./ids_below.ts";
import { Rng } from "../random/rng.ts";
import { type Interactions, interactions } from "./interactions.ts";

/** The shape of a skewed log. */
export interface SkewedOptions {
  readonly users: number;
  readonly items: number;
  /** Rows in all. */
  readonly interactions: number;
  /** Popularity falls as (rank + shift)^-exponent; not 1. */
  readonly exponent?: number;
  readonly shift?: number;
  /** The standard deviation of the logarithm of how much a user does. */
  readonly spread?: number;
  readonly seed?: number;
}

/** Draws of an item that may hit one that the user has by then, before the next free one is taken. */
const REDRAWS = 16;

/**
 * Draws a log whose items and users are unevenly popular, and nothing else: nobody prefers anything. In time and memory
 * linear in interactions, for measuring how training scales; {@link synthetic} draws data that can be learnt. A user's
 * rows are beside each other, their items ascending and without repeats.
 *
 * @throws RangeError where a user would have more interactions than there are items, or the exponent is 1.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { skewed } from "./skewed.ts";
 *
 * const { users, items } = skewed({ users: 100, items: 50, interactions: 900, seed: 1 });
 * assert.equal(items.length, 900);
 * assert.deepEqual(items, skewed({ users: 100, items: 50, interactions: 900, seed: 1 }).items);
 * assert.equal(new Set(items.map((item, row) => users[row]! * 50 + item)).size, 900);
 * ```
 */
export function skewed(options: SkewedOptions): Interactions {
  const {
    users: userCount,
    items: itemCount,
    interactions: count,
    exponent = 0.8,
    shift = 20,
    spread = 0.75,
    seed = 0,
  } = options;
  if (exponent === 1) throw new RangeError('Cannot draw a log with "exponent" 1: the law is inverted by 1 - exponent');
  const ends = endsOf(userCount, count, spread, new Rng(seed, "skewed users"));
  const rng = new Rng(seed, "skewed items"), ids = rng.shuffle(idsBelow(itemCount));
  const users = new Int32Array(count), items = new Int32Array(count), metBy = new Int32Array(itemCount).fill(-1);
  const power = 1 - exponent, low = shift ** power, range = (itemCount + shift) ** power - low;
  const rank = () => Math.min(itemCount - 1, Math.floor((low + rng.uniform() * range) ** (1 / power) - shift));
  for (let user = 0, row = 0; user < userCount; user++) {
    const start = row, end = ends[user]!;
    if (end - row > itemCount) {
      throw new RangeError(
        `Cannot draw ${count} interactions of ${userCount} users: user ${user} would have ${
          end - row
        } of ${itemCount} items`,
      );
    }
    for (; row < end; row++) {
      let at = rank();
      for (let attempt = 0; attempt < REDRAWS && metBy[at] === user; attempt++) at = rank();
      while (metBy[at] === user) at = (at + 1) % itemCount;
      metBy[at] = user;
      users[row] = user;
      items[row] = ids[at]!;
    }
    items.subarray(start, end).sort();
  }
  return interactions({ users, items, userCount, itemCount });
}

/** Where each user's rows end: shares of `count` in proportion to log-normal numbers. */
function endsOf(users: number, count: number, spread: number, rng: Rng): Int32Array {
  const sums = new Float64Array(users);
  for (let user = 0, sum = 0; user < users; user++) sums[user] = sum += Math.exp(spread * rng.normal());
  const total = sums.at(-1) ?? 1;
  return Int32Array.from(sums, (sum) => Math.round(sum / total * count));
}
