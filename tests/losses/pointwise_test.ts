import { losses } from "../../losses/mod.ts";
import { isItsFormula, mean, sigmoid } from "./formulas.ts";

isItsFormula(
  "pointwise",
  losses.pointwise(),
  ({ p, drawn }) => 1 - sigmoid(p) + mean(drawn.map(({ n, w }) => w * sigmoid(n))),
);
