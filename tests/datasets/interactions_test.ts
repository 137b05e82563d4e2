import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { catalogue } from "../../datasets/catalogue.ts";
import { interactions } from "../../datasets/interactions.ts";
import { namedIds } from "../../datasets/ids.ts";
import { merge } from "../../datasets/merge.ts";
import { anyLog } from "./any_log.ts";

Deno.test("columns of different lengths, ids out of range and numbers that are not finite are refused by name", () => {
  const counts = { userCount: 2, itemCount: 2 };
  assert.throws(() => interactions({ users: [0, 1], items: [0], ...counts }), /2 "users" with 1 "items"/);
  assert.throws(() => interactions({ users: [0], items: [0], times: [], ...counts }), /1 "users" with 0 "times"/);
  assert.throws(() => interactions({ users: [2], items: [0], ...counts }), /user 2 \(row 0\).*below 2/);
  assert.throws(() => interactions({ users: [0, 0], items: [0, -1], ...counts }), /item -1 \(row 1\)/);
  assert.throws(() => interactions({ users: [0.5], items: [0], ...counts }), /user 0.5/);
  assert.throws(() => interactions({ users: [0], items: [0], ratings: [NaN], ...counts }), /rating NaN \(row 0\)/);
  assert.throws(() => interactions({ users: [], items: [], userCount: -1, itemCount: 0 }), /-1 users/);
});

Deno.test("typed columns are kept, not copied", () => {
  const users = Int32Array.of(0), items = Int32Array.of(0), times = Float64Array.of(1);
  const log = interactions({ users, items, times, userCount: 1, itemCount: 1 });
  assert(log.users === users && log.items === items && log.times === times);
});

Deno.test("the catalogue's rows are each user's items, ascending and without repeats, and popularity counts rows", () => {
  fc.assert(fc.property(anyLog, (log) => {
    const { users, items, offsets, positives, popularity } = catalogue(log);
    assert.deepEqual([users, items, offsets.length], [log.userCount, log.itemCount, users + 1]);
    for (let user = 0; user < users; user++) {
      const expected = new Set(log.items.filter((_, row) => log.users[row] === user));
      assert.deepEqual(positives.slice(offsets[user], offsets[user + 1]), Int32Array.from(expected).sort());
    }
    assert.equal(offsets[users], positives.length);
    popularity.forEach((count, item) => assert.equal(count, log.items.filter((other) => other === item).length));
  }));
});

Deno.test("merging leaves each user and item once, with the latest time and the highest rating, at its first place", () => {
  fc.assert(fc.property(anyLog, (log) => {
    const { interactions: merged, repeats } = merge(log);
    assert.equal(merged.users.length + repeats, log.users.length);
    const best = new Map<string, [number, number]>();
    log.users.forEach((user, row) => {
      const key = `${user} ${log.items[row]}`, [time, rating] = best.get(key) ?? [-Infinity, -Infinity];
      best.set(key, [Math.max(time, log.times![row]!), Math.max(rating, log.ratings![row]!)]);
    });
    const found = Array.from(merged.users, (user, row) => [
      `${user} ${merged.items[row]}`,
      [merged.times![row], merged.ratings![row]],
    ]);
    assert.deepEqual(found, [...best]);
  }));
});

Deno.test("ids whose names repeat are refused when they are asked by name", () => {
  assert.throws(() => namedIds(["a", "b", "a"]).indexOf("b"), /"a" is the name of both 0 and 2/);
});

Deno.test("each of many names is found by its id, and others are not", () => {
  fc.assert(fc.property(fc.uniqueArray(fc.string({ maxLength: 4 }), { maxLength: 60 }), fc.string(), (names, other) => {
    const ids = namedIds(names);
    assert.deepEqual(names.map(ids.indexOf), names.map((_, id) => id));
    assert.equal(ids.indexOf(other), names.includes(other) ? names.indexOf(other) : undefined);
  }));
});

Deno.test("merging leaves the log that it is given as it was, unless that is its own, whose columns stay rows of each other", () => {
  const made = () =>
    interactions({
      users: [0, 0, 1, 1],
      items: [1, 1, 1, 0],
      times: [5, 9, 3, 4],
      ratings: [2, 1, 4, 5],
      userCount: 2,
      itemCount: 2,
    });
  const log = made(),
    wanted = interactions({
      users: [0, 1, 1],
      items: [1, 1, 0],
      times: [9, 3, 4],
      ratings: [2, 4, 5],
      userCount: 2,
      itemCount: 2,
    });
  assert.deepEqual(merge(log), { interactions: wanted, repeats: 1 });
  assert.deepEqual(log, made());
  assert.deepEqual(merge(log, true), { interactions: wanted, repeats: 1 });
});
