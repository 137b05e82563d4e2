import assert from "node:assert/strict";
import { Rng } from "../../random/rng.ts";
import { drawMember } from "../../samplers/draw_member.ts";
import { drawUntil } from "../../samplers/draw_until.ts";
import { weightedSlot } from "../../samplers/weighted_slot.ts";
import { assertLaw } from "./chi_square.ts";

Deno.test("what is accepted is the first such draw, and a draw that nothing accepts ends", () => {
  const draws = [3, 1, 4, 1, 5].values();
  assert.equal(drawUntil(() => draws.next().value!, (x) => x > 3), 4);
  assert.equal(draws.next().value, 1, "no draw is made after it");
  assert.equal(drawUntil(() => 0, () => false), undefined);
});

Deno.test("members that are accepted are drawn as likely each, though they be few of many", () => {
  const rng = new Rng(1, "members"), many = Int32Array.from({ length: 4000 }, (_, member) => member);
  assertLaw(Array.from({ length: 3000 }, () => drawMember(many, rng, (x) => x < 3)!), [1 / 3, 1 / 3, 1 / 3]);
  assert.equal(drawMember(many, rng, () => false), undefined);
  assert.equal(drawMember(new Int32Array(), rng, () => true), undefined);
});

Deno.test("slots are hit in proportion to their weights, those without weight never", () => {
  const rng = new Rng(1, "slots"), weights = [0, 2, 0, 1, 5, 0];
  assertLaw(Array.from({ length: 8000 }, () => weightedSlot(weights, rng.uniform() * 8)), weights.map((w) => w / 8));
  assert.equal(weightedSlot(weights, 8), 4, "rounding ends in the last that has weight");
  assert.equal(weightedSlot([0, 0], 0), -1);
});
