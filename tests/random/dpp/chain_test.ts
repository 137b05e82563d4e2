import assert from "node:assert/strict";
import { sampleKDppByChain } from "../../../random/dpp/chain.ts";
import type { Kernel } from "../../../random/dpp/kernel.ts";
import { Rng } from "../../../random/rng.ts";
import { assertLaw } from "../../samplers/chi_square.ts";
import { forms, laws, quality, totalVariation } from "./fixture.ts";

const rng = (seed = 1) => new Rng(seed, "chain");
const sets = (slots: Int32Array, k: number) =>
  Array.from({ length: slots.length / k }, (_, at) => [...slots.subarray(at * k, (at + 1) * k)]);

for (const [form, kernel] of Object.entries(forms)) {
  for (const k of [2, 3]) {
    // looser than for exact draws: the chain is within 0.01 of the law, and 10,000 draws are about 0.01 off theirs
    Deno.test(`a chain on the ${form} form draws sets of ${k} by the golden law, to its accuracy`, () => {
      const found = totalVariation(sampleKDppByChain(kernel, k, rng(), 10_000, 0.01), k, laws[k]!);
      assert(found < 0.02, `total variation ${found}`);
    });
  }
}

Deno.test("a chain that may be far off runs for less time, and is off by no more than that", () => {
  const found = totalVariation(sampleKDppByChain(forms.dual, 2, rng(2), 10_000, 0.3), 2, laws[2]!);
  assert(found < 0.3, `total variation ${found}`);
});

Deno.test("consecutive draws of a chain are independent", () => {
  const firsts = sets(sampleKDppByChain(forms.primal, 1, rng(3), 20_000), 1).map(([slot]) => slot!);
  const law = [...quality].map((q) => q * q / quality.reduce((sum, x) => sum + x * x, 0));
  assertLaw(firsts.filter((_, at) => at > 0 && firsts[at - 1] === 2), law);
});

Deno.test("a set larger than the rank is put together from sets of the rank", () => {
  for (const set of sets(sampleKDppByChain(forms.dual, 4, rng(4), 500), 4)) {
    assert.equal(new Set(set.slice(0, 3)).size, 3);
    assert((laws[3]![set.slice(0, 3).sort().join("")] ?? 0) > 0, `${set}`);
  }
  const last = sets(sampleKDppByChain(forms.dual, 4, rng(7), 3000), 4).map((set) => set[3]!); // one of a set of three
  assertLaw(
    last,
    [0, 1, 2, 3, 4].map((slot) =>
      Object.entries(laws[3]!).reduce((sum, [set, p]) => sum + (set.includes(`${slot}`) ? p / 3 : 0), 0)
    ),
  );
});

Deno.test("a slot is exchanged even where what can take its place is hardly ever proposed", () => {
  const features = Float32Array.of(1, 0, 1, 0, 0, 1, 0, 1), quality = Float32Array.of(1, 1, 1e-4, 1e-4);
  const drawn = sets(sampleKDppByChain({ features, width: 2, quality }, 2, rng(8), 400), 2);
  assertLaw(drawn.map((set) => set.includes(2) ? 0 : 1), [.5, .5]);
});

Deno.test("duplicate vectors are never in one set, however rarely another is proposed", () => {
  const twice: Kernel = {
    features: Float32Array.of(.6, .8, .6, .8, 1, 0),
    width: 2,
    quality: Float32Array.of(1, 1, .001),
  };
  for (const set of sets(sampleKDppByChain(twice, 2, rng(5), 200), 2)) assert(set.includes(2), `${set}`);
});

Deno.test("pools of no more than k slots are taken whole, and those of zeros uniformly", () => {
  const slots = (kernel: Kernel, k: number) => [...sampleKDppByChain(kernel, k, rng(6))];
  const kernel = (m: number, x: number): Kernel => ({
    features: new Float32Array(m * 2).fill(x),
    width: 2,
    quality: new Float32Array(m).fill(1),
  });
  assert.deepEqual(slots(kernel(2, 1), 3), [0, 1, 0]);
  assert.deepEqual(slots(kernel(0, 1), 3), []);
  assert.deepEqual(slots(kernel(4, 1), 0), []);
  assert.equal(new Set(slots(kernel(9, 0), 4)).size, 4);
});
