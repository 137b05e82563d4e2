import { gradients } from "../graphs/autodiff.ts";
import { RowGradient, type Value } from "../graphs/builder.ts";
import { add, div, identity, max, mul, sqrt, stopGradient } from "../graphs/ops/arithmetic.ts";
import { less, where } from "../graphs/ops/compare.ts";
import { denseRows, gatherElements } from "../graphs/ops/index.ts";
import { softmax } from "../graphs/ops/normalize.ts";
import { sum } from "../graphs/ops/reduce.ts";
import { define } from "../options/method.ts";
import { flag, integer, real } from "../options/option.ts";
import { byMagnitude } from "../options/searched.ts";
import { advantage } from "./advantage.ts";
import { drawSlots } from "./draw_slots.ts";
import { generator } from "./generator.ts";
import { logProbability, policyLoss } from "./kbgan.ts";
import type { Policy, Step } from "./sampler.ts";
import { uniformCandidates } from "./uniform_rows.ts";

/** A gradient that is no longer has no direction. */
const SHORTEST = 1e-12;

/**
 * A generator as in kbgan, and adversarial perturbation of the vectors themselves: beside its loss L(e) the recommender
 * lowers L(e + r), r = epsilon g / |g|, g the gradient of L at e = (u, i+, i-); the generator does the same with its user
 * vectors (Park & Chang, WWW 2019; perturbations as He, He, Du & Chua, SIGIR 2018, eq. 7).
 */
export const advir = define({
  name: "advir",
  summary: "A generator picks negatives, and both players also learn at adversarially perturbed vectors.",
  citation: "Park & Chang, WWW 2019",
  options: {
    pool: integer(20, "candidates", { min: 1 }),
    dim: integer(32, "width of the generator's vectors", { min: 1 }),
    lr: byMagnitude(real(1e-3, "learning rate of the generator, under Adam", { min: 0 }), 0.0001, 0.01),
    baseline: flag(true, "compare rewards with their running mean"),
    epsilon: byMagnitude(real(0.1, "length of a perturbation", { min: 0 }), 0.01, 1),
    adversarial: real(1, "weight of the loss at perturbed vectors", { min: 0 }),
    warmup: integer(10, "epochs before perturbation sets in: it shrinks vectors that are shorter than it", { min: 0 }),
  },
}, ({ pool, dim, lr, baseline, epsilon, adversarial, warmup }): Policy<"candidates"> => () => ({
  ...uniformCandidates(pool),
  learningRate: lr,
  select(step, { candidates }) {
    const { rate, user } = generator(step, dim), ratings = rate(candidates);
    const slot = drawSlots(stopGradient(softmax(ratings, 1)), step.graph.noise("slot", [step.rows, 1]));
    const ids = gatherElements(candidates, slot, 1), items = step.items(ids);
    const reward = stopGradient(step.score(items));
    const gain = baseline ? advantage.ema(step, reward) : reward;
    const ownLoss = (rated: Value) => policyLoss(step, gain, logProbability(rated, slot));
    const own = ownLoss(ratings), [push] = perturbations(own, [user], epsilon);
    const perturbed = add(perturbedLoss(step, items, epsilon), ownLoss(rate(candidates, add(user, push!))));
    const weight = where(less(step.epoch, warmup), 0, adversarial);
    return { ids, items, auxiliary: add(own, mul(weight, perturbed)) };
  },
}));

/** The recipe's loss at vectors moved by epsilon up its gradient. */
export function perturbedLoss(step: Step, items: Value, epsilon: number): Value {
  const { score, loss } = step;
  // apart from what a backbone may have put in the place of its own representations
  const [query, positive, negative] = [step.query, step.positive, items].map(identity) as [Value, Value, Value];
  const plain = loss(score(positive, query), score(negative, query));
  const [toQuery, toPositive, toItems] = perturbations(plain, [query, positive, negative], epsilon);
  const asked = add(query, toQuery!);
  return loss(score(add(positive, toPositive!), asked), score(add(negative, toItems!), asked));
}

/** epsilon g / |g| of each vector [.., D] (or [.., L, D]: all its layers together), g the gradient of `loss` there. */
export function perturbations(loss: Value, vectors: readonly Value[], epsilon: number): readonly Value[] {
  const found = gradients(loss, vectors);
  return vectors.map((vector) => {
    const gradient = found.get(vector);
    if (!gradient) return mul(0, stopGradient(vector));
    const g = stopGradient(gradient instanceof RowGradient ? denseRows(gradient, vector.shape) : gradient);
    const axes = vector.shape.length > 2 ? [-2, -1] : [-1];
    return mul(epsilon, div(g, max(sqrt(sum(mul(g, g), axes, true)), SHORTEST)));
  });
}
