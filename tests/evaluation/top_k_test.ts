import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { TopK } from "../../evaluation/top_k.ts";
import { Products } from "../../runtime/product_kernel.ts";

const score = fc.oneof(
  fc.float({ noNaN: true, min: -4, max: 4 }),
  fc.constantFrom(NaN, -Infinity, Infinity, 0, -0, 1, 1, 1),
);

/** Sorting everything: the same list, slowly. */
function bySorting(scores: readonly number[], k: number): number[] {
  const kept = [...scores.keys()].filter((item) => scores[item]! > -Infinity);
  return kept.sort((a, b) => scores[b]! === scores[a]! ? a - b : scores[b]! - scores[a]!).slice(0, k);
}

/** How many are not among the best k and score as the last of these. */
function beyond(scores: readonly number[], k: number): number {
  const list = bySorting(scores, k), last = scores[list[k - 1] ?? -1];
  return scores.filter((score, item) => score === last && !list.includes(item)).length;
}

Deno.test("TopK gives what sorting gives, for any scores and any cut into blocks", () => {
  fc.assert(fc.property(
    fc.array(fc.tuple(score, score), { minLength: 1, maxLength: 40 }),
    fc.integer({ min: 1, max: 8 }),
    fc.integer({ min: 1, max: 41 }),
    (pairs, k, columns) => {
      const rows = [pairs.map(([a]) => Math.fround(a)), pairs.map(([, b]) => Math.fround(b))];
      const top = new TopK(2, k);
      for (let first = 0; first < pairs.length; first += columns) {
        const block = new Float32Array(2 * columns).fill(-Infinity);
        rows.forEach((row, at) => block.set(row.slice(first, first + columns), at * columns));
        top.push(block, columns, first);
      }
      rows.forEach((row, at) => {
        const found = [...top.ids.subarray(at * k, (at + 1) * k)].filter((id) => id >= 0);
        assert.deepEqual(found, bySorting(row, k));
      });
    },
  ));
});

Deno.test("TopK gives the same by the fast ways over products, and where ties with the last of a list are counted", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }).chain((panels) =>
        fc.array(fc.tuple(score, score), { minLength: 8 * panels, maxLength: 8 * panels })
      ),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 12 }),
      (pairs, k, panels) => {
        const rows = [pairs.map(([a]) => Math.fround(a)), pairs.map(([, b]) => Math.fround(b))], columns = 8 * panels;
        const products = new Products({ rows: 2, columns, width: 1 }), fast = new TopK(2, k), slow = new TopK(2, k);
        const counting = [new TopK(2, k, { countsTies: true }), new TopK(2, k, { countsTies: true })];
        for (let first = 0; first < pairs.length; first += columns) {
          const block = products.of(new Float32Array(2), new Float32Array(columns)).fill(-Infinity);
          rows.forEach((row, at) => block.set(row.slice(first, first + columns), at * columns));
          fast.push(block, columns, first, products);
          slow.push(block, columns, first);
          counting[0]!.push(block, columns, first, products);
          counting[1]!.push(block, columns, first);
        }
        for (const each of counting) {
          assert.deepEqual([each.ids, each.scores], [slow.ids, slow.scores]);
          assert.deepEqual([...each.beyond!], rows.map((row) => beyond(row, k)));
        }
        assert.deepEqual(fast.ids, slow.ids);
        assert.deepEqual(fast.scores, slow.scores);
      },
    ),
    { numRuns: 500, seed: 7 },
  );
});

Deno.test("TopK starts anew after clear", () => {
  const top = new TopK(1, 2, { countsTies: true });
  top.push(Float32Array.of(9, 8, 8), 3, 0);
  assert.deepEqual([...top.beyond!], [1]);
  top.clear();
  assert.deepEqual([...top.beyond!], [0]);
  top.push(Float32Array.of(1), 1, 5);
  assert.deepEqual([...top.ids], [5, -1]);
});
