import { Rng } from "../random/rng.ts";
import { distinct } from "./distinct.ts";
import type { Interactions } from "./interactions.ts";
import { select } from "./select.ts";

/**
 * The interactions of `count` of the users who have any, drawn without replacement: what is held out of them, say, where
 * ranking for all of them takes too long. Which users depends on the seed and on who has interactions, on nothing else;
 * fewer are among more of the same seed. Where there are no more than `count` users, all of it.
 *
 * @throws RangeError where `count` is not a whole number of at least 1.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { interactions } from "./interactions.ts";
 * import { sampleUsers } from "./sample_users.ts";
 *
 * const held = interactions({ users: [0, 2, 2, 3], items: [5, 6, 7, 8], userCount: 4, itemCount: 9 });
 * const { users } = sampleUsers(held, 2, 2026);
 * assert.equal(new Set(users).size, 2);
 * assert.deepEqual(users, sampleUsers(held, 2, 2026).users);
 * ```
 */
export function sampleUsers(log: Interactions, count: number, seed: number): Interactions {
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`Cannot sample ${count} users: it is a whole number of at least 1`);
  }
  const active = distinct(log.users), isIn = new Uint8Array(log.userCount);
  if (active.length <= count) return log;
  for (const user of new Rng(seed, "sampled users").shuffle(active).subarray(0, count)) isIn[user] = 1;
  let rows = 0;
  for (const user of log.users) rows += isIn[user]!;
  const kept = new Int32Array(rows);
  for (let row = 0, at = 0; row < log.users.length; row++) if (isIn[log.users[row]!] === 1) kept[at++] = row;
  return select(log, kept);
}
