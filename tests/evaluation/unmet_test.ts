import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { catalogue } from "../../datasets/catalogue.ts";
import { interactions } from "../../datasets/interactions.ts";
import { drawUnmet } from "../../evaluation/unmet.ts";
import { Rng } from "../../random/rng.ts";
import { anyLog } from "../datasets/any_log.ts";
import { assertLaw, uniformOver } from "../samplers/chi_square.ts";

Deno.test("what is drawn is unmet, different, ascending, and as much as there is", () => {
  fc.assert(fc.property(anyLog, anyLog, fc.integer({ min: 1, max: 12 }), fc.integer(), (a, b, count, seed) => {
    const shape = { userCount: Math.max(a.userCount, b.userCount), itemCount: Math.max(a.itemCount, b.itemCount) };
    const met = [a, b].map((log) => catalogue({ ...log, ...shape })), rng = new Rng(seed, "test");
    for (let user = 0; user < shape.userCount; user++) {
      const known = new Set([a, b].flatMap((log) => [...log.items].filter((_, row) => log.users[row] === user)));
      const drawn = [...drawUnmet(met, user, count, rng)];
      assert.equal(drawn.length, Math.min(count, shape.itemCount - known.size));
      assert.deepEqual(drawn, [...new Set(drawn)].sort((x, y) => x - y));
      assert(drawn.every((item) => item >= 0 && item < shape.itemCount && !known.has(item)));
    }
  }));
});

Deno.test("every unmet item is as likely, and so is every pair of them", () => {
  const met = catalogue(interactions({ users: [0, 0, 0], items: [0, 3, 7], userCount: 1, itemCount: 8 }));
  const rng = new Rng(5, "test"), draws = Array.from({ length: 4000 }, () => drawUnmet([met], 0, 2, rng));
  assertLaw(draws.flatMap((draw) => [...draw]), uniformOver([1, 2, 4, 5, 6], 8));
  const pairs = [...new Set(draws.map(String))];
  assert.equal(pairs.length, 10);
  assertLaw(draws.map((draw) => pairs.indexOf(String(draw))), Array.from(pairs, () => 1 / 10));
});
