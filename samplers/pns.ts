import { gather } from "../graphs/ops/index.ts";
import { sub } from "../graphs/ops/arithmetic.ts";
import { greater, where } from "../graphs/ops/compare.ts";
import { unsqueeze } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { integer, real } from "../options/option.ts";
import { drawRows } from "./candidates.ts";
import { itemLaw } from "./popularity.ts";
import type { Policy } from "./sampler.ts";

/** Below the logarithm of every positive probability. */
const NEVER = -1e30;

/**
 * By popularity, over the items a user has not met: q(i) proportional to (c_i + smoothing)^exponent, c_i the
 * interactions of item i in training (Mikolov et al., NIPS 2013; for recommendation Chen et al., KDD 2017). Items never
 * met in training are never drawn unless smoothing is positive.
 */
export const pns = define({
  name: "pns",
  summary: "By popularity to a power, over the items the user has not met.",
  citation: "Mikolov et al., NIPS 2013; Chen, Sun, Shi & Hong, KDD 2017",
  options: {
    negatives: integer(1, "negatives for each positive", { min: 1 }),
    exponent: real(0.75, "power of the popularity; 1 is proportional, 0 uniform over items that were met"),
    smoothing: real(0, "added to every item's count", { min: 0 }),
  },
}, ({ negatives, exponent, smoothing }): Policy<"ids"> => ({ catalogue }) => {
  const law = itemLaw(catalogue, popularityWeights(catalogue.popularity, exponent, smoothing));
  return {
    proposes: { ids: negatives },
    propose: (batch, draw) => ({
      ids: drawRows(batch, draw, negatives, (user, rng) => law.draw(user, rng, draw.seen)),
    }),
    select({ graph, userIds, items }, { ids }) {
      const { logQ, logUnseenMass, logUniform } = law;
      const ofUser = (values: Float32Array) => unsqueeze(gather(graph.constant(values), userIds), 1); // [R, 1]
      const q = gather(graph.constant(logQ), ids); // [R, N]
      const drawn = greater(q, NEVER);
      return { ids, items: items(ids), logQ: where(drawn, sub(q, ofUser(logUnseenMass)), ofUser(logUniform)) };
    },
  };
});

/** (c + smoothing)^exponent, and 0 where c + smoothing is. */
export const popularityWeights = (popularity: ArrayLike<number>, exponent: number, smoothing = 0): Float64Array =>
  Float64Array.from(popularity, (count) => count + smoothing > 0 ? (count + smoothing) ** exponent : 0);
