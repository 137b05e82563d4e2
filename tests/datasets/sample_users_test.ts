import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { interactions } from "../../datasets/interactions.ts";
import { sampleUsers } from "../../datasets/sample_users.ts";
import { assertLaw } from "../samplers/chi_square.ts";

const USERS = 12;
const anyLog = fc.array(fc.nat(USERS - 1), { minLength: 1, maxLength: 30 }).map((users) =>
  interactions({ users, items: users.map((_, row) => row), userCount: USERS, itemCount: 30 })
);
/** Items are numbers of rows, so these are the rows that were kept. */
const rowsOf = (log: { readonly items: Int32Array }) => [...log.items];

Deno.test("a sample has all rows of its users in their order, and as many users as asked for or there are", () => {
  fc.assert(fc.property(anyLog, fc.integer({ min: 1, max: 14 }), fc.nat(99), (log, count, seed) => {
    const kept = sampleUsers(log, count, seed), users = new Set(kept.users);
    assert.equal(users.size, Math.min(count, new Set(log.users).size));
    assert.deepEqual(rowsOf(kept), rowsOf(log).filter((row) => users.has(log.users[row]!)));
    assert.deepEqual([kept.userCount, kept.itemCount], [USERS, 30]);
  }));
});

Deno.test("a sample is the same by seed, and among a larger one of the same seed", () => {
  fc.assert(fc.property(anyLog, fc.integer({ min: 1, max: 12 }), fc.nat(99), (log, count, seed) => {
    const kept = rowsOf(sampleUsers(log, count, seed)), more = new Set(rowsOf(sampleUsers(log, count + 1, seed)));
    assert.deepEqual(rowsOf(sampleUsers(log, count, seed)), kept);
    assert(kept.every((row) => more.has(row)));
  }));
});

Deno.test("every user with interactions is as likely, however many those are", () => {
  const log = interactions({ users: [0, 0, 0, 2, 3, 3], items: [0, 1, 2, 3, 4, 5], userCount: 4, itemCount: 6 });
  assertLaw(
    Array.from({ length: 3000 }, (_, seed) => sampleUsers(log, 1, seed).users[0]!),
    [1 / 3, 0, 1 / 3, 1 / 3],
  );
});

Deno.test("a sample of no whole number of users is refused", () => {
  const log = interactions({ users: [0], items: [0], userCount: 1, itemCount: 1 });
  for (const count of [0, -1, 1.5, NaN]) assert.throws(() => sampleUsers(log, count, 0), /Cannot sample .* at least 1/);
});
