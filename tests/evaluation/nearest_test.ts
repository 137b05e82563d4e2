import assert from "node:assert/strict";
import { openFoldIn } from "../../evaluation/fold_in.ts";
import { openNearest } from "../../evaluation/nearest.ts";

const items = { data: Float32Array.of(1, 0, 0, 1, 2, 2), width: 2 }; // three of width 2

Deno.test("an id that has no vector is refused, and hides nothing of another row", async () => {
  const nearest = await openNearest(items), both = Float32Array.of(1, 1, 1, 1);
  for (const id of [3, -1, 0.5, NaN]) {
    const none = new RegExp(`^RangeError: Cannot find a vector of item ${id}: ids are integers from 0 and below 3`);
    await assert.rejects(nearest.search(both, 3, (row) => row === 0 ? [id] : []), none);
    assert.throws(() => openFoldIn(items, { c0: 0.5, l2: 1 })([0, id]), none);
  }
  assert.deepEqual([...(await nearest.search(both, 1, (row) => row === 0 ? [2] : [])).ids], [0, 2]);
  const all = await nearest.search(both.subarray(2), 9); // more than there are
  assert.deepEqual([all.k, [...all.ids]], [3, [2, 0, 1]]);
  await nearest.dispose();
});

Deno.test("queries of another width, elements that make no vectors and numbers that cannot be are refused", async () => {
  const odd = { data: new Float32Array(5), width: 2 };
  await assert.rejects(openNearest(odd), /^RangeError: Cannot make vectors of width 2 of 5 elements/);
  assert.throws(() => openFoldIn(odd, { c0: 0.5, l2: 1 }), /^RangeError: Cannot make vectors/);
  const nearest = await openNearest(items);
  await assert.rejects(nearest.search(new Float32Array(3), 1), /^RangeError: Cannot make vectors of width 2 of 3/);
  for (const k of [-1, 1.5, NaN]) {
    await assert.rejects(nearest.search(new Float32Array(2), k), /^RangeError: Cannot find/);
  }
  await nearest.dispose();
  await nearest.dispose();
  await assert.rejects(nearest.search(new Float32Array(2), 1), /^TypeError: Cannot run: the model was disposed of/);
});

Deno.test("of more queries than are multiplied at a time each has its own hidden", async () => {
  const count = 2 ** 20, many = { data: Float32Array.from({ length: count }, (_, item) => item), width: 1 };
  const nearest = await openNearest(many), last = count - 1; // sixteen queries at a time
  const { ids } = await nearest.search(new Float32Array(18).fill(1), 1, (row) => row === 1 || row === 16 ? [last] : []);
  assert.deepEqual([...ids], Array.from({ length: 18 }, (_, row) => row === 1 || row === 16 ? last - 1 : last));
  await nearest.dispose();
});
