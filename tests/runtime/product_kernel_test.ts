import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { packed, PANEL, Products } from "../../runtime/product_kernel.ts";

const wave = (length: number, by: number) => Float32Array.from({ length }, (_, at) => Math.sin(by * (at + 1)));

Deno.test("products of any shape are those of plain loops, and the same wherever their row stands", () => {
  const shapes = fc.record({
    rows: fc.integer({ min: 1, max: 9 }),
    columns: fc.integer({ min: 1, max: 3 }).map((panels) => panels * PANEL),
    // some below what is unrolled, some that a loop goes round for
    width: fc.oneof(fc.integer({ min: 1, max: 36 }), fc.constantFrom(47, 64, 65)),
  });
  fc.assert(
    fc.property(shapes, ({ rows, columns, width }) => {
      const left = wave(rows * width, 1.7),
        right = wave(columns * width, 0.3),
        products = new Products({
          ...{ rows, columns, width },
        });
      left.copyWithin((rows - 1) * width, 0, width); // the last row is the first
      for (let again = 0; again < 2; again++) {
        const found = products.of(left, packed(right, width));
        assert.equal(found.length, rows * columns);
        found.forEach((product, at) => {
          const [row, column] = [Math.floor(at / columns), at % columns];
          let sum = 0;
          for (let k = 0; k < width; k++) sum += left[row * width + k]! * right[column * width + k]!;
          assert(Math.abs(product - sum) < 1e-5, `${product} is not ${sum}`);
        });
        assert.deepEqual(found.slice(-columns), found.slice(0, columns));
      }
    }),
    { numRuns: 60, seed: 3 },
  );
});

Deno.test("scores that are too low are passed over, and none that is above", () => {
  const columns = 5 * PANEL, width = 1, products = new Products({ rows: 2, columns, width });
  const scores = products.of(Float32Array.of(1, -1), packed(wave(columns, 2.1), width));
  scores[3] = NaN;
  fc.assert(
    fc.property(
      fc.nat(2 * columns),
      fc.nat(2 * columns),
      fc.double({ min: -1, max: 1, noNaN: true }),
      (a, b, least) => {
        const from = Math.min(a, b), end = Math.max(a, b), at = products.above(from, end, least);
        assert(at >= from && at <= end);
        assert(!scores.subarray(from, at).some((score) => score > Math.fround(least)), "one was passed over");
        assert(
          at + 16 > end || scores.subarray(at, at + 16).some((score) => score > Math.fround(least)),
          "it stopped early",
        );
      },
    ),
    { numRuns: 200, seed: 5 },
  );
});

Deno.test("columns that do not come in whole panels are refused", () => {
  assert.throws(() => new Products({ rows: 1, columns: 9, width: 2 }), /Cannot multiply 9 columns: they come in 8s/);
});
