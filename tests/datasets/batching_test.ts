import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { batchAt, batchCount, epochOrder, pairBatches } from "../../datasets/batching.ts";
import { Rng } from "../../random/rng.ts";
import { assertLaw } from "../samplers/chi_square.ts";

const log = { users: Int32Array.of(5, 6, 7, 8, 9), items: Int32Array.of(50, 60, 70, 80, 90) };
const order = Int32Array.of(4, 2, 0, 1, 3), padding = { size: 2, dropLast: false };

Deno.test("a batch holds the interactions of its part of the order", () => {
  assert.deepEqual(batchAt(log, order, 1, padding), {
    rows: 2,
    first: 2,
    users: Int32Array.of(5, 6),
    positives: Int32Array.of(50, 60),
  });
});

Deno.test("a last batch that is not full says how many rows count and repeats its first", () => {
  assert.deepEqual(batchAt(log, order, 2, padding), {
    rows: 1,
    first: 4,
    users: Int32Array.of(8, 8),
    positives: Int32Array.of(80, 80),
  });
});

Deno.test("five interactions make three batches of two, or two where the last is dropped", () => {
  const counts = (count: number, size: number) =>
    [false, true].map((dropLast) => batchCount(count, { size, dropLast }));
  assert.deepEqual(counts(5, 2), [3, 2]);
  assert.deepEqual(counts(4, 2), [2, 2]);
  assert.deepEqual(counts(1, 2), [1, 0]);
  assert.deepEqual(counts(0, 2), [0, 0]);
});

Deno.test("an epoch's batches hold every interaction once", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 20 }), fc.nat(9), (count, size, epoch) => {
      const ids = Int32Array.from({ length: count }, (_, at) => at), all = { users: ids, items: ids };
      const visiting = epochOrder(count, epoch, new Rng(1, "order")), batching = { size, dropLast: false };
      const met = Array.from(
        { length: batchCount(count, batching) },
        (_, index) => batchAt(all, visiting, index, batching),
      )
        .flatMap(({ rows, positives, users }) => {
          assert.deepEqual([positives.length, users], [size, positives]);
          return [...positives.subarray(0, rows)];
        });
      assert.deepEqual(met, [...visiting]);
      assert.deepEqual(met.toSorted((a, b) => a - b), [...ids]);
    }),
    { seed: 31 },
  );
});

Deno.test("an epoch's order depends on seed and epoch alone", () => {
  const rng = new Rng(1, "order"), wanted = epochOrder(50, 3, rng);
  epochOrder(70, 2, rng);
  assert.deepEqual(epochOrder(50, 3, rng), wanted);
  assert.notDeepEqual(epochOrder(50, 4, rng), wanted);
  assert.notDeepEqual(epochOrder(50, 3, new Rng(2, "order")), wanted);
});

Deno.test("over epochs every order of three is equally likely", () => {
  const rng = new Rng(2, "order"), orders = ["0,1,2", "0,2,1", "1,0,2", "1,2,0", "2,0,1", "2,1,0"];
  const found = Array.from({ length: 12_000 }, (_, epoch) => orders.indexOf(epochOrder(3, epoch, rng).join()));
  assertLaw(found, orders.map(() => 1 / 6)); // 5 degrees of freedom
});

Deno.test("very many interactions are visited once each, in an order that is not held", () => {
  const count = 2 ** 24 + 3, column = new Int32Array(count), size = 1024, last = Math.floor(count / size);
  for (let row = 0; row < count; row++) column[row] = row;
  const { plan } = pairBatches({ users: column, items: column }, { size, dropLast: false });
  const first = plan(0, new Rng(1, "order")),
    met = [0, 1, last].flatMap((at) => {
      const { rows, users } = first.at(at);
      return [...users.subarray(0, rows)];
    });
  assert.equal(first.steps, last + 1);
  assert.equal(met.length, 2 * size + 3);
  assert.equal(new Set(met).size, met.length);
  assert.deepEqual(plan(0, new Rng(1, "order")).at(1), first.at(1));
  assert.notDeepEqual(plan(1, new Rng(1, "order")).at(1).users, first.at(1).users);
});

Deno.test("batches of which none is padded do not say that some may be", () => {
  const paddedOf = (size: number, dropLast: boolean) => pairBatches(log, { size, dropLast }).padded;
  assert.deepEqual([paddedOf(2, false), paddedOf(2, true), paddedOf(5, false)], [true, false, false]);
});

Deno.test("the order of an epoch is what it was in runs that are under way, and in those that figures are of", () => {
  const orders = [0, 1].map((epoch) => [...epochOrder(6, epoch, new Rng(0, "order"))]);
  assert.deepEqual(orders, [[1, 2, 4, 0, 5, 3], [2, 3, 0, 4, 5, 1]]);
});
