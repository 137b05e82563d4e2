import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { symmetricEigen } from "../../../random/dpp/eigen.ts";
import { Rng } from "../../../random/rng.ts";

/** Symmetric, of normal entries. */
function symmetric(n: number, seed: number): Float64Array {
  const rng = new Rng(seed, "eigen"), a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) a[i * n + j] = a[j * n + i] = rng.normal();
  return a;
}
/** Asserts that A = V diag(values) V^T and V^T V = I. Only the lower triangle of `a` is given away. */
function assertDecomposed(a: Float64Array, n: number): void {
  const lower = a.map((x, at) => at % n > Math.floor(at / n) ? NaN : x), { values, vectors } = symmetricEigen(lower, n);
  const v = vectors(Int32Array.from(values.keys())), size = Math.max(1, ...a.map(Math.abs));
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let entry = 0, product = 0;
      for (let k = 0; k < n; k++) {
        entry += v[k * n + i]! * values[k]! * v[k * n + j]!;
        product += v[i * n + k]! * v[j * n + k]!;
      }
      assert(Math.abs(entry - a[i * n + j]!) < 1e-12 * n * size, `entry ${i}, ${j}: ${entry}, not ${a[i * n + j]}`);
      assert(Math.abs(product - (i === j ? 1 : 0)) < 1e-12, `vectors ${i} and ${j}: ${product}`);
    }
  }
}

Deno.test("a symmetric matrix is V diag(values) V^T, V orthogonal", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 30 }), fc.nat(), (n, seed) => assertDecomposed(symmetric(n, seed), n)),
    {
      numRuns: 60,
    },
  );
  assertDecomposed(symmetric(90, 1), 90);
});

Deno.test("so are those with eigenvalues that are equal, zero, or far apart", () => {
  const n = 6,
    of = (entry: (i: number, j: number) => number) =>
      Float64Array.from({ length: n * n }, (_, at) => entry(Math.floor(at / n), at % n));
  assertDecomposed(of(() => 0), n);
  assertDecomposed(of((i, j) => i === j ? 1 : 0), n);
  assertDecomposed(of(() => 1), n); // rank 1
  assertDecomposed(of((i, j) => i === j ? 10 ** (-3 * i) : 0), n);
  assertDecomposed(of((i, j) => 10 ** (-2 * (i + j))), n);
  assertDecomposed(of((i, j) => Math.floor(i / 2) === Math.floor(j / 2) ? 2 : 0), n); // blocks
});

Deno.test("some of the eigenvectors are the same as of all", () => {
  const { values, vectors } = symmetricEigen(symmetric(11, 3), 11);
  const all = vectors(Int32Array.from(values.keys())).slice(), places = Int32Array.of(7, 2, 9, 0, 4);
  const some = vectors(places);
  places.forEach((place, row) => {
    for (let i = 0; i < 11; i++) assert(Math.abs(some[row * 11 + i]! - all[place * 11 + i]!) < 1e-14);
  });
});

Deno.test("eigenvalues of a path's adjacency are 2 cos(pi j / (n + 1))", () => {
  const n = 40,
    a = Float64Array.from({ length: n * n }, (_, at) => Math.abs(Math.floor(at / n) - at % n) === 1 ? 1 : 0);
  const found = [...symmetricEigen(a, n).values].sort((x, y) => y - x);
  found.forEach((value, j) => assert(Math.abs(value - 2 * Math.cos(Math.PI * (j + 1) / (n + 1))) < 1e-13));
});
