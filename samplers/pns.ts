import { define } from "../options/method.ts";
import { choice, flag, real } from "../options/option.ts";
import { evenly } from "../options/searched.ts";
import { byWeight } from "./by_weight.ts";
import { perPositive } from "./common_options.ts";
import type { Policy } from "./sampler.ts";

/**
 * By popularity, over the items a user has not met: q(i) proportional to (c_i + smoothing)^exponent, c_i the
 * interactions of item i in training (Mikolov et al., NIPS 2013; for recommendation Chen et al., KDD 2017), or to
 * ln(c_i + 1) + smoothing (RecStudio and AdaSIR's code). Items never met in training are never drawn unless smoothing is
 * positive.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { catalogue } from "../datasets/catalogue.ts";
 * import { interactions } from "../datasets/interactions.ts";
 * import { SeenItems } from "../datasets/negatives.ts";
 * import { Rng } from "../random/rng.ts";
 * import { pns } from "./pns.ts";
 * import type { Draw } from "./sampler.ts";
 *
 * const of = catalogue(interactions({ users: [0, 1], items: [0, 1], userCount: 2, itemCount: 4 }));
 * const seen = new SeenItems(of), sampler = pns({ negatives: 3 })({ catalogue: of, seen, rows: 1, epochs: 1 });
 * const batch = { rows: 1, first: 0, users: Int32Array.of(0), positives: Int32Array.of(0) };
 * const draw = { catalogue: of, seen, rng: new Rng(1, "sampler"), epoch: 0 } as Draw; // it asks no model
 * assert.deepEqual(await sampler.propose(batch, draw), { ids: Int32Array.of(1, 1, 1) }); // 2 and 3 nobody has met
 * ```
 */
export const pns = define(
  {
    name: "pns",
    summary: "By popularity to a power, over the items the user has not met.",
    citation: "Mikolov et al., NIPS 2013; Chen, Sun, Shi & Hong, KDD 2017",
    options: {
      negatives: perPositive(1),
      exponent: evenly(
        real(0.75, "power of the popularity; 1 is proportional, 0 uniform over items that were met"),
        0,
        1,
      ),
      law: choice(["power", "log"], "power", "(c + smoothing)^exponent, or ln(c + 1) + smoothing"),
      smoothing: real(0, "added to every item's count, or to its logarithm", { min: 0 }),
      shared: flag(false, "one pool of that many for all rows of a batch, less what a row's user has met"),
    },
  },
  ({ law, exponent, smoothing, ...pooling }): Policy<"ids"> =>
    byWeight(
      ({ popularity }) =>
        law === "log" ? logWeights(popularity, smoothing) : popularityWeights(popularity, exponent, smoothing),
      pooling,
    ),
);

/**
 * (c + smoothing)^exponent, and 0 where c + smoothing is.
 *
 * @throws RangeError where the power is so far from 0 that the weights overflow, or all vanish.
 */
export function popularityWeights(popularity: ArrayLike<number>, exponent: number, smoothing = 0): Float64Array {
  const weights = Float64Array.from(popularity, (c) => c + smoothing > 0 ? (c + smoothing) ** exponent : 0);
  const total = weights.reduce((a, b) => a + b, 0);
  if (total > 0 && total < Infinity) return weights;
  throw new RangeError(
    `Cannot weigh ${weights.length} items by popularity to the power ${exponent}: their weights sum to ${total}; a power nearer to 0 has a sum that is positive and finite`,
  );
}

/** ln(c + 1) + smoothing. */
export const logWeights = (popularity: ArrayLike<number>, smoothing = 0): Float64Array =>
  Float64Array.from(popularity, (count) => Math.log(count + 1) + smoothing);
