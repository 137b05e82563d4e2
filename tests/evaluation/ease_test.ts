import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { ease } from "../../evaluation/ease.ts";
import { factorise, solve } from "../../evaluation/solve.ts";
import { smallLog } from "../training/small_run.ts";
import { pairLog } from "./pair_log.ts";

const { train, held } = smallLog(), seen = catalogue(train), known = catalogue(held), L2 = 3;
const met = Array.from({ length: seen.users }, (_, user) => {
  const own = seen.positives.subarray(seen.offsets[user]!, seen.offsets[user + 1]!);
  return Array.from({ length: seen.items }, (_, item) => Number(own.includes(item)));
});

/** The weights of all other items for `item`, by the regression that defines them: its own column is left out. */
function regression(item: number): number[] {
  const others = met[0]!.map((_, other) => other).filter((other) => other !== item), n = others.length;
  const common = (i: number, j: number) => met.reduce((sum, row) => sum + row[i]! * row[j]!, 0);
  const a = Float64Array.from({ length: n * n }, (_, at) => {
    const i = Math.floor(at / n), j = at % n;
    return common(others[i]!, others[j]!) + (i === j ? L2 : 0);
  });
  factorise(a, n, n);
  const found = solve(a, n, n, Float64Array.from(others, (other) => common(other, item)));
  return met[0]!.map((_, other) => other === item ? 0 : found[others.indexOf(other)]!);
}

Deno.test("an item scores by the ridge regression of its column on all others, summed over what the user met", () => {
  const scores = ease(seen, { l2: L2 }), weights = Array.from({ length: seen.items }, (_, item) => regression(item));
  for (let user = 0; user < seen.users; user++) {
    scores(user).forEach((found, item) => {
      const expected = met[user]!.reduce((sum, one, other) => sum + one * weights[item]![other]!, 0);
      assert(Math.abs(found - expected) < 1e-5, `user ${user}, item ${item}: ${found}, not ${expected}`);
    });
  }
});

Deno.test("users are ranked by what is known of them then", () => {
  const scores = ease(seen, { l2: L2 }, known), plain = ease(seen, { l2: L2 });
  for (let user = 0; user < seen.users; user++) {
    const own = new Float32Array(seen.items);
    for (const item of known.positives.subarray(known.offsets[user]!, known.offsets[user + 1]!)) {
      const one = catalogue(pairLog([[0, item]], 1, seen.items));
      ease(seen, { l2: L2 }, one)(0).forEach((weight, at) => own[at]! += weight);
    }
    scores(user).forEach((found, item) => assert(Math.abs(found - own[item]!) < 1e-5, `user ${user}, item ${item}`));
    if (own.some((score) => score !== 0)) assert.notDeepEqual(scores(user), plain(user));
  }
});

Deno.test("a decay that means nothing is refused, and more items than their matrix has room for", () => {
  assert.throws(() => ease(seen, { l2: 0 }), /Cannot fit ease: l2 is above 0, found 0/);
  const wide = catalogue(pairLog([[0, 0]], 1, 9000));
  assert.throws(() => ease(wide, { l2: 1 }), /Cannot fit ease to 9000 items: it inverts .* of at most 8192/);
});
