import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { AliasTable } from "../../datasets/alias_table.ts";
import { Rng } from "../../random/rng.ts";
import { assertLaw } from "../samplers/chi_square.ts";

const draws = (table: AliasTable, count: number) => {
  const rng = new Rng(21, "alias table test");
  return Array.from({ length: count }, () => table.draw(rng));
};

Deno.test("what is drawn follows the weights", () => {
  const cases = [[1, 1, 1, 1], [1, 2, 3, 4, 5], [1000, 1], [0, 3, 0, 1, 0, 6], [0.1, 0.1, 0.1, 0.7]];
  for (const weights of cases) {
    const table = new AliasTable(weights), total = weights.reduce((a, b) => a + b, 0);
    assertLaw(draws(table, 20_000), weights.map((weight) => weight / total)); // 1 to 4 degrees of freedom
  }
});

Deno.test("probabilities are the weights divided by their sum", () => {
  const table = new AliasTable([2, 0, 6]);
  assert.deepEqual([0, 1, 2].map((at) => table.probability(at)), [0.25, 0, 0.75]);
});

Deno.test("one weight is always drawn, and so is the only one that is not zero", () => {
  assert.deepEqual(new Set(draws(new AliasTable([5]), 100)), new Set([0]));
  assert.deepEqual(new Set(draws(new AliasTable([0, 0, 1e-300, 0]), 1000)), new Set([2]));
});

Deno.test("a weight of zero is never drawn, whatever the others are", () => {
  const weight = fc.oneof(fc.constant(0), fc.double({ min: 1e-12, max: 1e12, noNaN: true }));
  const weights = fc.array(weight, { minLength: 1, maxLength: 40 }).filter((found) => found.some((w) => w > 0));
  fc.assert(
    fc.property(weights, (given) => {
      const table = new AliasTable(given);
      for (const at of draws(table, 200)) assert(given[at]! > 0, `${at} of ${given}`);
    }),
    { seed: 22 },
  );
});

Deno.test("weights that make no law are refused", () => {
  assert.throws(() => new AliasTable([1, -2]), { name: "RangeError", message: /Cannot draw by weight -2 \(at 1\)/ });
  assert.throws(() => new AliasTable([NaN]), /Cannot draw by weight NaN \(at 0\)/);
  assert.throws(() => new AliasTable([1, Infinity]), /Cannot draw by weight Infinity \(at 1\)/);
  assert.throws(() => new AliasTable([0, 0]), /Cannot draw from 2 weights that are all zero/);
  assert.throws(() => new AliasTable([]), /Cannot draw from 0 weights that are all zero/);
});
