import { Rng } from "../random/rng.ts";
import type { Parts } from "./dataset.ts";
import { idsBelow } from "./ids_below.ts";
import type { Interactions } from "./interactions.ts";
import { lastOfEach } from "./last_of_each.ts";
import { orderedRows } from "./ordered_rows.ts";
import { rowsByUser } from "./rows_by_user.ts";
import { select } from "./select.ts";

/** Shares of the interactions that are held out, each in [0, 1), below 1 together. A share of 0 makes no part. */
export interface Shares {
  readonly valid?: number;
  readonly test?: number;
}

const TRAIN = 0, VALID = 1, TEST = 2;
/** 0.29 * 100 is 28.999999999999996, and should count as 29. */
const ROUNDING = 1e-9;

/**
 * Holds out a random share of each user's interactions; one at least stays in train. A share that is no whole number of
 * interactions is rounded up or down at random, so that it holds on average, also where users have few. A user's part
 * depends on the seed, the user's id and the order of the user's rows alone. Merge repeats first.
 *
 * @throws RangeError where a share is out of range.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { interactions } from "./interactions.ts";
 * import { splitByRatio } from "./split.ts";
 *
 * const log = interactions({ users: [0, 0, 0, 0, 0], items: [0, 1, 2, 3, 4], userCount: 1, itemCount: 5 });
 * const { train, valid, test } = splitByRatio(log, { test: 0.2 }, 2026);
 * assert.deepEqual([train.users.length, valid, test?.users.length], [4, undefined, 1]);
 * ```
 */
export function splitByRatio(log: Interactions, shares: Shares, seed: number): Parts {
  const { offsets, rows } = rowsByUser(log);
  return holdOutOfEach(log, shares, seed, (user, rng) => rng.shuffle(rows.slice(offsets[user], offsets[user + 1])));
}

/**
 * Takes a random share of each user's interactions out of train, as `splitByRatio` does: for selection on validation where a
 * dataset comes with train and test alone.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { interactions } from "./interactions.ts";
 * import { carveValidation } from "./split.ts";
 *
 * const log = interactions({ users: [0, 0, 0, 0], items: [0, 1, 2, 3], userCount: 1, itemCount: 4 });
 * const { train, valid } = carveValidation(log, 0.25, 2026);
 * assert.deepEqual([train.users.length, valid.users.length], [3, 1]);
 * ```
 */
export function carveValidation(
  train: Interactions,
  share: number,
  seed: number,
): { readonly train: Interactions; readonly valid: Interactions } {
  const parts = splitByRatio(train, { valid: share }, seed);
  return { train: parts.train, valid: parts.valid ?? select(train, []) };
}

/**
 * Holds out the latest share of each user's interactions for test, and the share before it for validation; one at least,
 * the oldest, stays in train. Of equal times the later row is the later. Shares are rounded as `splitByRatio` does: how
 * many of a user are held out depends on the seed, the user's id and the number of the user's rows alone. RecBole's
 * `order: TO, split: RS, group_by: user`, whose shares are rounded down, but to 1 at least where train keeps one.
 *
 * @throws RangeError where a share is out of range, or there are no times and rows are not in order by nature.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { interactions } from "./interactions.ts";
 * import { splitByUserTime } from "./split.ts";
 *
 * const log = interactions({ users: [0, 0, 0, 0], items: [0, 1, 2, 3], times: [40, 10, 30, 20], userCount: 1, itemCount: 4 });
 * const { train, valid, test } = splitByUserTime(log, { valid: 0.25, test: 0.25 }, 2026);
 * assert.deepEqual([train.items, valid?.items[0], test?.items[0]], [Int32Array.of(1, 3), 2, 0]);
 * ```
 */
export function splitByUserTime(log: Interactions, shares: Shares, seed: number): Parts {
  requireOrder(log, "split by each user's time");
  const { offsets, rows } = orderedRows(log);
  return holdOutOfEach(log, shares, seed, (user) => rows.subarray(offsets[user], offsets[user + 1]).toReversed());
}

/**
 * Holds out each user's last interaction for test and the one before for validation. Users with fewer than three stay
 * in train whole. Of equal times the later row is the later.
 *
 * @throws RangeError where there are no times, and rows are not in order by nature.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { interactions } from "./interactions.ts";
 * import { leaveOneOut } from "./split.ts";
 *
 * const log = interactions({ users: [0, 0, 0], items: [0, 1, 2], times: [30, 10, 20], userCount: 1, itemCount: 3 });
 * const { train, valid, test } = leaveOneOut(log);
 * assert.deepEqual([train.items[0], valid?.items[0], test?.items[0]], [1, 2, 0]);
 * ```
 */
export function leaveOneOut(log: Interactions): Parts {
  requireOrder(log, "leave one out");
  const { offsets, rows } = orderedRows(log), part = new Uint8Array(rows.length);
  for (let user = 0; user < log.userCount; user++) {
    const own = rows.subarray(offsets[user], offsets[user + 1]);
    if (own.length < 3) continue;
    part[own.at(-1)!] = TEST;
    part[own.at(-2)!] = VALID;
  }
  return take(log, part, { valid: true, test: true });
}

/**
 * Holds out the latest share of all interactions for test, and what is left of the latest `valid + test` of them for
 * validation. Rows of one time stay together, on the later side: either may come out larger than asked for, and where
 * test does, validation smaller, if not empty.
 *
 * @throws RangeError where there are no times, a share is out of range, or nothing would be left to train on.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { interactions } from "./interactions.ts";
 * import { splitByTime } from "./split.ts";
 *
 * const log = interactions({ users: [0, 1, 0, 1], items: [0, 1, 1, 0], times: [4, 3, 2, 1], userCount: 2, itemCount: 2 });
 * const { train, test } = splitByTime(log, { test: 0.25 });
 * assert.deepEqual([train.users.length, test?.users[0]], [3, 0]);
 * ```
 */
