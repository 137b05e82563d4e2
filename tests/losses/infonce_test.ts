import { losses } from "../../losses/mod.ts";
import { assertFormula, GOLDEN, ITEMS, near, sum } from "./formulas.ts";
import { onWasm } from "./scored.ts";

const { infonce } = losses;
assertFormula(
  "infonce, uncorrected,",
  infonce({ temperature: 0.5, correct: "none" }),
  ({ p, drawn }) => Math.log1p(sum(drawn.map(({ n, w }) => w * Math.exp((n - p) / 0.5)))),
  { webgpu: true },
);
for (const [correct, count] of [["relative", ITEMS], ["partition", 3]] as const) {
  assertFormula(`infonce, of ${correct} probabilities,`, infonce({ correct }), ({ p, positiveLogQ, drawn }) => {
    const positive = Math.exp(p) / (count * Math.exp(positiveLogQ));
    return Math.log1p(sum(drawn.map(({ n, w, logQ }) => w * Math.exp(n) / (count * Math.exp(logQ) * positive))));
  });
}

Deno.test("infonce of the golden scores, and it does not change when a constant is added to all scores", () =>
  onWasm(infonce({ temperature: 0.5 }), async (of) => {
    near((await of(GOLDEN)).value, 0.806519);
    near((await of({ positive: [5.7], negative: [[5.2, 5.5, 4.9]] })).value, 0.806519, 1e-5);
  }));

Deno.test("with every other item as a negative infonce is the softmax over the catalogue", () =>
  onWasm(infonce(), async (of) => {
    const scores = [0.3, -1.2, 2.5, 0.4, -0.7], mass = sum(scores.map(Math.exp));
    for (const [at, score] of scores.entries()) {
      const { value, dp, dn } = await of({ positive: [score], negative: [scores.toSpliced(at, 1)] });
      near(value, -Math.log(Math.exp(score) / mass));
      near(dp[0]!, Math.exp(score) / mass - 1);
      scores.toSpliced(at, 1).forEach((other, k) => near(dn[k]!, Math.exp(other) / mass));
    }
  }));

Deno.test("a uniform law is no correction, and only what departs from it is one", () =>
  onWasm(infonce({ temperature: 0.5 }), async (of) => {
    const uniform = -Math.log(9), given = { ...GOLDEN, items: 9 };
    near((await of({ ...given, logQ: [[uniform, uniform, uniform]] })).value, 0.806519);
    const twice = await of({ ...given, logQ: [[uniform + Math.LN2, uniform, uniform]] });
    near(twice.value, (await of({ ...given, weight: [[0.5, 1, 1]] })).value);
  }));

Deno.test("corrected by the partition, one draw stands for the catalogue on average, whatever its law", () =>
  onWasm(infonce({ correct: "partition" }), async (of) => {
    const scores = [0.3, -1.2, 1.5], law = [0.6, 0.3, 0.1];
    const estimates = await Promise.all(scores.map(async (n, k) => {
      const { value } = await of({ positive: [0], negative: [[n]], logQ: [[Math.log(law[k]!)]], items: 3 });
      return law[k]! * (Math.exp(value) - 1); // e^loss = 1 + what stands for the sum
    }));
    near(sum(estimates), sum(scores.map(Math.exp)), 1e-5);
  }));

Deno.test("where both sides are corrected it does not matter by what unit", async () => {
  const given = { ...GOLDEN, items: 100, logQ: [[-1, -2, -3]], positiveLogQ: [-2] }, found: number[] = [];
  for (const correct of ["relative", "partition"] as const) {
    await onWasm(infonce({ correct }), async (of) => void found.push((await of(given)).value));
  }
  near(found[0]!, found[1]!);
});
