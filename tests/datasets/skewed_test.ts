import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { skewed } from "../../datasets/skewed.ts";

const shape = { users: 500, items: 2000, interactions: 20_000, seed: 4 };

Deno.test("a skewed log is the same by seed, has the rows that were asked for, and no pair twice", () => {
  const log = skewed(shape);
  assert.deepEqual(log, skewed(shape));
  assert.notDeepEqual(log.items, skewed({ ...shape, seed: 5 }).items);
  assert.equal(log.items.length, 20_000);
  assert.equal(catalogue(log).positives, log.items); // in order already, so that the catalogue takes no copy
});

Deno.test("the head of a skewed log's items has most of its rows, and its users are unevenly busy", () => {
  const log = skewed(shape), popularity = catalogue(log).popularity.toSorted().reverse();
  const shareOfTenth = popularity.subarray(0, 200).reduce((a, b) => a + b) / 20_000;
  const rows = new Int32Array(500);
  for (const user of log.users) rows[user]!++;
  const most = Math.max(...rows);
  assert(shareOfTenth > 0.3, `a tenth of the items has ${shareOfTenth}`);
  assert(most > 100, `no user has more than ${most}, the mean being 40`);
});

Deno.test("more interactions than a user can have are refused, and so is an exponent that cannot be inverted", () => {
  assert.throws(() => skewed({ users: 1, items: 3, interactions: 4 }), /user 0 would have 4 of 3 items/);
  assert.throws(() => skewed({ ...shape, exponent: 1 }), /"exponent" 1/);
  const all = Int32Array.from({ length: 300 }, (_, item) => item); // to the last, which draws hardly hit
  for (let seed = 0; seed < 5; seed++) {
    assert.deepEqual(skewed({ users: 1, items: 300, interactions: 300, seed }).items, all);
  }
});