export function splitByTime(log: Interactions, shares: Shares): Parts {
  const { valid, test } = checked(shares), times = timesOf(log, "split by time"), sorted = times.toSorted();
  const count = sorted.length;
  const from = (share: number) => sorted[count - Math.floor(count * share + ROUNDING)] ?? Infinity;
  const testFrom = from(test), validFrom = from(valid + test);
  const part = Uint8Array.from(times, (time) => time >= testFrom ? TEST : time >= validFrom ? VALID : TRAIN);
  if (count > 0 && !part.includes(TRAIN)) {
    throw new RangeError(`Cannot split ${count} interactions by time: too many of them share the time ${sorted[0]}`);
  }
  return take(log, part, { valid: valid > 0, test: test > 0 });
}

/**
 * Holds out a random share of the users, as studies of sequences do: the last interaction of each is what is held out,
 * and those before it are `before`, not train. Shares are of the users who have two interactions or more; the others
 * stay in train. A user's part depends on the seed, the user's id and the number of users alone.
 *
 * @throws RangeError where a share is out of range, or there are no times and rows are not in order by nature.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { interactions } from "./interactions.ts";
 * import { splitByUser } from "./split.ts";
 *
 * const log = interactions({ users: [0, 0, 1, 1], items: [0, 1, 0, 1], userCount: 2, itemCount: 2, inOrder: true });
 * const { train, test, before } = splitByUser(log, { test: 0.5 }, 2026);
 * assert.deepEqual([train.users.length, test?.items, before?.test?.items], [2, Int32Array.of(1), Int32Array.of(0)]);
 * ```
 */
export function splitByUser(log: Interactions, shares: Shares, seed: number): Parts {
  const { valid, test } = checked(shares), { offsets } = rowsByUser(log);
  requireOrder(log, "split by user");
  const can = idsBelow(log.userCount).filter((user) => offsets[user + 1]! - offsets[user]! > 1);
  const drawn = new Rng(seed, "split").shuffle(can), share = (of: number) => Math.floor(can.length * of + ROUNDING);
  const partOf = new Uint8Array(log.userCount);
  for (const user of drawn.subarray(0, share(test))) partOf[user] = TEST;
  for (const user of drawn.subarray(share(test), share(test) + share(valid))) partOf[user] = VALID;
  const parts = take(log, Uint8Array.from(log.users, (user) => partOf[user]!), { valid: valid > 0, test: test > 0 });
  const ends = { valid: parts.valid && lastOfEach(parts.valid), test: parts.test && lastOfEach(parts.test) };
  return {
    train: parts.train,
    ...(ends.valid && { valid: ends.valid.last }),
    ...(ends.test && { test: ends.test.last }),
    before: { ...(ends.valid && { valid: ends.valid.before }), ...(ends.test && { test: ends.test.before }) },
  };
}

/** Holds out shares of each user's rows, in the order `ownRows` gives them: first those of test, then of validation. */
function holdOutOfEach(
  log: Interactions,
  shares: Shares,
  seed: number,
  ownRows: (user: number, rng: Rng) => Int32Array,
): Parts {
  const { valid, test } = checked(shares), rng = new Rng(seed, "split"), part = new Uint8Array(log.users.length);
  for (let user = 0; user < log.userCount; user++) {
    const own = ownRows(user, rng.seek(user, 0));
    const tested = Math.min(Math.floor(own.length * test + rng.uniform()), own.length - 1);
    const validated = Math.min(Math.floor(own.length * valid + rng.uniform()), own.length - 1 - tested);
    for (const row of own.subarray(0, tested)) part[row] = TEST;
    for (const row of own.subarray(tested, tested + validated)) part[row] = VALID;
  }
  return take(log, part, { valid: valid > 0, test: test > 0 });
}

function checked({ valid = 0, test = 0 }: Shares): Required<Shares> {
  for (const [what, share] of Object.entries({ valid, test, "valid and test": valid + test })) {
    if (share >= 0 && share < 1) continue;
    throw new RangeError(`Cannot hold out a share of ${share} ("${what}"): shares are in [0, 1)`);
  }
  return { valid, test };
}

function timesOf({ times, inOrder }: Interactions, act: string): Float64Array {
  if (times) return times;
  const found = inOrder ? "; each sequence is in order, but there is no clock that all share" : "";
  throw new RangeError(`Cannot ${act}: the interactions have no "times"${found}`);
}

function requireOrder(log: Interactions, act: string): void {
  if (!log.inOrder) timesOf(log, act);
}

function take(log: Interactions, part: Uint8Array, made: Readonly<Record<"valid" | "test", boolean>>): Parts {
  return {
    train: select(log, rowsOf(part, TRAIN)),
    ...(made.valid && { valid: select(log, rowsOf(part, VALID)) }),
    ...(made.test && { test: select(log, rowsOf(part, TEST)) }),
  };
}

/** The rows of one part, ascending. */
function rowsOf(part: Uint8Array, wanted: number): Int32Array {
  let count = 0;
  for (const which of part) if (which === wanted) count++;
  const rows = new Int32Array(count);
  for (let row = 0, at = 0; row < part.length; row++) if (part[row] === wanted) rows[at++] = row;
  return rows;
}
