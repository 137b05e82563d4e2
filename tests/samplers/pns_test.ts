import assert from "node:assert/strict";
import { openRuntime } from "../../runtime/providers.ts";
import { adasir } from "../../samplers/adasir.ts";
import { pns, popularityWeights } from "../../samplers/pns.ts";
import type { Policy } from "../../samplers/sampler.ts";
import { assertLaw } from "./chi_square.ts";
import { catalogueWhere, drawIn, opened, proposals, selector } from "./drawn.ts";

const DRAWS = 20_000;
const shares = (weights: ArrayLike<number>) => {
  const total = Array.from(weights).reduce((a, b) => a + b, 0);
  return Array.from(weights, (w) => w / total);
};
/** Users who give items 0..3 the popularity 4, 3, 2, 1; item 4 is never met. User 0 has met item 1, user 4 nothing. */
const STEPS = [[1], [0, 0, 0, 0], [1, 1], [2, 2, 3], []];
const draw = (sampler: ReturnType<typeof pns>, user: number, met = STEPS, items = 5) =>
  proposals(sampler, drawIn(catalogueWhere(met, items)), new Int32Array(DRAWS).fill(user), 1000, "ids");

Deno.test("popularities 100, 50, 10, 1, 0 to the power 3/4 are the golden probabilities", () => {
  const law = shares(popularityWeights([100, 50, 10, 1, 0], 0.75));
  [0.554307, 0.329593, 0.098571, 0.017529, 0].forEach((p, item) => assert(Math.abs(law[item]! - p) < 1e-6, `${law}`));
});

Deno.test("the golden probabilities are what is drawn", async () => {
  const met = [[100, 50, 10, 1].flatMap((count, item) => new Array<number>(count).fill(item)), []];
  assertLaw(await draw(pns(), 1, met), [0.554307, 0.329593, 0.098571, 0.017529, 0]); // 3 degrees of freedom
});

Deno.test("a user's own items are left out and the other probabilities keep their ratios", async () => {
  assertLaw(await draw(pns({ exponent: 1 }), 0), shares([4, 0, 2, 1, 0])); // 2 degrees of freedom
  assertLaw(await draw(pns(), 0), shares([4 ** 0.75, 0, 2 ** 0.75, 1, 0]));
  assertLaw(await draw(pns({ exponent: -1 }), 0), shares([1 / 4, 0, 1 / 2, 1, 0]));
});

Deno.test("exponent 1 is proportional and exponent 0 uniform over the items that were met", async () => {
  assertLaw(await draw(pns({ exponent: 1 }), 4), shares([4, 3, 2, 1, 0])); // 3 degrees of freedom
  assertLaw(await draw(pns({ exponent: 0 }), 4), shares([1, 1, 1, 1, 0]));
});

Deno.test("by logarithm it is ln(c + 1), and what smoothing adds to that", async () => {
  assertLaw(await draw(pns({ law: "log" }), 0), shares([Math.log(5), 0, Math.log(3), Math.log(2), 0]));
  assertLaw(await draw(pns({ law: "log", smoothing: 0.5 }), 4), shares([5, 4, 3, 2, 1].map((c) => Math.log(c) + 0.5)));
});

Deno.test("smoothing lets an item through that was never met", async () => {
  assertLaw(await draw(pns({ exponent: 1, smoothing: 1 }), 4), shares([5, 4, 3, 2, 1])); // 4 degrees of freedom
});

Deno.test("a user who has met 9999 in 10000 of the popularity still draws the rest by its popularity", async () => {
  // 64 draws in a row miss items 1 and 2 with probability 0.994: the explicit law decides
  const met = [[0], [...new Array<number>(29_996).fill(0), 1, 2, 2]];
  assertLaw(await draw(pns({ exponent: 1 }), 0, met, 4), shares([0, 1, 2, 0])); // 1 degree of freedom
});

Deno.test("a user who has met all that has popularity draws uniformly from the rest", async () => {
  const met = [[0, 1], [0, 0, 0]];
  assertLaw(await draw(pns(), 0, met, 5), shares([0, 0, 1, 1, 1])); // 2 degrees of freedom
});

Deno.test("the log probability is that of the law given what the user has not met, whichever way it is drawn", async () => {
  const met = [[1], [0, 0, 0, 0], [1, 1], [2, 2, 3], [], [0, 1, 2, 3]], of = catalogueWhere(met, 6);
  const runtime = await openRuntime({ provider: "wasm" });
  const select = await selector(runtime, pns({ exponent: 1 }), of, 3, { users: Int32Array.of(0, 4, 5) });
  const { logQ } = await select({ ids: Int32Array.of(3, 0, 5) }, new Float32Array(6));
  // popularity 5, 4, 3, 2, 0, 0: user 0 has not met 10 of 14; user 4 has met nothing; user 5 draws from items 4 and 5
  [2 / 10, 5 / 14, 1 / 2].forEach((q, row) => assert(Math.abs(logQ[row]! - Math.log(q)) < 1e-6, `row ${row}: ${logQ}`));
});

Deno.test("a power whose weights overflow or vanish is refused by its name", () => {
  const of = catalogueWhere([[0, 0], [1, 1, 1]], 3),
    refused = /by popularity to the power -?2000: their weights sum to/;
  for (const exponent of [2000, -2000]) {
    const policies = [pns({ exponent }), pns({ exponent, shared: true }), adasir({ proposal: "popularity", exponent })];
    for (const policy of policies) assert.throws(() => opened(policy as Policy, of), refused);
  }
});
