import assert from "node:assert/strict";
import { Caches } from "../../../samplers/divns/caches.ts";
import { DiverseSets } from "../../../samplers/divns/diverse_sets.ts";
import { catalogueWhere } from "../drawn.ts";

// user 0 has three positives, user 1 two, user 2 none; two pools a row with two runners-up each
const of = catalogueWhere([[0, 1, 2], [0, 3], []], 12), caches = () => new Caches(of, 2, 2);
const TOP = [ // each row's pools: the hardest, then its runners-up
  [5, 6, 7, 8, 9, 10],
  [6, 5, 11, 4, 7, 9],
];

Deno.test("a user's hard negatives are kept in the order of rows, its runners-up as a set without them", () => {
  const kept = caches(), top = Int32Array.from([99, ...TOP.flat()]);
  kept.record(0, top, 1);
  assert.deepEqual([...kept.hardOf(0)], [5, 8]);
  assert.deepEqual([...kept.runnersUpOf(0)], [6, 7, 9, 10]);
  kept.record(0, top, 7);
  assert.deepEqual([...kept.hardOf(0)], [5, 8, 6, 4]);
  assert.deepEqual([...kept.runnersUpOf(0)], [7, 9, 10, 11]); // 6 has become a hard negative, 5 was one
  assert.deepEqual([...kept.hardOf(1), ...kept.runnersUpOf(1), ...kept.runnersUpOf(2)], []);
});

Deno.test("users do not mix, and a new epoch starts empty", () => {
  const kept = caches(), top = Int32Array.from(TOP.flat());
  kept.record(1, top, 0);
  kept.record(0, top, 6);
  assert.deepEqual([...kept.hardOf(1)], [5, 8]);
  assert.deepEqual([...kept.hardOf(0)], [6, 4]);
  kept.clear();
  assert.deepEqual([...kept.hardOf(0), ...kept.hardOf(1), ...kept.runnersUpOf(0)], []);
});

Deno.test("interactions that repeat a positive find no room: other users' ids stay", () => {
  const kept = caches(), top = Int32Array.from(TOP.flat());
  kept.record(1, top, 6);
  for (let row = 0; row < 5; row++) kept.record(0, top, 0);
  assert.deepEqual([...kept.hardOf(0)], [5, 8, 5, 8, 5, 8]);
  assert.deepEqual([...kept.hardOf(1)], [6, 4]);
});

Deno.test("each row of a user takes the next ids of its diverse set, and a short one is gone through again", () => {
  const sets = new DiverseSets(of, 2), into = new Int32Array(3).fill(77);
  const taken = (user: number) => {
    sets.take(user, into, 1);
    return [...into];
  };
  assert.deepEqual(taken(0), [77, -1, -1]);
  sets.restart();
  sets.set(0, Int32Array.of(4, 5, 6));
  sets.set(1, Int32Array.of(9, 8, 7, 6));
  assert.deepEqual([taken(0), taken(1), taken(0), taken(0), taken(1)], [
    [77, 4, 5],
    [77, 9, 8],
    [77, 6, 4],
    [77, 5, 6],
    [77, 7, 6],
  ]);
  sets.restart();
  assert.deepEqual(taken(1), [77, 9, 8]);
  sets.clear();
  assert.deepEqual(taken(1), [77, -1, -1]);
});
