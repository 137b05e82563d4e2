import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { greedyMap } from "../../../random/dpp/map.ts";
import { Rng } from "../../../random/rng.ts";
import { determinant } from "./determinant.ts";
import { forms, quality } from "./fixture.ts";

for (const [form, kernel] of Object.entries(forms)) {
  Deno.test(`the greedy set of the golden fixture is 0, 2, 3 by the ${form} form`, () => {
    assert.deepEqual([...greedyMap(kernel, 3)], [0, 2, 3]);
    assert.deepEqual([...greedyMap({ ...kernel, quality: quality.map((q) => q * 1e-9) }, 3)], [0, 2, 3]);
  });
  Deno.test(`beyond the rank the ${form} form goes on with a greedy set of the rest, then in turns`, () => {
    assert.deepEqual([...greedyMap(kernel, 7)], [0, 2, 3, 4, 1, 0, 2]); // of 4 and 1, 4 is worth more
  });
}

Deno.test("each slot is the one that raises the determinant most", () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const rng = new Rng(seed, "map"), m = 9, width = 6;
      const features = Float64Array.from({ length: m * width }, () => rng.normal());
      const quality = Float64Array.from({ length: m }, () => 0.5 + rng.uniform()),
        kernel = { features, width, quality };
      const chosen = [...greedyMap(kernel, 5)];
      chosen.forEach((slot, t) => {
        const before = chosen.slice(0, t), rest = [...Array(m).keys()].filter((other) => !before.includes(other));
        const best = Math.max(...rest.map((other) => determinant(kernel, [...before, other])));
        assert(determinant(kernel, [...before, slot]) > best * (1 - 1e-9));
      });
    }),
    { numRuns: 20 },
  );
});

Deno.test("beyond the rank, which rounding blurs, the rest gives greedy sets of its own", () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const rng = new Rng(seed, "rank"), m = 8, width = 2;
      const features = Float64Array.from({ length: m * width }, () => rng.normal());
      const kernel = { features, width, quality: Float64Array.from({ length: m }, () => 0.5 + rng.uniform()) };
      const wanted: number[] = [];
      while (wanted.length < m) {
        const set: number[] = [];
        for (let t = 0; t < width; t++) {
          const rest = [...Array(m).keys()].filter((slot) => !wanted.includes(slot) && !set.includes(slot));
          set.push(rest.reduce((a, b) => determinant(kernel, [...set, b]) > determinant(kernel, [...set, a]) ? b : a));
        }
        wanted.push(...set);
      }
      assert.deepEqual([...greedyMap(kernel, m)], wanted);
    }),
    { numRuns: 20, seed: 2 },
  );
});

Deno.test("slots of no length come last, and no pool gives no slots", () => {
  const features = Float32Array.of(0, 0, 3, 4, 0, 0);
  assert.deepEqual([...greedyMap({ features, width: 2, quality: Float32Array.of(1, 1, 1) }, 3)], [1, 0, 2]);
  assert.deepEqual([...greedyMap({ features, width: 2, quality: Float32Array.of(0, 0, 0) }, 2)], [0, 1]);
  assert.deepEqual([...greedyMap({ features: new Float32Array(0), width: 2, quality: new Float32Array(0) }, 2)], []);
  assert.deepEqual([...greedyMap({ features, width: 2, quality: Float32Array.of(1, 1, 1) }, 0)], []);
});
