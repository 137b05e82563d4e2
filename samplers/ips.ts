import type { Value } from "../graphs/builder.ts";
import { add, div, max, mul, stopGradient, sub } from "../graphs/ops/arithmetic.ts";
import { sigmoid } from "../graphs/ops/activation.ts";
import { gather } from "../graphs/ops/index.ts";
import { define } from "../options/method.ts";
import { choice, real } from "../options/option.ts";
import { evenly } from "../options/searched.ts";
import { perPositive } from "./common_options.ts";
import { rns } from "./rns.ts";
import type { Negatives, Policy } from "./sampler.ts";

/** What a negative weighs, given its propensity theta and its relevance gamma. */
const weightings = {
  unmet: (theta: Value, gamma: Value) => sub(1, mul(theta, gamma)),
  bayes: (theta: Value, gamma: Value) => div(sub(1, gamma), max(sub(1, mul(theta, gamma)), SMALLEST)),
  one: (_theta: Value, gamma: Value) => add(mul(0, gamma), 1),
} as const;
/** The least that is divided by. */
const SMALLEST = 1e-6;

/**
 * Inverse propensity scoring of uniform negatives: a positive weighs 1 / theta_i, at most `cap`, with the propensity
 * theta_i = (c_i / max c)^exponent of having been seen (Saito, Yaginuma, Nishino, Sakata & Nakata, WSDM 2020, eq. 8). A
 * negative weighs 1 - theta_k gamma_k, gamma_k = sigmoid(s_k) its detached relevance: the probability that it would not
 * have been met (`unmet`); or (1 - gamma_k) / (1 - theta_k gamma_k), that it is irrelevant given that it was not (`bayes`).
 */
export const ips = define({
  name: "ips",
  summary: "Uniform negatives; positives weighted by inverse propensity, negatives by how surely they are none.",
  citation: "Saito, Yaginuma, Nishino, Sakata & Nakata, WSDM 2020",
  options: {
    negatives: perPositive(1),
    exponent: evenly(real(0.5, "power of the relative popularity that is the propensity", { min: 0 }), 0, 1),
    cap: real(10, "most that a positive weighs", { min: 1 }),
    negative: choice(["unmet", "bayes", "one"], "unmet", "what a negative weighs: see above; one is no correction"),
  },
}, ({ negatives, exponent, cap, negative }): Policy<"ids"> => (setting) => {
  const { popularity } = setting.catalogue, most = popularity.reduce((a, b) => Math.max(a, b), 1);
  const propensity = Float32Array.from(popularity, (count) => (count / most) ** exponent); // [I]
  const positives = propensity.map((theta) => Math.min(cap, 1 / theta)), inner = rns({ negatives })(setting);
  return {
    ...inner,
    select(step, proposed) {
      const { ids, items, logQ } = inner.select(step, proposed) as Negatives;
      const of = (table: Float32Array, at: Value) => gather(step.graph.constant(table), at);
      const weight = weightings[negative](of(propensity, ids!), stopGradient(sigmoid(step.score(items))));
      return { ids: ids!, items, logQ: logQ!, weight, positiveWeight: of(positives, step.positiveIds) };
    },
  };
});
