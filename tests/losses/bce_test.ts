import { losses } from "../../losses/mod.ts";
import { assertFormula, mean, softplus, sum } from "./formulas.ts";

const { bce } = losses;
assertFormula(
  "bce, of mean negatives,",
  bce({ weight: 2 }),
  ({ p, drawn }) => softplus(-p) + 2 * mean(drawn.map(({ n, w }) => w * softplus(n))),
);
assertFormula(
  "bce, of every negative,",
  bce({ negatives: "sum" }),
  ({ p, drawn }) => softplus(-p) + sum(drawn.map(({ n, w }) => w * softplus(n))),
);
