import type { Value } from "../graphs/builder.ts";
import { relu, tanh } from "../graphs/ops/activation.ts";
import { add, div, exp, max, mul, neg, sqrt, stopGradient, sub } from "../graphs/ops/arithmetic.ts";
import { mean, sum } from "../graphs/ops/reduce.ts";
import { concat, expand, reshape, unsqueeze } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { integer, real } from "../options/option.ts";
import { perPositive } from "./common_options.ts";
import { linear, meanOfRows } from "./gates.ts";
import { layerMean } from "./layer_mean.ts";
import { requireDot } from "./requirements.ts";
import type { Policy, Step } from "./sampler.ts";

/** The least length that is divided by. */
const SHORTEST = 1e-6;

/**
 * Negatives that are no items: e = G(u, z), z normal, a network of one hidden layer scaled to the mean length of the
 * step's positives (the generative family of the survey of Ma et al., 2024, as Foil defines it). The recommender learns
 * from them as they are; the generator lowers -u . e + moments |mean e - mean i+|^2 + diversity e^(-|e - e'| / |z - z'|) +
 * distance relu(cos(e, i+) - kappa): score high, be spread as items are, do not collapse, keep off the positive. Each
 * player sees the other detached.
 */
export const embeddingGenerator = define({
  name: "embedding-generator",
  summary: "A network makes the vectors of negatives, which score high, out of the user's and noise.",
  citation: "the family in Ma et al., Negative sampling in recommendation: a survey, 2024; defined by Foil",
  options: {
    negatives: perPositive(1),
    noise: integer(16, "width of the noise z", { min: 1 }),
    hidden: integer(64, "width of the hidden layer", { min: 1 }),
    lr: real(1e-4, "learning rate of the generator, under Adam", { min: 0 }),
    moments: real(1, "weight of matching the mean of the positives", { min: 0 }),
    diversity: real(1, "weight of the guard against collapse", { min: 0 }),
    distance: real(1, "weight of keeping off the positive", { min: 0 }),
    kappa: real(0.5, "cosine to the positive that is close enough to be pushed off", { min: -1, max: 1 }),
  },
}, ({ negatives, noise, hidden, lr, ...weights }): Policy<never> => () => ({
  proposes: {},
  learningRate: lr,
  propose: () => ({}),
  select(step) {
    requireDot(step, "embedding-generator", "it makes the vectors of an inner product");
    const { graph, rows, query } = step, user = stopGradient(layerMean(query)); // [R, D]
    const width = user.shape[1]!, layers = query.shape[1]!;
    const into = linear(graph, "hidden", width + noise, hidden), out = linear(graph, "out", hidden, width);
    const positive = stopGradient(layerMean(step.positive)); // [R, 1, D]
    const scale = meanOfRows(length(positive), step.rowMask),
      made = (z: Value) => {
        const asked = expand(unsqueeze(user, 1), [rows, negatives, width]);
        const e = out(tanh(into(concat([asked, z], 2)))); // [R, K, D]
        return mul(div(e, max(length(e), SHORTEST)), scale);
      };
    const [z, other] = ["z", "other"].map((name) => graph.noise(name, [rows, negatives, noise], "normal")) as [
      Value,
      Value,
    ];
    const e = made(z), items = expand(unsqueeze(stopGradient(e), 2), [rows, negatives, layers, width]);
    return {
      items,
      auxiliary: generatorLoss(step, { user, positive, e, again: made(other), apart: length(sub(z, other)) }, weights),
    };
  },
}));

interface Made {
  readonly user: Value; // [R, D]
  readonly positive: Value; // [R, 1, D]
  readonly e: Value; // [R, K, D]
  /** What other noise made, and how far that noise was. */
  readonly again: Value; // [R, K, D]
  readonly apart: Value; // [R, K, 1]
}
interface Weights {
  readonly moments: number;
  readonly diversity: number;
  readonly distance: number;
  readonly kappa: number;
}

function generatorLoss({ rowMask, rows }: Step, { user, positive, e, again, apart }: Made, weights: Weights): Value {
  const dot = (a: Value, b: Value) => sum(mul(a, b), [-1], true);
  const rewarded = neg(dot(unsqueeze(user, 1), e)); // [R, K, 1]
  const collapse = exp(neg(div(length(sub(e, again)), max(apart, SHORTEST))));
  const cosine = div(dot(e, positive), max(mul(length(e), length(positive)), SHORTEST));
  const perPair = add(
    rewarded,
    add(mul(weights.diversity, collapse), mul(weights.distance, relu(sub(cosine, weights.kappa)))),
  );
  const center = (x: Value) => { // over the rows that hold an interaction: [R, N, D] -> [D]
    const perRow = mean(x, [1]);
    return rowMask ? div(sum(mul(perRow, rowMask), [0]), sum(rowMask)) : mean(perRow, [0]);
  };
  const gap = sub(center(e), center(positive));
  return add(meanOfRows(reshape(perPair, [rows, e.shape[1]!]), rowMask), mul(weights.moments, sum(mul(gap, gap))));
}

/** The length of vectors, [.., D] -> [.., 1]; its gradient is finite at 0. */
const length = (x: Value) => sqrt(max(sum(mul(x, x), [-1], true), SHORTEST ** 2));
