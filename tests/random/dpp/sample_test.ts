import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import type { Kernel } from "../../../random/dpp/kernel.ts";
import { sampleKDpp } from "../../../random/dpp/sample.ts";
import { Rng } from "../../../random/rng.ts";
import { assertLaw } from "../../samplers/chi_square.ts";
import { features, forms, laws, quality, totalVariation } from "./fixture.ts";

const DRAWS = 40_000;
const rng = (seed = 1) => new Rng(seed, "dpp");
const random = (m: number, width: number, seed: number): Kernel => {
  const normal = rng(seed);
  return {
    features: Float64Array.from({ length: m * width }, () => normal.normal()),
    width,
    quality: Float64Array.from({ length: m }, () => 0.2 + normal.uniform()),
  };
};
const sets = (slots: Int32Array, k: number) =>
  Array.from({ length: slots.length / k }, (_, at) => [...slots.subarray(at * k, (at + 1) * k)]);

for (const [form, kernel] of Object.entries(forms)) {
  for (const k of [2, 3]) {
    Deno.test(`the ${form} form draws sets of ${k} by the golden law`, () => {
      const found = totalVariation(sampleKDpp(kernel, k, rng(), DRAWS), k, laws[k]!);
      assert(found < 0.01, `total variation ${found}`);
    });
  }
  Deno.test(`the ${form} form includes each slot as often as the golden marginals`, () => {
    const slots = sampleKDpp(kernel, 2, rng(2), DRAWS), wanted = [.589779, .134440, .610421, .458612, .206747];
    const found = wanted.map((_, slot) => slots.filter((drawn) => drawn === slot).length / DRAWS);
    found.forEach((share, slot) => assert(Math.abs(share - wanted[slot]!) < 0.01, `slot ${slot}: ${share}`));
  });
}

Deno.test("the place of a slot within a set is uniform", () => {
  const slots = sampleKDpp(forms.dual, 3, rng(3), DRAWS), whole = sets(slots, 3).filter((set) => set.includes(0));
  assertLaw(whole.map((set) => set.indexOf(0)), [1 / 3, 1 / 3, 1 / 3]);
});

Deno.test("equal quality and no similarity make all sets of k equally likely", () => {
  const none: Kernel = { similarity: (a, b) => a === b ? 1 : 0, quality: new Float64Array(5).fill(3) };
  const order = new Map(["012", "013", "014", "023", "024", "034", "123", "124", "134", "234"].map((s, at) => [s, at]));
  const drawn = sets(sampleKDpp(none, 3, rng(4), 10_000), 3).map((set) => order.get(set.sort().join(""))!);
  assertLaw(drawn, new Array<number>(10).fill(0.1));
});

Deno.test("of one slot the law is that of squared quality times squared length", () => {
  const squares = quality.map((q) => q * q), total = squares.reduce((a, b) => a + b);
  for (const kernel of Object.values(forms)) {
    assertLaw(sampleKDpp(kernel, 1, rng(5), 10_000), [...squares].map((x) => x / total));
  }
});

Deno.test("the slots of a set are distinct, and every draw the same by its seed", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 40 }), fc.integer({ min: 1, max: 12 }), fc.nat(), (m, width, seed) => {
      const k = Math.min(m - 1, width), kernel = random(m, width, seed), slots = sampleKDpp(kernel, k, rng(seed), 3);
      for (const set of sets(slots, k)) assert.equal(new Set(set).size, k);
      assert(slots.every((slot) => slot >= 0 && slot < m));
      assert.deepEqual(sampleKDpp(kernel, k, rng(seed), 3), slots);
    }),
    { numRuns: 50 },
  );
});

Deno.test("a hundred of three hundred slots of a spectrum over twenty decades stay distinct", () => {
  const decaying: Kernel = {
    similarity: (a, b) => a === b ? 1 : 0,
    quality: Float64Array.from({ length: 300 }, (_, slot) => 10 ** (-slot / 60)), // eigenvalues down to 1e-10
  };
  const slots = sampleKDpp(decaying, 100, rng(6));
  assert.equal(new Set(slots).size, 100);
});

Deno.test("a set larger than the rank is put together from sets of the rank", () => {
  const slots = sampleKDpp(forms.dual, 4, rng(7), 10_000), wide = random(9, 2, 8);
  const firsts = new Int32Array(sets(slots, 4).flatMap((set) => set.slice(0, 3)));
  assert(totalVariation(firsts, 3, laws[3]!) < 0.02);
  for (const set of sets(sampleKDpp(wide, 5, rng(8), 100), 5)) {
    for (const part of [set.slice(0, 2), set.slice(2, 4)]) assert.equal(new Set(part).size, 2);
  }
  const last = sets(slots, 4).map((set) => set[3]!); // a uniform one of a set of three
  const law = [0, 1, 2, 3, 4].map((slot) =>
    Object.entries(laws[3]!).reduce((sum, [set, p]) => sum + (set.includes(`${slot}`) ? p / 3 : 0), 0)
  );
  assertLaw(last, law);
});

Deno.test("duplicate vectors are never in one set", () => {
  const twice: Kernel = {
    features: Float32Array.of(.6, .8, .6, .8, 1, 0),
    width: 2,
    quality: Float32Array.of(3, 5, .1),
  };
  for (const set of sets(sampleKDpp(twice, 2, rng(9), 5000), 2)) assert(set.includes(2), `${set}`);
});

Deno.test("a slot whose vector is zero is not drawn while others can be", () => {
  const kernel: Kernel = { features: Float32Array.of(0, 0, 1, 0, .6, .8), width: 2, quality: Float32Array.of(9, 1, 1) };
  for (const set of sets(sampleKDpp(kernel, 2, rng(10), 1000), 2)) assert(!set.includes(0), `${set}`);
});

Deno.test("a constant factor of quality changes nothing", () => {
  for (const factor of [1e-30, 7, 1e30]) {
    for (const kernel of Object.values(forms)) {
      const scaled = { ...kernel, quality: quality.map((q) => q * factor) };
      assert.deepEqual(sampleKDpp(scaled, 2, rng(11), 100), sampleKDpp(kernel, 2, rng(11), 100));
    }
  }
});

Deno.test("ids say which features a slot has", () => {
  const shuffled = Float64Array.of(...features.subarray(6), ...features.subarray(0, 6)); // 2 3 4 0 1
  const kernel: Kernel = { features: shuffled, width: 3, ids: Int32Array.of(3, 4, 0, 1, 2), quality };
  assert.deepEqual(sampleKDpp(kernel, 2, rng(12), 50), sampleKDpp(forms.dual, 2, rng(12), 50));
});

Deno.test("pools of no more than k slots are taken whole, in turns", () => {
  const slots = (m: number, k: number) => [...sampleKDpp(random(m, 2, m), k, rng())];
  assert.deepEqual(slots(3, 3), [0, 1, 2]);
  assert.deepEqual(slots(2, 5), [0, 1, 0, 1, 0]);
  assert.deepEqual(slots(1, 1), [0]);
  assert.deepEqual(slots(0, 3), []);
  assert.deepEqual(slots(4, 0), []);
});

Deno.test("where all vectors are zero all sets are equally likely", () => {
  const kernel: Kernel = { features: new Float32Array(8), width: 2, quality: Float32Array.of(1, 2, 3, 4) };
  const drawn = sampleKDpp(kernel, 2, rng(13), 4000);
  for (const set of sets(drawn, 2)) assert.equal(new Set(set).size, 2);
  assertLaw(sets(drawn, 2).map(([first]) => first!), [.25, .25, .25, .25]);
});
