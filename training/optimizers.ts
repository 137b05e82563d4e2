import { add, div, mul, sqrt, sub } from "../graphs/ops/arithmetic.ts";
import { type AnyMethod, define } from "../options/method.ts";
import { real } from "../options/option.ts";
import { byMagnitude } from "../options/searched.ts";
import type { UpdateRule } from "../runtime/update.ts";

/** An optimiser is the elementwise rule of its update; the runtime decides where it runs. */
export type Optimizer = UpdateRule;

/** A decay of 1 never takes anything in, and the correction of its bias divides by 0. */
const BELOW_ONE = 0.999999;

/** Searched from a tenth of its default to thirty times that. */
const rate = (fallback: number) =>
  byMagnitude(real(fallback, "learning rate", { min: 0 }), fallback / 10, fallback * 30);
const adamOptions = (fallback: number) => ({
  lr: rate(fallback),
  beta1: real(0.9, "decay of the mean of gradients", { min: 0, max: BELOW_ONE }),
  beta2: real(0.999, "decay of the mean of their squares", { min: 0, max: BELOW_ONE }),
  epsilon: real(1e-8, "added to the root", { min: 0 }),
});
interface AdamValues {
  readonly lr: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly decay?: number;
}

/** Kingma & Ba (2015), Algorithm 1, with torch's order of operations; `decay` as in Loshchilov & Hutter (2019). */
function adamRule(rows: UpdateRule["rows"], { lr, beta1, beta2, epsilon, decay = 0 }: AdamValues): Optimizer {
  return {
    states: ["m", "v"],
    rows,
    scalars: (step) => ({
      size: lr / (1 - beta1 ** step),
      correction: 1 / Math.sqrt(1 - beta2 ** step),
    }),
    next({ parameter, gradient, states: { m, v }, scalars: { size, correction } }) {
      const mean = add(m!, mul(1 - beta1, sub(gradient, m!)));
      const square = add(mul(beta2, v!), mul(1 - beta2, mul(gradient, gradient)));
      const kept = decay === 0 ? parameter : mul(1 - lr * decay, parameter);
      const change = div(mul(size!, mean), add(mul(sqrt(square), correction!), epsilon));
      return { parameter: sub(kept, change), states: { m: mean, v: square } };
    },
  };
}

/** Adam over whole tables, as torch.optim.Adam: rows without a gradient still move by their momentum. */
export const adam = define({
  name: "adam",
  summary: "Adam over whole tables, as torch.optim.Adam: the setting of the papers.",
  citation: "Kingma & Ba, ICLR 2015",
  options: adamOptions(1e-3),
}, (values): Optimizer => adamRule("all", values));

/**
 * Adam on the rows that have a gradient, as torch.optim.SparseAdam: another algorithm than dense Adam, and cheaper. As
 * there, epsilon is added to the root before its bias is corrected (Kingma & Ba, the end of section 2).
 */
export const lazyAdam = define({
  name: "lazyAdam",
  summary:
    "Adam on the rows that a step touches, as torch.optim.SparseAdam; its cost does not grow with the catalogue.",
  citation: "Kingma & Ba, ICLR 2015; as torch.optim.SparseAdam",
  options: adamOptions(1e-3),
}, (values): Optimizer => ({
  ...adamRule("touched", values),
  scalars: (step) => ({
    size: values.lr * Math.sqrt(1 - values.beta2 ** step) / (1 - values.beta1 ** step),
    correction: 1,
  }),
}));

/** Adam with weight decay apart from the gradient, over whole tables, as torch.optim.AdamW. */
export const adamw = define({
  name: "adamw",
  summary: "Adam with decoupled weight decay, over whole tables, as torch.optim.AdamW.",
  citation: "Loshchilov & Hutter, ICLR 2019",
  options: {
    ...adamOptions(1e-3),
    decay: real(0.01, "share of the weights that decays per unit of learning rate", { min: 0 }),
  },
}, (values): Optimizer => adamRule("all", values));

/** Adagrad, as torch.optim.Adagrad. Rows without a gradient stay, so only those with one are visited. */
export const adagrad = define({
  name: "adagrad",
  summary: "Adagrad, as torch.optim.Adagrad.",
  citation: "Duchi, Hazan & Singer, JMLR 2011",
  options: { lr: rate(0.05), epsilon: real(1e-10, "added to the root", { min: 0 }) },
}, ({ lr, epsilon }): Optimizer => ({
  states: ["sum"],
  rows: "touched",
  scalars: () => ({ size: lr }),
  next({ parameter, gradient, states: { sum }, scalars: { size } }) {
    const total = add(sum!, mul(gradient, gradient));
    return { parameter: sub(parameter, div(mul(size!, gradient), add(sqrt(total), epsilon))), states: { sum: total } };
  },
}));

/** Stochastic gradient descent. Rows without a gradient stay, so only those with one are visited. */
export const sgd = define({
  name: "sgd",
  summary: "Stochastic gradient descent.",
  citation: "Robbins & Monro, 1951",
  options: { lr: rate(0.05) },
}, ({ lr }): Optimizer => ({
  states: [],
  rows: "touched",
  scalars: () => ({ size: lr }),
  next: ({ parameter, gradient, scalars: { size } }) => ({
    parameter: sub(parameter, mul(size!, gradient)),
    states: {},
  }),
}));

/** Every optimiser, by name. */
export const optimizers = { adam, lazyAdam, adamw, adagrad, sgd } as const satisfies Readonly<
  Record<string, AnyMethod<Optimizer>>
>;
