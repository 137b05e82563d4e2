import assert from "node:assert/strict";
import { sampleKDppByChain } from "../../../random/dpp/chain.ts";
import { greedyMap } from "../../../random/dpp/map.ts";
import type { Kernel } from "../../../random/dpp/kernel.ts";
import { sampleKDpp } from "../../../random/dpp/sample.ts";
import { Rng } from "../../../random/rng.ts";

const ways = {
  exact: (kernel: Kernel) => sampleKDpp(kernel, 1, new Rng(1, "dpp")),
  map: (kernel: Kernel) => greedyMap(kernel, 1),
  mcmc: (kernel: Kernel) => sampleKDppByChain(kernel, 1, new Rng(1, "dpp")),
};
const ones = Float64Array.of(1, 1), unit = Float64Array.of(1, 0, 0, 1);
const wrong: readonly (readonly [what: string, kernel: Kernel, message: RegExp])[] = [
  [
    "vectors that are not numbers",
    { features: Float64Array.of(1, 0, NaN, 1), width: 2, quality: ones },
    /similarity of slots 1 and 1 is NaN/,
  ],
  [
    "infinite vectors",
    { features: Float64Array.of(Infinity, 0, 0, 1), width: 2, quality: ones },
    /similarity of slots 0 and 0 is Infinity/,
  ],
  [
    "an id without features",
    { features: unit, width: 2, ids: Int32Array.of(0, 2), quality: ones },
    /similarity of slots 1 and 1 is NaN/,
  ],
  ["negative quality", { features: unit, width: 2, quality: Float64Array.of(1, -2) }, /slot 1's quality is -2/],
  [
    "quality that is not a number",
    { features: unit, width: 2, quality: Float64Array.of(NaN, 1) },
    /slot 0's quality is NaN/,
  ],
  ["fewer features than qualities", { features: unit.subarray(2), width: 2, quality: ones }, /1 features were given/],
  ["fewer ids than qualities", { features: unit, width: 2, ids: Int32Array.of(1), quality: ones }, /1 ids were given/],
  [
    "a similarity that is not a number",
    { similarity: (a, b) => a === b ? 1 : NaN, quality: Float64Array.of(1, 1, 1) },
    /similarity of slots \d and \d is NaN/,
  ],
];
for (const [what, kernel, message] of wrong) {
  Deno.test(`a kernel of ${what} is refused`, () => {
    // one slot of a greedy set or of a chain needs no other than itself
    const asked = what.startsWith("a similarity") ? [ways.exact] : Object.values(ways);
    for (const way of asked) assert.throws(() => way(kernel), { name: "RangeError", message });
  });
}
