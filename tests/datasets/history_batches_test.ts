import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { historyBatches, type HistoryWants } from "../../datasets/history_batches.ts";
import { capsOf, capsWithin, fitting } from "../../datasets/histories.ts";
import { interactions } from "../../datasets/interactions.ts";
import { continued, sequences } from "../../datasets/sequences.ts";
import { Rng } from "../../random/rng.ts";

/** Sequences of given items, one a user. */
const of = (...items: readonly (readonly number[])[]) => ({
  offsets: Int32Array.from([0, ...items].map((_, at) => items.slice(0, at).flat().length)),
  items: Int32Array.from(items.flat()),
});
const wants = (given: Partial<HistoryWants> = {}): HistoryWants => ({
  length: 3,
  asks: "all",
  windows: false,
  ...given,
});
const everyone = () => true;
const epoch = (batches: ReturnType<typeof historyBatches>, number = 0) => {
  const plan = batches.plan(number, new Rng(1, "order"));
  return Array.from({ length: plan.steps }, (_, index) => plan.at(index));
};
/** What each row says: the user, what was met before, oldest first, and the item after it. */
const lessons = (batches: ReturnType<typeof historyBatches>, number = 0) =>
  epoch(batches, number).flatMap(({ rows, users, positives, history }) => {
    const { items, cells, places, asked, ages } = history!, { length } = batches.caps;
    return Array.from({ length: rows }, (_, row) => {
      const token = asked[row]!, place = places[token]!, first = place - place % length;
      const read = Array.from(cells.subarray(first, place + 1), (each) => items[each]!);
      assert.equal(cells[place], token);
      assert(ages[token]! < length);
      return `${users[row]}: ${read.join(" ")} > ${positives[row]}`;
    });
  }).sort();

Deno.test("every item but the first is asked for after those before it, of the latest so many", () => {
  const batches = historyBatches(of([7, 8, 9], [4], [1, 2, 3, 4, 5]), wants(), { size: 8, dropLast: false }, everyone);
  assert.deepEqual(lessons(batches), ["0: 7 8 > 9", "0: 7 > 8", "2: 2 3 4 > 5", "2: 2 3 > 4", "2: 2 > 3"]);
  assert.equal(batches.count, 5);
});

Deno.test("asked last, each history has the one row of its end", () => {
  const given = of([7, 8, 9], [4], [1, 2, 3, 4, 5]);
  const batches = historyBatches(given, wants({ asks: "last" }), { size: 1, dropLast: false }, everyone);
  assert.deepEqual(lessons(batches), ["0: 7 8 > 9", "2: 2 3 4 > 5"]);
  assert.equal(epoch(batches).length, 2);
});

Deno.test("with windows a long sequence trains whole, each item asked for once", () => {
  const batches = historyBatches(
    of([1, 2, 3, 4, 5, 6, 7, 8]),
    wants({ windows: true }),
    { size: 8, dropLast: false },
    everyone,
  );
  assert.deepEqual(lessons(batches), [
    ...["0: 1 > 2", "0: 2 3 4 > 5", "0: 2 3 > 4", "0: 2 > 3", "0: 5 6 7 > 8", "0: 5 6 > 7", "0: 5 > 6"],
  ]);
});

Deno.test("the age of a token counts the newer ones of its history", () => {
  const [batch] = epoch(historyBatches(of([5, 6, 7, 8]), wants(), { size: 4, dropLast: false }, everyone));
  assert.deepEqual(batch!.history!.ages.slice(0, 3), Int32Array.of(2, 1, 0));
});

Deno.test("users that teach nothing are left out", () => {
  const batches = historyBatches(of([7, 8], [1, 2]), wants(), { size: 4, dropLast: false }, (user) => user !== 0);
  assert.deepEqual(lessons(batches), ["1: 1 > 2"]);
});

Deno.test("a batch too small for a history is refused", () => {
  assert.throws(
    () => historyBatches(of([1, 2, 3, 4]), wants(), { size: 2, dropLast: false }, everyone),
    /histories of up to 3 items, which train together, with "batchSize" 2: it must be at least 3/,
  );
});

