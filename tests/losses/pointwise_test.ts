import { losses } from "../../losses/mod.ts";
import { assertFormula, mean, sigmoid } from "./formulas.ts";

assertFormula(
  "pointwise",
  losses.pointwise(),
  ({ p, drawn }) => 1 - sigmoid(p) + mean(drawn.map(({ n, w }) => w * sigmoid(n))),
);
