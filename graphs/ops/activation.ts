import type { Op, Value } from "../builder.ts";
import { add, exp, mul, neg, sub } from "./arithmetic.ts";
import { greater, where } from "./compare.ts";
import { apply1, unary } from "./elementwise.ts";

const TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);
const ONE_OVER_SQRT_TWO_PI = 1 / Math.sqrt(2 * Math.PI);

export const sigmoidOp = unary("Sigmoid", (g, _x, y) => mul(g, mul(y, sub(1, y))));
export const softplusOp = unary("Softplus", (g, x) => mul(g, sigmoid(x)));
export const tanhOp = unary("Tanh", (g, _x, y) => mul(g, sub(1, mul(y, y))));
export const reluOp = unary("Relu", (g, x) => where(greater(x, 0), g, 0));
export const erfOp = unary("Erf", (g, x) => mul(g, mul(TWO_OVER_SQRT_PI, exp(neg(mul(x, x))))));
export const leakyReluOp: Op = {
  type: "LeakyRelu",
  attributes: { alpha: "float" },
  infer: ([x]) => [x!.type],
  vjp: ([g], { inputs: [x], attributes }) => [
    where(greater(x!, 0), g!, mul(g!, Number(attributes.alpha ?? 0.01))),
  ],
};
/** alpha (e^x - 1) below 0. Its derivative there is y + alpha, which does not overflow. */
export const eluOp: Op = {
  type: "Elu",
  attributes: { alpha: "float" },
  infer: ([x]) => [x!.type],
  vjp: ([g], { inputs: [x], outputs: [y], attributes }) => [
    where(greater(x!, 0), g!, mul(g!, add(y!, Number(attributes.alpha ?? 1)))),
  ],
};
/** The exact form, x Phi(x); its derivative is Phi(x) + x phi(x). The tanh approximation is another function. */
export const geluOp: Op = {
  type: "Gelu",
  attributes: { approximate: "string" },
  infer: ([x], { approximate }) => {
    if ((approximate ?? "none") === "none") return [x!.type];
    throw new TypeError(`Cannot apply "Gelu" with approximate="${approximate}": only the exact form is known`);
  },
  vjp: ([g], { inputs: [x] }) => {
    const cdf = mul(0.5, add(1, erf(mul(x!, Math.SQRT1_2)))),
      pdf = mul(ONE_OVER_SQRT_TWO_PI, exp(mul(-0.5, mul(x!, x!))));
    return [mul(g!, add(cdf, mul(x!, pdf)))];
  },
};

/** 1 / (1 + e^-x) */
export const sigmoid = apply1(sigmoidOp);
/** log(1 + e^x), which is -log sigmoid(-x). */
export const softplus = apply1(softplusOp);
/** Hyperbolic tangent. */
export const tanh = apply1(tanhOp);
/** max(x, 0); the subgradient at 0 is 0. */
export const relu = apply1(reluOp);
/** The error function. */
export const erf = apply1(erfOp);
/** x Phi(x) (Hendrycks & Gimpel, 2016), in its exact form. */
export const gelu = apply1(geluOp);
/** x where x > 0, `slope` x elsewhere. */
export const leakyRelu = (x: Value, slope = 0.01): Value => x.graph.apply(leakyReluOp, [x], { alpha: slope })[0]!;
/** x where x > 0, `alpha` (e^x - 1) elsewhere (Clevert, Unterthiner & Hochreiter, ICLR 2016). */
export const elu = (x: Value, alpha = 1): Value => x.graph.apply(eluOp, [x], { alpha })[0]!;
