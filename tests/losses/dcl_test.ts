import { losses } from "../../losses/mod.ts";
import { assertFormula, type Formula, GOLDEN, near, softmax, sum } from "./formulas.ts";
import { onWasm } from "./scored.ts";

const { dcl } = losses;
/** At a temperature of .5, with a prior of .1. */
const formula = (hardness: number): Formula => ({ p, drawn }, held) => {
  const law = softmax(held.drawn.map(({ n }) => hardness * n / 0.5)), positive = Math.exp(p / 0.5);
  const average = sum(drawn.map(({ n, w }, k) => law[k]! * w * Math.exp(n / 0.5)));
  const g = Math.max((average - 0.1 * positive) / 0.9, Math.exp(-1 / 0.5));
  return Math.log(positive + drawn.length * g) - p / 0.5;
};
assertFormula("dcl", dcl({ temperature: 0.5, prior: 0.1 }), formula(0), { webgpu: true });
assertFormula("dcl, of hard negatives,", dcl({ temperature: 0.5, prior: 0.1, hardness: 0.7 }), formula(0.7));

Deno.test("a prior of 0 makes dcl InfoNCE", () =>
  onWasm(dcl({ temperature: 0.5, prior: 0 }), async (of) => near((await of(GOLDEN)).value, 0.806519)));

Deno.test("where all that is left of the negatives is the prior's share, the floor e^(-1/t) stands", () =>
  onWasm(dcl({ temperature: 0.5, prior: 0.5 }), async (of) => {
    const { value, dn } = await of({ positive: [0.9], negative: [[-0.9, -0.9]] });
    near(value, Math.log(Math.exp(1.8) + 2 * Math.exp(-2)) - 1.8);
    dn.forEach((slope) => near(slope, 0));
  }));

Deno.test("much hardness leaves the hardest negative, times how many there are", () =>
  onWasm(dcl({ temperature: 0.5, prior: 0, hardness: 99 }), async (of) => {
    near((await of(GOLDEN)).value, Math.log(Math.exp(1.4) + 3 * Math.exp(1)) - 1.4);
  }));

Deno.test("where all cosines are -1, a low temperature does not make the logarithm one of 0", () =>
  onWasm(dcl({ temperature: 0.004, prior: 0 }), async (of) => {
    near((await of({ positive: [-1], negative: [[-1, -1]] })).value, Math.log(3));
  }));
