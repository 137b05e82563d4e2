import assert from "node:assert/strict";
import { integer, real } from "../../options/option.ts";
import { oneOf, reals, wholes } from "../../options/space.ts";

const SHARES = Array.from({ length: 1000 }, (_, at) => at / 1000);
const counts = <T>(values: readonly T[]) =>
  [...new Set(values)].map((value) => [value, values.filter((each) => each === value).length]);

Deno.test("each of some values has an equal part of the unit interval", () => {
  assert.deepEqual(counts(SHARES.map(oneOf("a", "b", "c", "d").at)), [["a", 250], ["b", 250], ["c", 250], ["d", 250]]);
});

Deno.test("whole numbers between two ends are equally likely, both ends included", () => {
  const dice = wholes({ low: 1, high: 5, log: false });
  assert.deepEqual(counts(SHARES.map(dice.at)), [[1, 200], [2, 200], [3, 200], [4, 200], [5, 200]]);
  assert.deepEqual([0, 1, 5, 6, 2.5, "2"].map(dice.has), [false, true, true, false, false, false]);
});

Deno.test("of whole numbers by their logarithms, each doubling is equally likely", () => {
  const pool = wholes({ low: 1, high: 7, log: true }), drawn = SHARES.map(pool.at); // [1, 8): three doublings
  const within = (low: number, high: number) => drawn.filter((value) => value >= low && value < high).length;
  assert.deepEqual([within(1, 2), within(2, 4), within(4, 8)], [334, 333, 333]);
});

Deno.test("real numbers are even, or even by their logarithms, have three digits and stay between the ends", () => {
  const share = reals({ low: 0, high: 0.5, log: false }), rate = reals({ low: 1e-4, high: 1e-2, log: true });
  assert.deepEqual([0, 0.5, 1 / 3].map(share.at), [0, 0.25, 0.167]);
  assert.deepEqual([0, 0.5, 0.75].map(rate.at), [1e-4, 1e-3, 0.00316]);
  assert.equal(reals({ low: 1.0004, high: 1.0005, log: false }).at(0), 1.0004);
  assert.deepEqual([9e-5, 1e-4, 1e-2, NaN].map(rate.has), [false, true, true, false]);
});

Deno.test("an option says what lies between two of its values, and a space how it is written", () => {
  assert.deepEqual([0, 0.999].map(integer(3, "").between({ low: 2, high: 4, log: false }).at), [2, 4]);
  assert.equal(real(3, "").between({ low: 2, high: 3, log: false }).at(0.5), 2.5);
  assert.deepEqual(
    [oneOf(4, 8), reals({ low: 1e-4, high: 0.5, log: true }), wholes({ low: 1, high: 9, log: false })].map((
      { text },
    ) => text),
    ["4,8", "log:0.0001..0.5", "1..9"],
  );
});