Deno.test("an epoch holds every lesson once, whatever the sizes; rows past the last repeat the first, and firsts add up", () => {
  const sequence = fc.array(fc.nat(30), { maxLength: 12 });
  fc.assert(fc.property(
    fc.array(sequence, { minLength: 1, maxLength: 12 }),
    fc.integer({ min: 1, max: 6 }),
    fc.integer({ min: 6, max: 20 }),
    fc.boolean(),
    fc.constantFrom("all", "last"),
    (given, length, size, windows, asks) => {
      const wanted = given.flatMap((items, user) =>
        items.flatMap((item, at) => {
          if (at === 0) return [];
          const back = items.length - 1 - at, piece = windows ? Math.floor(back / length) : 0;
          if (asks === "last" ? back % length !== 0 || back > piece * length : back >= (piece + 1) * length) return [];
          const start = Math.max(0, items.length - 1 - (piece + 1) * length);
          return [`${user}: ${items.slice(start, at).join(" ")} > ${item}`];
        })
      ).sort();
      const batches = historyBatches(of(...given), wants({ length, windows, asks: asks as "all" | "last" }), {
        size,
        dropLast: false,
      }, everyone);
      assert.deepEqual(lessons(batches, 3), wanted);
      let first = 0;
      for (const batch of epoch(batches, 3)) {
        assert.equal(batch.first, first);
        first += batch.rows;
        for (let row = batch.rows; row < size; row++) {
          assert.deepEqual([batch.users[row], batch.positives[row]], [batch.users[0], batch.positives[0]]);
          assert.equal(batch.history!.asked[row], batch.history!.asked[0]);
        }
      }
    },
  ));
});

Deno.test("with dropLast a last batch goes that has fewer rows than those before it, not one as full as they are", () => {
  const rowsOf = (sequences: number, dropLast: boolean) => {
    const batches = historyBatches(
      of(...Array(sequences).fill([1, 2, 3, 4])),
      wants(),
      { size: 8, dropLast },
      everyone,
    );
    return [...epoch(batches, 0)].map(({ rows }) => rows);
  };
  assert.deepEqual([rowsOf(4, true), rowsOf(4, false)], [[6, 6], [6, 6]]);
  assert.deepEqual([rowsOf(5, true), rowsOf(5, false)], [[6, 6], [6, 6, 3]]);
  assert.deepEqual(rowsOf(1, true), [3]);
});

Deno.test("an epoch's order depends on its number", () => {
  const given = of(...Array.from({ length: 20 }, (_, user) => [user, user + 1]));
  const batches = historyBatches(given, wants(), { size: 20, dropLast: false }, everyone);
  assert.deepEqual(epoch(batches, 1), epoch(batches, 1));
  assert.notDeepEqual(epoch(batches, 1)[0]!.users, epoch(batches, 2)[0]!.users);
});

Deno.test("sequences are by time, of equal times by row, and by row where there are no times", () => {
  const columns = { users: [0, 1, 0, 0], items: [3, 9, 2, 1], userCount: 2, itemCount: 10 };
  assert.deepEqual(sequences(interactions(columns)).items, Int32Array.of(3, 2, 1, 9));
  assert.deepEqual(sequences(interactions({ ...columns, times: [5, 0, 5, 4] })).items, Int32Array.of(1, 3, 2, 9));
});

Deno.test("sequences that go on keep the order of both", () => {
  const both = continued(of([1, 2], [], [3]), of([4], [5, 6], []));
  assert.deepEqual([both.offsets, both.items], [Int32Array.of(0, 3, 5, 6), Int32Array.of(1, 2, 4, 5, 6, 3)]);
});

Deno.test("a batch has space for as many tokens as histories of usual length, and a quarter more, but not more than can be", () => {
  // of lengths 1, 1, 1, 1, 6 the mean is 2: four histories have 8 usually, 10 with a quarter more
  assert.deepEqual(capsOf(Int32Array.of(1, 1, 1, 1, 6), 4), { histories: 4, tokens: 10, length: 6 });
  assert.deepEqual(capsOf(Int32Array.of(3, 3), 4), { histories: 4, tokens: 12, length: 3 }); // all of the longest
  assert.deepEqual(capsOf(Int32Array.of(1, 1, 1, 1, 6), 1), { histories: 1, tokens: 6, length: 6 }); // the longest fits
  // 12 tokens are 6 histories of length 2, 8 with a quarter more; no more than there are, nor than tokens
  assert.deepEqual(capsWithin(Int32Array.from({ length: 20 }, () => 2), 12), { histories: 8, tokens: 12, length: 2 });
  assert.equal(capsWithin(Int32Array.of(2, 2, 2), 12).histories, 3);
  assert.equal(capsWithin(Int32Array.from({ length: 20 }, () => 1), 12).histories, 12);
  assert.equal(capsWithin(new Int32Array(), 12).histories, 1);
});

Deno.test("histories fit that fill a batch's tokens, or its rows, to the last", () => {
  const caps = { histories: 9, tokens: 6, length: 3 }, twos = () => 2;
  assert.equal(fitting(9, 0, twos, caps, 99, "all"), 3);
  assert.equal(fitting(9, 0, twos, { ...caps, tokens: 5 }, 99, "all"), 2);
  assert.equal(fitting(9, 0, twos, caps, 4, "all"), 2);
  assert.equal(fitting(9, 0, twos, caps, 2, "last"), 2);
  assert.equal(fitting(9, 7, twos, caps, 99, "last"), 2);
  assert.equal(fitting(9, 0, () => 7, caps, 99, "all"), 1);
});
