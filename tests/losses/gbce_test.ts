import assert from "node:assert/strict";
import { losses } from "../../losses/mod.ts";
import { assertFormula, GOLDEN, ITEMS, near, sigmoid, softplus, sum } from "./formulas.ts";
import { onWasm } from "./scored.ts";

const { bce, gbce } = losses;
for (const t of [0.75, 1]) {
  assertFormula(`gbce, of calibration ${t},`, gbce({ calibration: t }), ({ p, drawn }) => {
    const K = drawn.length, alpha = K / (ITEMS - 1), beta = alpha * (t * (1 - 1 / alpha) + 1 / alpha);
    const likelihood = beta * Math.log(sigmoid(p)) + sum(drawn.map(({ n, w }) => w * Math.log(1 - sigmoid(n))));
    return -likelihood / (K + 1);
  });
}
assertFormula(
  "gbce, uncalibrated,",
  gbce({ calibration: 0 }),
  ({ p, drawn }) => (softplus(-p) + sum(drawn.map(({ n, w }) => w * softplus(n)))) / (drawn.length + 1),
  { webgpu: true },
);

Deno.test("uncalibrated it is binary cross entropy over a positive and its negatives alike; more calibration loses less", async () => {
  const lost: number[] = [], given = { ...GOLDEN, items: 100 };
  for (const calibration of [0, 0.25, 0.5, 0.75, 1]) {
    await onWasm(gbce({ calibration }), async (of) => void lost.push((await of(given)).value));
  }
  await onWasm(bce({ negatives: "sum" }), async (of) => near(lost[0]!, (await of(given)).value / 4));
  assert(lost.every((value, at) => at === 0 || value < lost[at - 1]!), `${lost}`);
});

Deno.test("with every other item drawn, or more, there is nothing to calibrate", async () => {
  const values: number[] = [];
  for (const items of [4, 3, 1]) {
    await onWasm(gbce({ calibration: 1 }), async (of) => void values.push((await of({ ...GOLDEN, items })).value));
  }
  await onWasm(gbce({ calibration: 0 }), async (of) => void values.push((await of({ ...GOLDEN, items: 50 })).value));
  values.forEach((value) => near(value, values[0]!));
});

Deno.test("fully calibrated, scores are still where they say the chance: a positive of chance p among |I| items", async () => {
  const items = 21, K = 4, alpha = K / (items - 1), p = 0.3, s = Math.log(p / (1 - p));
  const given = { positive: [s], negative: [[s, s, s, s]], items };
  await onWasm(gbce({ calibration: 1 }), async (of) => {
    const { dp, dn } = await of(given);
    // an item is the positive with chance p, and, where it is not, among the K drawn with chance alpha
    near(p * dp[0]! + (1 - p) * alpha * dn[0]!, 0, 1e-7);
  });
  await onWasm(gbce({ calibration: 0 }), async (of) => {
    const { dp, dn } = await of(given);
    assert(p * dp[0]! + (1 - p) * alpha * dn[0]! < -0.01, "uncalibrated, the score would rise: overconfidence");
  });
});
