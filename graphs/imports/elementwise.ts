import type { Value } from "../builder.ts";
import { elu, gelu, leakyRelu, softplus, tanh } from "../ops/activation.ts";
import { abs, add, clip, div, max, min, mul, pow } from "../ops/arithmetic.ts";
import { cast, castOp, greater, onnxTypes, where } from "../ops/compare.ts";
import { type Importer, numberOf, oneOf } from "./importer.ts";

/** Ops that ONNX gives any number of inputs. */
const variadic = (f: (a: Value, b: Value) => Value): Importer => oneOf((inputs) => inputs.reduce(f));

/** sqrt(2 / pi) and the cubic term of GELU's approximation (Hendrycks & Gimpel, 2016). */
const TANH_SCALE = Math.sqrt(2 / Math.PI), TANH_CUBE = 0.044715;
const geluByTanh = (x: Value) =>
  mul(mul(0.5, x), add(1, tanh(mul(TANH_SCALE, add(x, mul(TANH_CUBE, mul(x, mul(x, x))))))));
const hardSigmoid = (x: Value, alpha: number, beta: number) => clip(add(mul(alpha, x), beta), 0, 1);
/** The constants of Klambauer et al., NeurIPS 2017. */
const SELU = { alpha: 1.6732632423543772, gamma: 1.0507009873554805 } as const;

/** Ops of elements that ONNX has and Foil composes, or that take inputs in more ways than Foil's own. */
export const elementwise: Readonly<Record<string, Importer>> = {
  Sum: variadic(add),
  Mean: oneOf((inputs) => div(inputs.reduce(add), inputs.length)),
  Min: variadic(min),
  Max: variadic(max),
  /** The exponent may be of another element type. */
  Pow: oneOf(([base, exponent]) => pow(base!, cast(exponent!, base!.dtype))),
  /** A cast to its own type is none: exporters write many, and a cast carries no gradient. */
  Cast: oneOf(([x], { graph, attributes: { to } }) =>
    to === onnxTypes[x!.dtype] ? x! : graph.apply(castOp, [x!], { to: Number(to) })[0]!
  ),
  CastLike: oneOf(([x, like]) => cast(x!, like!.dtype)),
  Identity: oneOf(([x]) => x!),
  /** As in inference: Foil's models are trained without it, since onnxruntime-web has no kernel for it. */
  Dropout: ([x]) => [x!],
  Clip: ([x, low, high]) => {
    const above = low ? max(x!, low) : x!;
    return [high ? min(above, high) : above];
  },
  /** As a maximum, which onnxruntime's CPU kernels take ten times as fast; the subgradient at 0 is 0. */
  Relu: oneOf(([x]) => max(0, x!)),
  Elu: oneOf(([x], call) => elu(x!, numberOf(call, "alpha", 1))),
  Celu: oneOf(([x], call) => {
    const alpha = numberOf(call, "alpha", 1);
    return mul(alpha, elu(div(x!, alpha)));
  }),
  Selu: oneOf(([x], call) => mul(numberOf(call, "gamma", SELU.gamma), elu(x!, numberOf(call, "alpha", SELU.alpha)))),
  PRelu: oneOf(([x, slope]) => where(greater(x!, 0), x!, mul(x!, slope!))),
  LeakyRelu: oneOf(([x], call) => leakyRelu(x!, numberOf(call, "alpha", 0.01))),
  Gelu: oneOf(([x], { attributes: { approximate } }) => approximate === "tanh" ? geluByTanh(x!) : gelu(x!)),
  HardSigmoid: oneOf(([x], call) => hardSigmoid(x!, numberOf(call, "alpha", 0.2), numberOf(call, "beta", 0.5))),
  HardSwish: oneOf(([x]) => mul(x!, hardSigmoid(x!, 1 / 6, 0.5))),
  Mish: oneOf(([x]) => mul(x!, tanh(softplus(x!)))),
  Softsign: oneOf(([x]) => div(x!, add(1, abs(x!)))),
};
