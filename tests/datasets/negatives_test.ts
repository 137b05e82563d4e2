import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { catalogue } from "../../datasets/catalogue.ts";
import { interactions } from "../../datasets/interactions.ts";
import { SeenItems } from "../../datasets/negatives.ts";
import { Rng } from "../../random/rng.ts";

const seenOf = (met: readonly (readonly number[])[], items: number, distinct = false) =>
  new SeenItems(
    catalogue(interactions({
      users: met.flatMap((of, user) => of.map(() => user)),
      items: met.flat(),
      userCount: met.length,
      itemCount: items,
    })),
    distinct,
  );
const range = (count: number) => Array.from({ length: count }, (_, at) => at);

Deno.test("a user has met what the log says and nothing else, with few items and with many", () => {
  const met = [[], [0], [63, 64, 31, 32], range(100).filter((item) => item % 3 === 0), range(100)];
  const seen = seenOf(met, 100);
  met.forEach((of, user) => {
    for (const item of range(100)) assert.equal(seen.has(user, item), of.includes(item), `user ${user}, item ${item}`);
    assert.equal(seen.unseenCount(user), 100 - of.length);
  });
});

Deno.test("items of a log too wide for a bitmap are found by searching", () => {
  const WIDE = 2 ** 31 - 1; // 2^26 words: a second user of this width is over the limit
  const offsets = Int32Array.of(0, 20, 40), of = range(20).map((at) => at * 100_000_000);
  const positives = Int32Array.from([...of, ...of.map((item) => item + 1)]);
  const seen = new SeenItems({ users: 2, items: WIDE, offsets, positives });
  for (const item of of) {
    assert.deepEqual([seen.has(0, item), seen.has(0, item + 1), seen.has(1, item), seen.has(1, item + 1)], [
      true,
      false,
      false,
      true,
    ]);
  }
  assert.equal(seen.has(1, WIDE - 1), false);
  const rng = new Rng(1, "wide");
  for (let draw = 0; draw < 100; draw++) assert(!positives.subarray(0, 20).includes(seen.drawUnseen(0, rng)));
});

Deno.test("a user of many positives is searched, not scanned, however many users have as many", () => {
  const users = 33, each = 1000, reads: string[] = []; // the last user's row of a bitmap would start at word 2^31
  const offsets = Int32Array.from({ length: users + 1 }, (_, user) => user * each);
  const positives = new Proxy(Int32Array.from({ length: users * each }, (_, at) => 2 * (at % each)), {
    get: (of, key: string) => (reads.push(key), of[Number(key)]),
  });
  const seen = new SeenItems({ users, items: 2 ** 31 - 1, offsets, positives });
  for (const user of [1, users - 1]) {
    reads.length = 0;
    assert(seen.has(user, 1002) && !seen.has(user, 1001));
    assert(reads.length <= 30, `user ${user}: ${reads.length} reads`);
  }
});

Deno.test("the unseen items in ascending order are what is not met", () => {
  const met = fc.uniqueArray(fc.nat(39), { maxLength: 39 });
  fc.assert(
    fc.property(met, met, (first, second) => {
      const seen = seenOf([first, second], 40);
      [first, second].forEach((of, user) => {
        const found = range(seen.unseenCount(user)).map((rank) => seen.unseenAt(user, rank));
        assert.deepEqual(found, range(40).filter((item) => !of.includes(item)));
      });
    }),
    { seed: 12 },
  );
});

Deno.test("no draw is ever a positive, however many there are", () => {
  const rng = new Rng(3, "draws");
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(39), { maxLength: 39 }), (of) => {
      const seen = seenOf([of], 40);
      for (let draw = 0; draw < 40; draw++) {
        const item = seen.drawUnseen(0, rng);
        assert(item >= 0 && item < 40 && !of.includes(item));
      }
    }),
    { seed: 13 },
  );
});

Deno.test("filling a slice draws unseen items only and writes nothing else", () => {
  const seen = seenOf([[1, 2], range(38)], 40);
  for (const user of [0, 1]) {
    const into = new Int32Array(12).fill(-7);
    seen.fillUnseen(user, new Rng(4, "slice"), into, 3, 5);
    assert([...into.subarray(3, 8)].every((item) => item >= 0 && item < 40 && !seen.has(user, item)));
    assert([...into.subarray(0, 3), ...into.subarray(8)].every((untouched) => untouched === -7));
  }
});

Deno.test("draws that are to differ do, and every ordered choice of them is equally likely", () => {
  const met = [[1], [1, 4, 6], []], items = 7;
  for (const [user, count] of [[0, 2], [0, 4], [1, 2], [2, 3]] as const) { // few of many, and more than half
    const seen = seenOf(met, items, true), rng = new Rng(6, "distinct"), into = new Int32Array(count);
    const counts = new Map<string, number>(), draws = 40_000;
    for (let draw = 0; draw < draws; draw++) {
      seen.fillUnseen(user, rng, into, 0, count);
      assert(new Set(into).size === count && into.every((item) => !seen.has(user, item)), `${into}`);
      counts.set(`${into}`, (counts.get(`${into}`) ?? 0) + 1);
    }
    let choices = 1;
    for (let taken = 0; taken < count; taken++) choices *= seen.unseenCount(user) - taken;
    assert.equal(counts.size, choices);
    const expected = draws / choices;
    const chiSquare = [...counts.values()].reduce((sum, found) => sum + (found - expected) ** 2 / expected, 0);
    assert(chiSquare < choices - 1 + 4.5 * Math.sqrt(2 * (choices - 1)), `user ${user}: ${chiSquare} of ${choices}`);
  }
});

Deno.test("more draws than there are unseen items repeat, though they are to differ", () => {
  const seen = seenOf([range(37)], 40, true), into = new Int32Array(30);
  seen.fillUnseen(0, new Rng(8, "too few"), into, 0, 30);
  assert.deepEqual([...new Set(into)].sort(), [37, 38, 39]);
  seen.fillUnseen(0, new Rng(8, "all"), into, 0, 3);
  assert.deepEqual([...into.subarray(0, 3)].sort(), [37, 38, 39]);
});

Deno.test("what a seed draws is what it was where figures are of it, and in runs that go on", () => {
  const met = [[3, 7], range(30)], rng = new Rng(0, "sampler"); // few, and many, of 40
  const drawn = (distinct: boolean, user: number, count: number) => {
    const into = new Int32Array(count);
    seenOf(met, 40, distinct).fillUnseen(user, rng.seek(1, 2), into, 0, count);
    return [...into];
  };
  assert.deepEqual(drawn(false, 0, 8), [10, 32, 6, 33, 14, 31, 4, 9]);
  assert.deepEqual(drawn(false, 1, 8), [35, 32, 32, 33, 36, 31, 31, 31]);
  assert.deepEqual(drawn(true, 1, 4), [32, 33, 31, 35]);
  assert.deepEqual(drawn(true, 1, 8), [32, 38, 33, 31, 36, 30, 34, 37]);
});
