import assert from "node:assert/strict";
import { losses } from "../../losses/mod.ts";
import { assertFormula, GOLDEN, near, softplus, sum } from "./formulas.ts";
import { onWasm } from "./scored.ts";

const { sdpo } = losses;
assertFormula(
  "sdpo",
  sdpo({ beta: 0.6 }),
  ({ p, frozen, drawn }) =>
    Math.log1p(sum(drawn.map((one) => one.w * Math.exp(0.6 * (one.n - one.frozen - (p - frozen)))))),
);

Deno.test("one negative makes sdpo DPO", () =>
  onWasm(sdpo({ beta: 2 }), async (of) => {
    const { value } = await of({ positive: [0.7], negative: [[0.2]], frozen: { positive: [0.3], negative: [[0.1]] } });
    near(value, softplus(-2 * ((0.7 - 0.3) - (0.2 - 0.1))));
  }));

Deno.test("a model that is its reference loses log(1 + N), whatever its scores", () =>
  onWasm(sdpo(), async (of) => near((await of({ ...GOLDEN, frozen: GOLDEN })).value, Math.log(4))));

Deno.test("without a reference sdpo is BPR over scores, and asks for no frozen model", async () => {
  const loss = sdpo({ reference: "none" });
  assert.equal(loss.frozen, undefined);
  assert.deepEqual(sdpo({ refresh: 3 }).frozen, { refresh: 3 });
  await onWasm(loss, async (of) => near((await of(GOLDEN)).value, 1.05591));
});
