import type { GraphBuilder, Value } from "../graphs/builder.ts";
import { normal, xavierUniform, zeros } from "../graphs/initializers.ts";
import { gelu } from "../graphs/ops/activation.ts";
import { add, cos, mul, sin, sub } from "../graphs/ops/arithmetic.ts";
import { cast, less, where } from "../graphs/ops/compare.ts";
import { gather } from "../graphs/ops/index.ts";
import { matmul } from "../graphs/ops/linear.ts";
import { concat, slice } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { choice, flag, integer, real } from "../options/option.ts";
import { Rng } from "../random/rng.ts";
import type { Backbone } from "./backbone.ts";
import { scorings } from "./cosine.ts";
import { ddim, ddimSteps, leftAt } from "./ddim.ts";
import { affine, dropoutAt, historyOf, tied } from "./history_layers.ts";
import { historyOptions } from "./history_options.ts";
import { attentionOptions, selfAttention } from "./self_attention.ts";

/** Waves of a level's embedding are up to this times 2 pi long. */
const LONGEST_WAVE = 1e4;

/**
 * PreferDiff: the vector of the next item, made out of noise (Liu, Zhang, Hu, Qian & Chua, ICLR 2025). SASRec's state of
 * a history is the condition h; f(x, h, t) = [x; h; e(t)] W + b guesses the item's vector that x is a noisy version of, e
 * a small network of the level's sines. The query is what DDIM ends at with guesses (1 + w) f(x, h, t) - w f(x, null, t),
 * null a learnt vector that stands for some rows' h while training. Scores are its inner products with items. Loss
 * `preferdiff` trains it, and no other can. Items and null start as N(0, 1), positions at zero.
 *
 * f is affine in x and in h. So guesses are guided by guiding h, (1 + w) h - w null, at half the cost; and the query
 * that different draws of noise lead to is on average what their mean, zero, leads to: `start=mean`, the same at every
 * run. The released code draws for each user and run; `start=noise` is one draw, fixed, and for all alike.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { preferdiff } from "./preferdiff.ts";
 *
 * assert.equal(preferdiff({ asks: "last", length: 10 }).history?.asks, "last");
 * assert.throws(() => preferdiff({ levels: 10 }), /"steps" 21 is more than option "levels" 10/);
 * ```
 */
export const preferdiff = define({
  name: "preferdiff",
  summary: "The next item's vector made out of noise, step by step, conditioned on a user's history.",
  citation: "Liu, Zhang, Hu, Qian & Chua, ICLR 2025",
  options: {
    ...historyOptions,
    ...attentionOptions({ blocks: 1, heads: 2 }),
    levels: integer(2000, "levels of noise, T", { min: 2 }),
    steps: integer(21, "steps from noise to a query", { min: 2 }),
    guidance: real(2, "w: how far guesses are led away from those without a condition", { min: 0 }),
    unconditional: real(0.1, "share of rows that train without a condition", { min: 0, max: 1 }),
    start: choice(
      ["mean", "noise"],
      "mean",
      "what queries are made of: noise's mean, or a draw of it, the same for all",
    ),
    compat: flag(false, "tell f at each step the level after its own, as the released code does"),
  },
}, (options): Backbone => {
  const { dim, length, asks, windows, dropout, score, levels, guidance: w, unconditional, start, compat } = options;
  if (options.steps > levels) {
    throw new TypeError(
      `Cannot make "preferdiff": option "steps" ${options.steps} is more than option "levels" ${levels}`,
    );
  }
  const attends = selfAttention("preferdiff", options), left = leftAt(levels), steps = ddimSteps(left, options.steps);
  return scorings[score]({
    history: { length, asks, windows },
    build(graph, { items }, batch) {
      const history = historyOf(batch, "preferdiff"), drop = dropoutAt(graph, dropout, batch.training);
      const table = graph.variable("item", [items, dim], normal(1), { rowsOf: "items" });
      const position = graph.variable("position", [length, dim], zeros);
      const met = gather(table, history.items); // [K, D]
      const tokens = drop("tokens", add(met, gather(position, history.ages)));
      const h = gather(attends(graph, tokens, history, drop), history.asked); // [R, D]
      const nothing = graph.variable("null", [1, dim], normal(1));
      const f = denoising(graph, dim);
      const without = () => less(graph.noise("unconditional", [batch.rows, 1]), unconditional);
      const condition = f.asked(batch.training ? where(without(), nothing, h) : h); // [R, D]
      const guided = f.asked(sub(mul(1 + w, h), mul(w, nothing))); // [R, D]
      const told = Float32Array.from(steps, ({ level }) => level + (compat && level > 0 ? 1 : 0));
      const times = f.timed(graph.constant(told, [told.length, 1])); // [steps, D]
      const query = ddim(
        graph.constant(starts[start](dim), [1, dim]),
        steps,
        (x, step) => f.guess(x, guided, slice(times, 0, step, step + 1)),
      );
      return {
        ...tied(query, table, met, history),
        denoiser: { left, guess: (x, at) => f.guess(x, condition, f.timed(cast(at, "float32"))) },
      };
    },
  });
});

/** Where the sampler starts. */
const starts: Readonly<Record<"mean" | "noise", (width: number) => Float32Array>> = {
  mean: (width) => new Float32Array(width),
  noise: (width) => normal(1)([width], new Rng(0, "preferdiff")),
};

/** f(x, h, t) = [x; h; e(t)] W + b by its parts, so that what several guesses share is multiplied once. */
function denoising(graph: GraphBuilder, dim: number) {
  const W = graph.variable("denoise/W", [3 * dim, dim], xavierUniform), b = graph.variable("denoise/b", [dim], zeros);
  const [ofX, ofH, ofTime] = [0, 1, 2].map((part) => slice(W, 0, part * dim, (part + 1) * dim)) as [
    Value,
    Value,
    Value,
  ];
  const inner = affine(graph, "time_1", dim, 2 * dim), outer = affine(graph, "time_2", 2 * dim, dim);
  return {
    asked: (h: Value) => matmul(h, ofH), // [R, D]
    timed: (levels: Value) => add(matmul(outer(gelu(inner(waves(levels, dim)))), ofTime), b), // [n, 1] -> [n, D]
    guess: (x: Value, asked: Value, timed: Value) => add(add(matmul(x, ofX), asked), timed), // [R|1, D], [R, D], [R|1, D]
  };
}

/** sin(t f_k) and cos(t f_k), f falling from 1 to 1 / LONGEST_WAVE by equal factors: [n, 1] -> [n, D]. */
function waves(t: Value, dim: number): Value {
  const count = Math.ceil(dim / 2), falls = Math.max(1, count - 1);
  const frequencies = Float32Array.from({ length: count }, (_, k) => LONGEST_WAVE ** (-k / falls));
  const angles = mul(t, t.graph.constant(frequencies, [1, count]));
  return slice(concat([sin(angles), cos(angles)], 1), 1, 0, dim);
}
