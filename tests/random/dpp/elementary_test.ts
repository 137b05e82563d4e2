import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { chooseEigenvectors, elementaryRatios } from "../../../random/dpp/elementary.ts";
import { openKernel } from "../../../random/dpp/kernel.ts";
import { spectrum } from "../../../random/dpp/spectrum.ts";
import { Rng } from "../../../random/rng.ts";
import { assertLaw } from "../../samplers/chi_square.ts";
import { determinant } from "./determinant.ts";
import { features, forms, quality } from "./fixture.ts";

/** e_k, the product of the last row's ratios. */
const elementary = (values: Float64Array, k: number) =>
  elementaryRatios(values, k, new Float64Array((values.length + 1) * k)).subarray(values.length * k)
    .reduce((product, ratio) => product * ratio, 1);
function subsets(m: number, k: number): number[][] {
  if (k === 0) return [[]];
  return m < k ? [] : [...subsets(m - 1, k), ...subsets(m - 1, k - 1).map((set) => [...set, m - 1])];
}

Deno.test("the determinants of all sets of k sum to e_k of the eigenvalues", () => {
  const values = spectrum(openKernel(forms.dual)).values.slice();
  assert.equal(elementary(values, 2).toFixed(6), "3.391100");
  assert.equal(elementary(values, 3).toFixed(6), "1.140776");
  for (const k of [1, 2, 3]) {
    const sum = subsets(5, k).reduce((total, set) => total + determinant({ features, width: 3, quality }, set), 0);
    assert(Math.abs(sum - elementary(values, k)) < 1e-12);
  }
});

Deno.test("ratios give the polynomials of any values", () => {
  const value = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
  fc.assert(fc.property(fc.array(value, { minLength: 1, maxLength: 9 }), (list) => {
    for (let k = 1; k <= list.length; k++) {
      const wanted = subsets(list.length, k).reduce((sum, set) => sum + set.reduce((p, j) => p * list[j]!, 1), 0);
      const found = elementary(Float64Array.from(list), k);
      assert(Math.abs(found / wanted - 1) < 1e-9, `e_${k} is ${found}, not ${wanted}`);
    }
  }));
  assert.equal(elementary(Float64Array.of(1, 2), 3), 0);
});

Deno.test("a thousand values over two hundred decades neither overflow nor vanish", () => {
  const values = Float64Array.from({ length: 1000 }, (_, j) => 10 ** (100 - j / 5)), k = 400;
  const ratios = elementaryRatios(values, k, new Float64Array(1001 * k)).subarray(1000 * k);
  assert(ratios.every((ratio) => ratio > 0 && ratio < Infinity));
});

Deno.test("sets of eigenvectors come by the products of their values", () => {
  const values = Float64Array.of(1, 5, 2, 3), ratios = elementaryRatios(values, 2, new Float64Array(10));
  const rng = new Rng(1, "choose"), order = ["01", "02", "03", "12", "13", "23"], chosen = new Int32Array(2);
  const drawn = Array.from(
    { length: 10_000 },
    () => order.indexOf([...chooseEigenvectors(values, ratios, rng, chosen)].sort().join("")),
  );
  assertLaw(drawn, [5, 2, 3, 10, 15, 6].map((product) => product / 41));
});
