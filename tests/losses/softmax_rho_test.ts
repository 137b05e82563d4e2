import { losses } from "../../losses/mod.ts";
import { assertFormula, type Formula, mean, near, softmax, softplus, sum } from "./formulas.ts";
import { onWasm } from "./scored.ts";

/** Pair losses under weights that are held. */
const formula: Formula = (row, held) => {
  const lose = ({ p, drawn }: typeof row) => drawn.map(({ n }) => softplus(n - p)), l = lose(held);
  const t = Math.max(1e-6, Math.sqrt(mean(l.map((x) => (x - mean(l)) ** 2)) / 1.4));
  if (held.drawn.every(({ w }) => w === 0)) return 0;
  const weights = softmax(held.drawn.map(({ w, logQ }, k) => (l[k]! - mean(l)) / t - logQ + Math.log(w)));
  return sum(lose(row).map((x, k) => weights[k]! * x));
};
assertFormula("softmax-rho", losses["softmax-rho"]({ rho: 0.7 }), formula, { webgpu: true });

Deno.test("negatives that lose the same weigh the same, and a wide radius leaves the worst alone", async () => {
  const same = { positive: [0.7], negative: [[0.3, 0.3, 0.3]] };
  await onWasm(losses["softmax-rho"](), async (of) => {
    const { value, dn } = await of(same);
    near(value, softplus(-0.4));
    dn.forEach((slope) => near(slope, dn[0]!));
  });
  const apart = { positive: [0], negative: [[-3, 2, 0]] };
  await onWasm(losses["softmax-rho"]({ rho: 1e4 }), async (of) => near((await of(apart)).value, softplus(2)));
});
