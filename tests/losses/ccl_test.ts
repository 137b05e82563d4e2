import { losses } from "../../losses/mod.ts";
import { assertFormula, GOLDEN, mean, near } from "./formulas.ts";
import { onWasm } from "./scored.ts";

const { ccl } = losses, relu = (x: number) => Math.max(0, x);
assertFormula(
  "ccl",
  ccl({ margin: 0.1, weight: 3 }),
  ({ p, drawn }) => 1 - p + 3 * mean(drawn.map(({ n, w }) => w * relu(n - 0.1))),
);
assertFormula(
  "ccl, each negative capped,",
  ccl({ margin: -1, weight: 9, compat: "capped" }),
  ({ p, drawn }) => 1 - p + 9 * mean(drawn.map(({ n, w }) => w * Math.min(1, relu(n + 1)))),
);
assertFormula(
  "ccl, the positive floored,",
  ccl({ compat: "recbole" }),
  ({ p, drawn }) => relu(1 - p) + mean(drawn.map(({ n, w }) => w * relu(n - 0.4))),
);

Deno.test("of cosines, and a margin of at least 0, the codes' caps change nothing", async () => {
  for (const compat of ["paper", "capped", "recbole"] as const) {
    await onWasm(ccl({ compat }), async (of) => near((await of(GOLDEN)).value, 1 - 0.7 + (0.5 - 0.4) / 3));
  }
});
