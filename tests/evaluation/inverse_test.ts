import assert from "node:assert/strict";
import { inverse } from "../../evaluation/inverse.ts";
import { Rng } from "../../random/rng.ts";

/** X'X + I / 10 of a random X, whole. */
function positiveDefinite(n: number): Float64Array {
  const rng = new Rng(n, "inverse"), x = Float64Array.from({ length: n * n }, () => rng.normal());
  return Float64Array.from({ length: n * n }, (_, at) => {
    const i = Math.floor(at / n), j = at % n;
    let sum = i === j ? 0.1 : 0;
    for (let row = 0; row < n; row++) sum += x[row * n + i]! * x[row * n + j]!;
    return sum;
  });
}

Deno.test("a matrix times its inverse is one, of any number of blocks, the last of them cut short", () => {
  for (const n of [1, 2, 63, 64, 65, 130, 200]) {
    const a = positiveDefinite(n), found = a.slice();
    for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) found[i * n + j] = NaN; // is not read
    inverse(found, n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let k = 0; k < n; k++) sum += a[i * n + k]! * found[k >= j ? k * n + j : j * n + k]!;
        assert(Math.abs(sum - (i === j ? 1 : 0)) < 1e-7, `${n}: row ${i}, column ${j} is ${sum}`);
      }
    }
  }
});

Deno.test("what is not positive definite is refused", () => {
  assert.throws(() => inverse(Float64Array.of(1, 0, 2, 1), 2), /Cannot invert: row 1 is no positive definite one/);
  const many = Float64Array.from({ length: 70 * 70 }, (_, at) => at === 66 * 71 ? -1 : at % 71 === 0 ? 1 : 0);
  assert.throws(() => inverse(many, 70), /row 66 is no positive definite one/); // of the second block
});
