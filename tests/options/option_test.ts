import assert from "node:assert/strict";
import { choice, flag, integer, numbers, numbersOf, optionalReal, real, resolve, text } from "../../options/option.ts";

const options = {
  count: integer(3, "how many", { min: 1, max: 9 }),
  rate: real(0.5, "how fast", { min: 0 }),
  deep: flag(false, "whether deep"),
  mode: choice(["fast", "slow"], "fast", "which way"),
  name: text(null, "what name"),
  limit: optionalReal("how far", { min: 0 }),
  widths: numbers("64-32", "how wide"),
};
const read = (given: Readonly<Record<string, unknown>>) => resolve("thing", options, given);

Deno.test("options left out, or undefined, take their defaults", () => {
  const defaults = { count: 3, rate: 0.5, deep: false, mode: "fast", name: null, limit: null, widths: "64-32" };
  assert.deepEqual(read({}), defaults);
  assert.deepEqual(read({ count: undefined, name: undefined }), defaults);
});

Deno.test("values are taken in their types, and text as flags and YAML give it is parsed", () => {
  const typed = { count: 4, rate: 0.25, deep: true, mode: "slow", name: "a", limit: 2, widths: "8" };
  assert.deepEqual(read(typed), typed);
  assert.deepEqual(
    read({ count: "4", rate: "2.5e-1", deep: "true", mode: "slow", name: "a", limit: "2", widths: 8 }),
    typed,
  );
  assert.equal(read({ deep: "false" }).deep, false);
  assert.equal(read({ name: 7 }).name, "7");
});

Deno.test("numbers in a row are told apart", () => {
  assert.deepEqual(numbersOf(read({}).widths), [64, 32]);
  assert.deepEqual(numbersOf(read({ widths: 128 }).widths), [128]);
});

Deno.test("both ends of a limit belong to it", () => {
  assert.deepEqual([read({ count: 1 }).count, read({ count: 9 }).count, read({ rate: 0 }).rate], [1, 9, 0]);
});

Deno.test("a value of the wrong kind is refused with the option, what it takes and what was found", () => {
  const refused: [Readonly<Record<string, unknown>>, RegExp][] = [
    [{ count: 0 }, /Cannot make "thing": option "count" takes a whole number from 1 to 9, found 0/],
    [{ count: 10 }, /found 10/],
    [{ count: 2.5 }, /found 2.5/],
    [{ count: "two" }, /found "two"/],
    [{ count: "" }, /found ""/],
    [{ count: " " }, /found " "/],
    [{ count: true }, /found true/],
    [{ count: null }, /found null/],
    [{ count: [4] }, /found \[4\]/],
    [{ rate: -0.1 }, /option "rate" takes a number of at least 0, found -0.1/],
    [{ rate: NaN }, /option "rate"/],
    [{ rate: "Infinity" }, /found "Infinity"/],
    [{ deep: 1 }, /option "deep" takes true or false, found 1/],
    [{ deep: "yes" }, /found "yes"/],
    [{ mode: "medium" }, /option "mode" takes one of fast, slow, found "medium"/],
    [{ name: false }, /option "name" takes text, found false/],
    [{ limit: -1 }, /option "limit" takes a number of at least 0, found -1/],
    [{ widths: "64,32" }, /option "widths" takes whole numbers of at least 1, joined by dashes, found "64,32"/],
    [{ widths: "64-0" }, /found "64-0"/],
    [{ widths: "64-" }, /found "64-"/],
    [{ widths: 2.5 }, /found 2.5/],
  ];
  for (const [given, message] of refused) assert.throws(() => read(given), { name: "TypeError", message });
});

Deno.test("a number without limits, or with an upper one only, says so", () => {
  assert.equal(real(0, "x").takes, "a number");
  assert.equal(real(0, "x", { max: 0 }).takes, "a number of at most 0");
  assert.equal(integer(0, "x").read(-5), -5);
});

Deno.test("an option that is not there is refused with those that are", () => {
  assert.throws(
    () => read({ cuont: 3 }),
    /Cannot make "thing": it has no option "cuont"; it has "count", "rate", .*; did you mean "count"\?$/,
  );
  assert.throws(() => resolve("thing", {}, { a: 1 }), /it has no option "a"; it has none/);
  assert.throws(() => read({ toString: 1 }), /it has no option "toString"/);
});
