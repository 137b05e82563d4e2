import assert from "node:assert/strict";
import type { Batch } from "../../datasets/batching.ts";
import { SeenItems } from "../../datasets/negatives.ts";
import { learners, userBatches } from "../../datasets/user_batches.ts";
import { Rng } from "../../random/rng.ts";
import { assertLaw, uniformOver } from "../samplers/chi_square.ts";
import { catalogueWhere } from "../samplers/drawn.ts";

/** Users 2 and 3 have nothing to train on: one has no positive, one no item that is left; user 4 met item 1 twice. */
const MET = [[0, 1, 2], [3], [], [0, 1, 2, 3, 4, 5], [1, 1, 4]], of = catalogueWhere(MET, 6), seen = new SeenItems(of);
const LEARNERS = [0, 1, 4];
const batchesOf = (count: number, size: number, dropLast = false) => userBatches(of, seen, count, { size, dropLast });
/** The batches of an epoch. */
function epoch(count: number, size: number, { number = 0, seed = 1 } = {}): readonly Batch[] {
  const { steps, at } = batchesOf(count, size).plan(number, new Rng(seed, "order"));
  return Array.from({ length: steps }, (_, index) => at(index));
}
/** Rows of batches, padding left out: [user, positive] each. */
const rowsOf = (batches: readonly Batch[]) =>
  batches.flatMap(({ rows, users, positives }) =>
    Array.from({ length: rows }, (_, row) => [users[row]!, positives[row]!] as const)
  );

Deno.test("rows draw users evenly, among those who have something to train on", () => {
  assert.deepEqual([...learners(of, seen)], LEARNERS);
  const rows = rowsOf(epoch(6000, 64));
  assertLaw(rows.map(([user]) => user), uniformOver(LEARNERS, MET.length));
  const firsts = Array.from({ length: 6000 }, (_, number) => rowsOf(epoch(1, 1, { number }))[0]![0]);
  assertLaw(firsts, uniformOver(LEARNERS, MET.length)); // one row over many epochs
});

Deno.test("a user's positives are drawn evenly, each once however often it was met", () => {
  const rows = rowsOf(epoch(6000, 64));
  for (const user of LEARNERS) {
    const drawn = rows.filter(([whose]) => whose === user).map(([, positive]) => positive);
    if (user === 1) assert.deepEqual(new Set(drawn), new Set([3]));
    else assertLaw(drawn, uniformOver([...new Set(MET[user])], 6));
  }
});

Deno.test("what a row draws says nothing of the next", () => {
  const users = rowsOf(epoch(9001, 64)).map(([user]) => LEARNERS.indexOf(user));
  assertLaw(users.slice(1).map((user, at) => 3 * users[at]! + user), new Array(9).fill(1 / 9));
});

Deno.test("an epoch has as many rows as it is told, in batches of a size; the last is padded by its first row, or dropped", () => {
  const batches = epoch(10, 4), last = batches.at(-1)!;
  assert.deepEqual(batches.map(({ rows, first }) => [rows, first]), [[4, 0], [4, 4], [2, 8]]);
  assert.deepEqual([...last.users.subarray(2), ...last.positives.subarray(2)], [
    ...[last.users[0], last.users[0]],
    ...[last.positives[0], last.positives[0]],
  ]);
  const facts = (dropLast: boolean) => {
    const { count, padded, plan } = batchesOf(10, 4, dropLast);
    return [count, padded, plan(0, new Rng(1, "order")).steps];
  };
  assert.deepEqual([facts(false), facts(true)], [[10, true, 3], [10, false, 2]]);
  assert.equal(batchesOf(8, 4).padded, false);
});

Deno.test("rows depend on seed, epoch and number alone: not on the batch size, nor on the order they are asked for", () => {
  const wanted = rowsOf(epoch(100, 100)), { at, steps } = batchesOf(100, 7).plan(0, new Rng(1, "order"));
  for (const size of [1, 7, 64]) assert.deepEqual(rowsOf(epoch(100, size)), wanted, `size ${size}`);
  const backwards = Array.from({ length: steps }, (_, index) => at(steps - 1 - index)).reverse();
  assert.deepEqual(rowsOf(backwards), wanted);
  assert.notDeepEqual(rowsOf(epoch(100, 100, { number: 1 })), wanted);
  assert.notDeepEqual(rowsOf(epoch(100, 100, { seed: 2 })), wanted);
});
