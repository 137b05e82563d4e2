import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { packed, PANEL, Products } from "../../runtime/product_kernel.ts";

const wave = (length: number, by: number) => Float32Array.from({ length }, (_, at) => Math.sin(by * (at + 1)));

Deno.test("products of any shape are those of plain loops, and the same wherever their row stands", () => {
  const shapes = fc.record({
    rows: fc.integer({ min: 1, max: 13 }),
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

/** Products of one row that are any numbers: all but the first of each column's two factors are zero. */
function given(numbers: readonly number[]): Products {
  const products = new Products({ rows: 1, columns: numbers.length, width: 1 });
  products.of(Float32Array.of(0), new Float32Array(numbers.length)).set(numbers);
  return products;
}
const several = (panels: number) => ({ minLength: panels * PANEL, maxLength: panels * PANEL });
const numbers = fc.integer({ min: 1, max: 9 }).chain((panels) =>
  fc.array(fc.constantFrom(NaN, -Infinity, Infinity, -0, 0, ...wave(20, 2.1)), several(panels))
);

Deno.test("the numbers of products that are above one are found, and no others", () => {
  fc.assert(
    fc.property(numbers, fc.nat(80), fc.nat(80), fc.constantFrom(-Infinity, -0.5, 0, 0.3), (all, a, b, least) => {
      const products = given(all), from = Math.min(a, b, all.length), end = Math.min(Math.max(a, b), all.length);
      const wanted = all.flatMap((x, at) => at >= from && at < end && x > Math.fround(least) ? [at] : []);
      const count = products.above(from, end, least);
      assert.deepEqual([...products.found.subarray(0, count)], wanted);
    }),
    { numRuns: 300, seed: 5 },
  );
});

Deno.test("so many products as asked for reach the number that is said to be, which is the greatest of few groups'", () => {
  fc.assert(
    fc.property(numbers, fc.integer({ min: 1, max: 12 }), (all, count) => {
      const number = given(all).reached(0, all.length, count), known = all.filter((x) => !Number.isNaN(x));
      assert(number === -Infinity || known.filter((x) => x >= number).length >= count, `${number} of ${all}`);
      const groups = Math.ceil(count / 2) * 4, whole = Math.floor(all.length / groups) * groups;
      if (groups * 4 > all.length) return assert.equal(number, -Infinity, "too few to tell");
      const maxima = Array.from(
        { length: groups },
        (_, group) => Math.max(-Infinity, ...all.slice(0, whole).filter((x, at) => at % groups === group && x >= -9)),
      );
      assert.equal(number, maxima.sort((a, b) => b - a)[count - 1]);
    }),
    { numRuns: 300, seed: 6 },
  );
});

Deno.test("columns that do not come in whole panels are refused", () => {
  assert.throws(() => new Products({ rows: 1, columns: 9, width: 2 }), /Cannot multiply 9 columns: they come in 8s/);
});
