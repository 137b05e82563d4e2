import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { interactions } from "../../datasets/interactions.ts";
import { itemKnn } from "../../evaluation/item_knn.ts";

/** Users met {0 1 2}, {0 1}, {1 2}, {0 3} (0 twice, which is no more than once): n = 3 3 2 1, c01 = 2, c02 = 1, c03 = 1, c12 = 2. */
const seen = catalogue(interactions({
  users: [0, 0, 0, 1, 1, 2, 2, 3, 3, 3],
  items: [0, 1, 2, 0, 1, 1, 2, 0, 3, 0],
  userCount: 5,
  itemCount: 5,
}));
const s01 = 2 / (3 + 1), s02 = 1 / (Math.sqrt(6) + 1), s03 = 1 / (Math.sqrt(3) + 1), s12 = 2 / (Math.sqrt(6) + 1);
const near = (found: Float32Array, expected: readonly number[]) =>
  expected.forEach((x, at) => assert(Math.abs(found[at]! - x) < 1e-6, `${[...found]} is not ${expected}`));

Deno.test("item-KNN scores an item by its shrunk cosines to what the user met", () => {
  const scores = itemKnn(seen, { neighbours: 4, shrink: 1 });
  near(scores(3), [s03, s01, s02, s03, 0]); // user 3 met 0 and 3; no user met both 3 and 1
  near(scores(1), [s01, s01, s02 + s12, s03, 0]);
  near(scores(4), [0, 0, 0, 0, 0]); // met nothing
});

Deno.test("only an item's own k nearest count, not those it is near to", () => {
  const scores = itemKnn(seen, { neighbours: 1, shrink: 1 }); // nearest: 0 to 1, 1 to 2, 2 to 1, 3 to 0
  near(scores(3), [0, 0, 0, s03, 0]);
  near(scores(1), [s01, 0, s12, s03, 0]);
});

Deno.test("of equally similar items the one with the smaller id is the nearer", () => {
  const log = interactions({ users: [0, 0, 1, 1], items: [0, 1, 0, 2], userCount: 3, itemCount: 3 });
  const scores = itemKnn(catalogue(log), { neighbours: 1, shrink: 0 }); // 0 is as near to 1 as to 2
  assert.equal(scores(0)[0], Math.fround(1 / Math.SQRT2));
  assert.equal(scores(1)[0], 0);
  const other = interactions({ users: [0, 0, 1, 1], items: [0, 2, 0, 1], userCount: 2, itemCount: 3 }); // 2 is met first
  const [own, its] = [0, 1].map((user) => itemKnn(catalogue(other), { neighbours: 1, shrink: 0 })(user)[0]);
  assert.deepEqual([own, its], [0, Math.fround(1 / Math.SQRT2)]);
});

Deno.test("neighbours and shrink that mean nothing are refused", () => {
  assert.throws(() => itemKnn(seen, { neighbours: 0, shrink: 1 }), /k is a whole number of at least 1.*found 0 and 1/);
  assert.throws(() => itemKnn(seen, { neighbours: 2, shrink: -1 }), /shrink is not negative, found 2 and -1/);
});
