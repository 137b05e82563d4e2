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
const adamOptions = {
  lr: rate(1e-3),
  beta1: real(0.9, "decay of the mean of gradients", { min: 0, max: BELOW_ONE }),
  beta2: real(0.999, "decay of the mean of their squares", { min: 0, max: BELOW_ONE }),
  epsilon: real(1e-8, "added to the root", { min: 0 }),
};
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

/**
 * Adam over whole tables, as torch.optim.Adam: rows without a gradient still move by their momentum.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { gradients } from "../graphs/autodiff.ts";
 * import { GraphBuilder } from "../graphs/builder.ts";
 * import { mul } from "../graphs/ops/arithmetic.ts";
 * import { sum } from "../graphs/ops/reduce.ts";
 * import { openRuntime } from "../runtime/providers.ts";
 * import { adam } from "./optimizers.ts";
 *
 * const g = new GraphBuilder(), w = g.variable("w", [2], () => Float32Array.of(1, 1));
 * const loss = sum(mul(w, g.constant(Float32Array.of(3, -0.5)))), gradient = gradients(loss, [w]).get(w)!;
 * const runtime = await openRuntime({ provider: "wasm" }), update = { variable: w, gradient, rule: adam({ lr: 0.1 }) };
 * await (await runtime.compile(g, { outputs: { loss }, updates: [update] })).run({});
 * const [a, b] = (await runtime.save()).get("w")!.data; // the first step is lr, however steep it is
 * assert(Math.abs(a! - (1 - 0.1)) < 1e-6 && Math.abs(b! - (1 + 0.1)) < 1e-6);
 * await runtime.dispose();
 * ```
 */
export const adam = define({
  name: "adam",
  summary: "Adam over whole tables, as torch.optim.Adam: the setting of the papers.",
  citation: "Kingma & Ba, ICLR 2015",
  options: adamOptions,
}, (values): Optimizer => adamRule("all", values));

/**
 * Adam on the rows that have a gradient, as torch.optim.SparseAdam: another algorithm than dense Adam, and cheaper. As
 * there, epsilon is added to the root before its bias is corrected (Kingma & Ba, the end of section 2).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { gradients } from "../graphs/autodiff.ts";
 * import { GraphBuilder } from "../graphs/builder.ts";
 * import { gather } from "../graphs/ops/index.ts";
 * import { sum } from "../graphs/ops/reduce.ts";
 * import { openRuntime } from "../runtime/providers.ts";
 * import { lazyAdam } from "./optimizers.ts";
 *
 * const g = new GraphBuilder(), w = g.variable("w", [2, 1], () => Float32Array.of(1, 1));
 * const loss = sum(gather(w, g.input("ids", "int32", [1]))), gradient = gradients(loss, [w]).get(w)!;
 * const runtime = await openRuntime({ provider: "wasm" }), rule = lazyAdam({ lr: 0.1 });
 * const { run } = await runtime.compile(g, { outputs: { loss }, updates: [{ variable: w, gradient, rule }] });
 * for (const row of [0, 1]) await run({ ids: Int32Array.of(row) });
 * const [a] = (await runtime.save()).get("w")!.data; // the second step leaves row 0, which adam would move on
 * assert(Math.abs(a! - (1 - 0.1)) < 1e-6);
 * await runtime.dispose();
 * ```
 */
export const lazyAdam = define({
  name: "lazyAdam",
  summary:
    "Adam on the rows that a step touches, as torch.optim.SparseAdam; its cost does not grow with the catalogue.",
  citation: "Kingma & Ba, ICLR 2015; as torch.optim.SparseAdam",
  options: adamOptions,
}, (values): Optimizer => ({
  ...adamRule("touched", values),
  scalars: (step) => ({
    size: values.lr * Math.sqrt(1 - values.beta2 ** step) / (1 - values.beta1 ** step),
    correction: 1,
  }),
}));

