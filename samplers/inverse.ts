import { define } from "../options/method.ts";
import { flag, real } from "../options/option.ts";
import { evenly } from "../options/searched.ts";
import { byWeight } from "./by_weight.ts";
import { perPositive } from "./common_options.ts";
import { popularityWeights } from "./pns.ts";
import type { Policy } from "./sampler.ts";

/**
 * By inverse popularity, over the items a user has not met: q(i) proportional to 1 / c_i^exponent (the
 * inverse-popularity sampler in the code of Prakash, Bermperidis & Chennu, 2024). Items never met in training are never
 * drawn.
 */
export const inverse = define(
  {
    name: "inverse",
    summary: "By inverse popularity, over the items the user has not met.",
    citation: "Prakash, Bermperidis & Chennu, arXiv:2410.17276, 2024",
    options: {
      negatives: perPositive(1),
      exponent: evenly(real(1, "power of the popularity that is divided by", { min: 0 }), 0, 1),
      shared: flag(false, "one pool of that many for all rows of a batch, less what a row's user has met"),
    },
  },
  ({ exponent, ...pooling }): Policy<"ids"> =>
    byWeight(({ popularity }) => popularityWeights(popularity, -exponent), pooling),
);
