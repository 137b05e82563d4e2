import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { permutation } from "../../random/permutation.ts";
import { Rng } from "../../random/rng.ts";
import { assertLaw } from "../samplers/chi_square.ts";

const rng = new Rng(3, "order");
const listed = (length: number, epoch: number) => {
  const order = permutation(length, rng.seek(epoch, 0));
  return Array.from({ length }, (_, position) => order.at(position)!);
};

Deno.test("a permutation of any length has each integer once, the same for one state of the stream", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 3000 }), fc.nat(50), (length, epoch) => {
    const order = listed(length, epoch);
    assert.deepEqual(listed(length, epoch), order);
    assert.deepEqual(order.toSorted((a, b) => a - b), Array.from({ length }, (_, id) => id));
  }));
  assert.notDeepEqual(listed(1000, 1), listed(1000, 2));
});

Deno.test("over many permutations each integer comes as often to each position, and follows any other", () => {
  const LENGTH = 7, epochs = Array.from({ length: 4000 }, (_, epoch) => listed(LENGTH, epoch));
  for (const position of [0, 3, 6]) {
    assertLaw(epochs.map((order) => order[position]!), new Array<number>(LENGTH).fill(1 / LENGTH));
  }
  const gaps = epochs.map((order) => (order[1]! - order[0]! + LENGTH) % LENGTH);
  assertLaw(gaps, [0, ...new Array<number>(LENGTH - 1).fill(1 / (LENGTH - 1))]);
});

Deno.test("a long permutation leaves no order behind: neighbours are as far apart as strangers", () => {
  const LENGTH = 2 ** 24 + 5, order = permutation(LENGTH, rng.seek(1, 0)), COUNT = 20_000;
  let apart = 0, above = 0;
  for (let position = 0; position < COUNT; position++) {
    apart += Math.abs(order.at(position)! - order.at(position + 1)!) / LENGTH / COUNT;
    above += order.at(position)! > LENGTH / 2 ? 1 / COUNT : 0;
  }
  assert(Math.abs(apart - 1 / 3) < 0.01, `neighbours are ${apart} apart`); // 1/3 of two uniform numbers
  assert(Math.abs(above - 1 / 2) < 0.015, `${above} lie in the upper half`);
});
