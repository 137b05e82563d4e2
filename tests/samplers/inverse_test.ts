import assert from "node:assert/strict";
import { openRuntime } from "../../runtime/providers.ts";
import { inverse } from "../../samplers/inverse.ts";
import { popularityWeights } from "../../samplers/pns.ts";
import { assertLaw } from "./chi_square.ts";
import { catalogueWhere, drawIn, proposals, selector } from "./drawn.ts";

const shares = (weights: readonly number[]) => weights.map((w) => w / weights.reduce((a, b) => a + b, 0));
/** Popularity 4, 3, 2, 1, 0. User 0 has met item 1, user 4 nothing. */
const of = catalogueWhere([[1], [0, 0, 0, 0], [1, 1], [2, 2, 3], []], 5);
const draw = (user: number, exponent = 1) =>
  proposals(inverse({ exponent }), drawIn(of), new Int32Array(20_000).fill(user), 1000, "ids");

Deno.test("popularities 100, 50, 10, 1, 0 have the golden inverse probabilities", () => {
  const law = shares([...popularityWeights([100, 50, 10, 1, 0], -1)]);
  [0.00885, 0.017699, 0.088496, 0.884956, 0].forEach((p, item) => assert(Math.abs(law[item]! - p) < 1e-6, `${law}`));
});

Deno.test("rare items are drawn by 1 / c over what the user has not met, and what nobody met never is", async () => {
  assertLaw(await draw(4), shares([1 / 4, 1 / 3, 1 / 2, 1, 0])); // 3 degrees of freedom
  assertLaw(await draw(0), shares([1 / 4, 0, 1 / 2, 1, 0])); // 2
  assertLaw(await draw(0, 2), shares([1 / 16, 0, 1 / 4, 1, 0]));
});

Deno.test("the log probability of a rare negative is that given what the user has not met", async () => {
  const select = await selector(await openRuntime({ provider: "wasm" }), inverse(), of, 2, {
    users: Int32Array.of(0, 4),
  });
  const { logQ } = await select({ ids: Int32Array.of(3, 3) }, new Float32Array(5));
  [1 / (1 / 4 + 1 / 2 + 1), 1 / (1 / 4 + 1 / 3 + 1 / 2 + 1)].forEach((q, row) =>
    assert(Math.abs(logQ[row]! - Math.log(q)) < 1e-6, `row ${row}: ${logQ}`)
  );
});
