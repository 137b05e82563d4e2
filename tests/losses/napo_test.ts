import assert from "node:assert/strict";
import { losses } from "../../losses/mod.ts";
import { assertFormula, type Drawn, type Formula, GOLDEN, near, sigmoid, sum } from "./formulas.ts";
import { type Given, onWasm } from "./scored.ts";

const { napo, sdpo } = losses;
/** With beta .6 and gamma 1.5. */
const formula = (confidence: (frozen: number, drawn: readonly Drawn[]) => number): Formula => ({ p, frozen, drawn }) =>
  Math.log1p(sum(drawn.map((one) => {
    const reward = one.n - one.frozen - (p - frozen);
    return one.w * Math.exp(0.6 * reward + 1.5 * confidence(one.frozen, drawn));
  })));
assertFormula(
  "napo",
  napo({ beta: 0.6, gamma: 1.5 }),
  formula((frozen) => 1 - sigmoid(frozen)),
  { webgpu: true },
);
assertFormula(
  "napo, by rank,",
  napo({ beta: 0.6, gamma: 1.5, confidence: "rank" }),
  formula((frozen, drawn) => 1 - drawn.filter((other) => other.frozen < frozen).length / drawn.length),
);

const frozen = { positive: [0.3], negative: [[0.1, 0.6, -0.4]] }, given = { ...GOLDEN, frozen };
const lossOf = async (loss: ReturnType<typeof napo>, of: Given) => {
  let found = NaN;
  await onWasm(loss, async (lose) => {
    found = (await lose(of)).value;
  });
  return found;
};

Deno.test("without a margin napo is sdpo; with more of it, it loses more", async () => {
  near(await lossOf(napo({ gamma: 0 }), given), await lossOf(sdpo(), given));
  const values: number[] = [];
  for (const gamma of [0, 0.5, 1, 2]) values.push(await lossOf(napo({ gamma }), given));
  values.slice(1).forEach((value, at) => assert(value > values[at]!, `${values}`));
});

Deno.test("confidences are centred at one half over the negatives that count", async () => {
  const c = [1 - 1 / 3, 1 - 2 / 3, 1], middle = sum(c) / 3; // one, two and none score below
  const rewards = GOLDEN.negative[0]!.map((n, k) => n - frozen.negative[0]![k]! - 0.4);
  const wanted = Math.log1p(sum(rewards.map((reward, k) => Math.exp(reward + c[k]! - middle + 0.5))));
  const loss = napo({ gamma: 1, confidence: "rank", centred: true });
  near(await lossOf(loss, given), wanted);
  const padded = {
    positive: [0.7, 9],
    negative: [[0.2, 0.5, -0.1, 7], [9, 9, 9, 9]],
    rows: [1, 0],
    mask: [[1, 1, 1, 0], [1, 1, 1, 1]],
    frozen: { positive: [0.3, 9], negative: [[0.1, 0.6, -0.4, -9], [9, 8, 7, 6]] },
  };
  near(await lossOf(loss, padded), wanted);
});

Deno.test("napo asks for a frozen model even where rewards take none: confidences are its", () => {
  assert.deepEqual(napo({ reference: "none", refresh: 2 }).frozen, { refresh: 2 });
});
