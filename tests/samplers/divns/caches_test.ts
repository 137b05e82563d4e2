import assert from "node:assert/strict";
import { catalogue } from "../../../datasets/catalogue.ts";
import { interactions } from "../../../datasets/interactions.ts";
import { Rng } from "../../../random/rng.ts";
import { Caches } from "../../../samplers/divns/caches.ts";
import { DiverseSets } from "../../../samplers/divns/diverse_sets.ts";
import { placesOf } from "../../../samplers/divns/places.ts";
import { catalogueWhere } from "../drawn.ts";

// user 0 has three positives, user 1 two, user 2 none; two pools of four a row with two runners-up each
const of = catalogueWhere([[0, 1, 2], [0, 3], []], 12), caches = () => new Caches(of, 2, 4, 2);
const POOLS = { // of two rows, two pools in each
  candidates: Int32Array.from([[7, 5, 2, 6], [9, 10, 3, 8], [6, 5, 11, 3], [2, 4, 7, 9]].flat()),
  scores: Float32Array.from([[1, 9, -5, 3], [3, 2, -1, 4], [9, 8, 7, 6], [-9, 5, 5, 5]].flat()),
  hard: Int32Array.of(5, 8, 6, 4),
};

Deno.test("a user's hard negatives are kept in the order of rows, its runners-up as a set without them", () => {
  const kept = caches();
  kept.record(0, 0, POOLS, true);
  assert.deepEqual([...kept.hardOf(0)], [5, 8]);
  assert.deepEqual([...kept.runnersUpOf(0)], [6, 7, 9, 10]);
  kept.record(0, 1, POOLS, true);
  assert.deepEqual([...kept.hardOf(0)], [5, 8, 6, 4]);
  assert.deepEqual([...kept.runnersUpOf(0)], [7, 9, 10, 11]); // 6 has become a hard negative, 5 was one
  assert.deepEqual([...kept.hardOf(1), ...kept.runnersUpOf(1), ...kept.runnersUpOf(2)], []);
});

Deno.test("runners-up are the next by score, ties the lowest slot first, what is not finite last, as sorting has it", () => {
  const rng = new Rng(6, "scores"), met = Array.from({ length: 50 }, () => [0]), many = catalogueWhere(met, 20);
  const kept = new Caches(many, 1, 9, 5);
  for (let user = 0; user < 50; user++) {
    const candidates = rng.shuffle(Int32Array.from({ length: 9 }, (_, at) => at + 1));
    const scores = Float32Array.from(candidates, () => [0, 1, 2, 3, 4, 5, NaN, Infinity, -Infinity][rng.below(9)]!);
    const known = [...scores].map((score) => Number.isFinite(score) ? score : -1), slots = [...candidates.keys()];
    const ranked = slots.sort((a, b) => known[b]! - known[a]! || a - b).map((slot) => candidates[slot]!);
    kept.record(user, 0, { candidates, scores, hard: Int32Array.of(ranked[0]!) }, true);
    assert.deepEqual([...kept.runnersUpOf(user)], ranked.slice(1, 6));
  }
});

Deno.test("users do not mix, and a new epoch starts empty", () => {
  const kept = caches();
  kept.record(1, 0, POOLS, true);
  kept.record(0, 1, POOLS, true);
  assert.deepEqual([...kept.hardOf(1)], [5, 8]);
  assert.deepEqual([...kept.hardOf(0)], [6, 4]);
  kept.clear();
  assert.deepEqual([...kept.hardOf(0), ...kept.hardOf(1), ...kept.runnersUpOf(0)], []);
});

Deno.test("interactions that repeat a positive find no room: other users' ids stay", () => {
  const kept = caches();
  kept.record(1, 1, POOLS, true);
  for (let row = 0; row < 5; row++) kept.record(0, 0, POOLS, true);
  assert.deepEqual([...kept.hardOf(0)], [5, 8, 5, 8, 5, 8]);
  assert.deepEqual([...kept.hardOf(1)], [6, 4]);
});

Deno.test("each row of a user takes the next ids of its diverse set, and a short one is gone through again", () => {
  const sets = new DiverseSets(of, 2, 1), taken = (...users: number[]) => [...sets.take(Int32Array.from(users))];
  assert.deepEqual(taken(0), [-1, -1]);
  sets.restart();
  sets.set(0, Int32Array.of(4, 5, 6));
  sets.set(1, Int32Array.of(9, 8, 7, 6));
  assert.deepEqual([taken(0, 1, 0), taken(0), taken(1)], [[4, 5, 9, 8, 6, 4], [5, 6], [7, 6]]);
  sets.restart();
  assert.deepEqual(taken(1), [9, 8]);
  assert.deepEqual([...sets.take(Int32Array.of(1, 1), 1)], [7, 6, -1, -1], "rows that pad take none");
  sets.clear();
  assert.deepEqual(taken(1), [-1, -1]);
});

Deno.test("the age of what is cached is how long before the newest it last ran up, in the user's own sequence", () => {
  const kept = new Caches(of, 2, 4, 2, true);
  kept.record(0, 0, POOLS, true, 7); // behind 5 come 7, 6, behind 8 come 9, 10
  kept.record(0, 1, POOLS, true, 4); // behind 6 come 5, 11, behind 4 come 7, 9
  kept.record(1, 0, POOLS, true, 2);
  const ages = (user: number) => {
    const cached = kept.runnersUpOf(user), found = kept.agesOf(user, cached);
    return Object.fromEntries(Array.from(cached, (id, at) => [id, found[at]]));
  };
  assert.deepEqual(ages(0), { 7: 0, 9: 0, 10: 0, 11: 3 });
  assert.deepEqual(ages(1), { 6: 0, 7: 0, 9: 0, 10: 0 });
  assert.deepEqual([...kept.places], [7, 4, 0, 2, 0]);
});

Deno.test("places are those of users' sequences, the last of what was met twice", () => {
  const log = interactions({
    users: [0, 1, 0, 0, 0],
    items: [2, 3, 1, 2, 0],
    times: [5, 1, 6, 7, 1],
    userCount: 2,
    itemCount: 4,
  });
  const placeOf = placesOf(catalogue(log)); // user 0 met 0 2 1 2
  assert.deepEqual([placeOf(0, 0), placeOf(0, 1), placeOf(0, 2), placeOf(1, 3)], [0, 2, 3, 0]);
});
