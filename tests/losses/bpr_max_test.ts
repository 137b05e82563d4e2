import assert from "node:assert/strict";
import { losses } from "../../losses/mod.ts";
import { assertFormula, type Formula, near, sigmoid, softplus, sum } from "./formulas.ts";
import { onWasm } from "./scored.ts";

const formula: Formula = ({ p, drawn }) => {
  const mass = drawn.map(({ n, w }) => w * Math.exp(n)), total = sum(mass);
  if (total === 0) return 0;
  const share = mass.map((m) => m / total);
  return -Math.log(sum(drawn.map(({ n }, k) => share[k]! * sigmoid(p - n)))) +
    0.3 * sum(drawn.map(({ n }, k) => share[k]! * n * n));
};
assertFormula("bpr-max", losses["bpr-max"]({ decay: 0.3 }), formula, { webgpu: true });

Deno.test("bpr-max of one negative is bpr, and of many its slope is that of the highest", async () => {
  await onWasm(losses["bpr-max"]({ decay: 0 }), async (of) => {
    near((await of({ positive: [0.7], negative: [[0.2]] })).value, softplus(-0.5));
    const { value, dn } = await of({ positive: [0], negative: [[8, -8, -8, -8]] });
    near(value, 8, 1e-3);
    assert(dn[0]! > 0.99 && dn.slice(1).every((slope) => Math.abs(slope) < 1e-3), `${dn}`);
    near((await of({ positive: [-90], negative: [[90, 80]] })).value, 180 - Math.log(2), 1e-5); // no number is too large
  });
});