/**
 * Adam with weight decay apart from the gradient, over whole tables, as torch.optim.AdamW.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { gradients } from "../graphs/autodiff.ts";
 * import { GraphBuilder } from "../graphs/builder.ts";
 * import { sum } from "../graphs/ops/reduce.ts";
 * import { openRuntime } from "../runtime/providers.ts";
 * import { adamw } from "./optimizers.ts";
 *
 * const g = new GraphBuilder(), w = g.variable("w", [2], () => Float32Array.of(2, 0));
 * const loss = sum(w), gradient = gradients(loss, [w]).get(w)!, rule = adamw({ lr: 0.1, decay: 0.5 });
 * const runtime = await openRuntime({ provider: "wasm" });
 * await (await runtime.compile(g, { outputs: { loss }, updates: [{ variable: w, gradient, rule }] })).run({});
 * const [a, b] = (await runtime.save()).get("w")!.data; // lr x decay of a weight goes, and lr along the gradient
 * assert(Math.abs(a! - (2 * (1 - 0.1 * 0.5) - 0.1)) < 1e-6 && Math.abs(b! - (0 - 0.1)) < 1e-6);
 * await runtime.dispose();
 * ```
 */
export const adamw = define({
  name: "adamw",
  summary: "Adam with decoupled weight decay, over whole tables, as torch.optim.AdamW.",
  citation: "Loshchilov & Hutter, ICLR 2019",
  options: {
    ...adamOptions,
    decay: real(0.01, "share of the weights that decays per unit of learning rate", { min: 0 }),
  },
}, (values): Optimizer => adamRule("all", values));

/**
 * Adagrad, as torch.optim.Adagrad. Rows without a gradient stay, so only those with one are visited.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { gradients } from "../graphs/autodiff.ts";
 * import { GraphBuilder } from "../graphs/builder.ts";
 * import { mul } from "../graphs/ops/arithmetic.ts";
 * import { openRuntime } from "../runtime/providers.ts";
 * import { adagrad } from "./optimizers.ts";
 *
 * const g = new GraphBuilder(), w = g.variable("w", [], () => Float32Array.of(1));
 * const loss = mul(w, 3), gradient = gradients(loss, [w]).get(w)!, rule = adagrad({ lr: 0.1 });
 * const runtime = await openRuntime({ provider: "wasm" });
 * const { run } = await runtime.compile(g, { outputs: { loss }, updates: [{ variable: w, gradient, rule }] });
 * for (const _ of [1, 2]) await run({});
 * const [found] = (await runtime.save()).get("w")!.data; // 3 / sqrt(9), then 3 / sqrt(9 + 9)
 * assert(Math.abs(found! - (1 - 0.1 * (1 + Math.SQRT1_2))) < 1e-6);
 * await runtime.dispose();
 * ```
 */
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

/**
 * Stochastic gradient descent. Rows without a gradient stay, so only those with one are visited.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { gradients } from "../graphs/autodiff.ts";
 * import { GraphBuilder } from "../graphs/builder.ts";
 * import { mul } from "../graphs/ops/arithmetic.ts";
 * import { openRuntime } from "../runtime/providers.ts";
 * import { sgd } from "./optimizers.ts";
 *
 * const g = new GraphBuilder(), w = g.variable("w", [], () => Float32Array.of(1));
 * const loss = mul(w, w), gradient = gradients(loss, [w]).get(w)!, rule = sgd({ lr: 0.25 });
 * const runtime = await openRuntime({ provider: "wasm" });
 * const { run } = await runtime.compile(g, { outputs: { loss }, updates: [{ variable: w, gradient, rule }] });
 * for (const _ of [1, 2]) await run({});
 * assert.deepEqual((await runtime.save()).get("w")!.data, Float32Array.of(0.25)); // halved twice: the gradient is 2w
 * await runtime.dispose();
 * ```
 */
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

/**
 * Every optimiser, by name.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { optimizers } from "./optimizers.ts";
 *
 * for (const [name, make] of Object.entries(optimizers)) assert.equal(make.name, name);
 * const lazy = Object.entries(optimizers).filter(([, make]) => make().rows === "touched");
 * assert.deepEqual(lazy.map(([name]) => name), ["lazyAdam", "adagrad", "sgd"]); // others move every row at each step
 * ```
 */
export const optimizers = { adam, lazyAdam, adamw, adagrad, sgd } as const satisfies Readonly<
  Record<string, AnyMethod<Optimizer>>
>;
