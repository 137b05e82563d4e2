import assert from "node:assert/strict";
import { openKernel } from "../../../random/dpp/kernel.ts";
import { spectrum } from "../../../random/dpp/spectrum.ts";
import { Rng } from "../../../random/rng.ts";
import { forms } from "./fixture.ts";

for (const [form, kernel] of Object.entries(forms)) {
  Deno.test(`the ${form} form has the golden eigenvalues, and no others`, () => {
    const found = [...spectrum(openKernel(kernel)).values].sort((a, b) => b - a);
    assert.deepEqual(found.map((x) => x.toFixed(6)), ["1.476917", "1.002955", "0.770128"]);
  });
}

Deno.test("the eigenvectors of both forms satisfy K v = lambda v and are orthonormal", () => {
  const rng = new Rng(1, "spectrum");
  for (const { m, width } of [{ m: 30, width: 7 }, { m: 7, width: 30 }]) {
    const features = Float64Array.from({ length: m * width }, () => rng.normal()), k = 5;
    const open = openKernel({ features, width, quality: new Float64Array(m).fill(2) });
    const { values, eigenvectors } = spectrum(open), v = eigenvectors(Int32Array.of(6, 0, 3, 1, 5)); // [m, k]
    assert.equal(values.length, 7);
    [6, 0, 3, 1, 5].forEach((j, c) => {
      for (let a = 0; a < m; a++) {
        let kv = 0;
        for (let b = 0; b < m; b++) kv += open.entry(a, b) * v[b * k + c]!;
        assert(Math.abs(kv - values[j]! * v[a * k + c]!) < 1e-10 * values[j]!, `vector ${c}, slot ${a}`);
      }
      for (let other = 0; other < k; other++) {
        let product = 0;
        for (let a = 0; a < m; a++) product += v[a * k + c]! * v[a * k + other]!;
        assert(Math.abs(product - (c === other ? 1 : 0)) < 1e-11);
      }
    });
  }
});
