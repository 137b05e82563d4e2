import { losses } from "../../losses/mod.ts";
import { assertFormula, GOLDEN, mean, near, sum } from "./formulas.ts";
import { onWasm } from "./scored.ts";

const { hinge } = losses, relu = (x: number) => Math.max(0, x);
assertFormula(
  "hinge, of every negative,",
  hinge({ margin: 0.5 }),
  ({ p, drawn }) => sum(drawn.map(({ n, w }) => w * relu(0.5 - p + n))),
  { webgpu: true },
);
assertFormula(
  "hinge, of mean negatives,",
  hinge({ over: "mean" }),
  ({ p, drawn }) => mean(drawn.map(({ n, w }) => w * relu(1 - p + n))),
);
assertFormula(
  "hinge, of the worst negative,",
  hinge({ over: "max" }),
  ({ p, drawn }) => Math.max(...drawn.map(({ n, w }) => w * relu(1 - p + n))),
);
assertFormula(
  "hinge, of squared distances,",
  hinge({ of: "squares" }),
  ({ p, drawn }) => sum(drawn.map(({ n, w }) => w * relu(1 + p * p - n * n))),
);

Deno.test("only what is within the margin of the positive loses", () =>
  onWasm(hinge({ margin: 0.3 }), async (of) => near((await of(GOLDEN)).value, 0.3 - 0.7 + 0.5)));
