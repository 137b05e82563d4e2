import type { Value } from "../graphs/builder.ts";
import { mul, neg, stopGradient, sub } from "../graphs/ops/arithmetic.ts";
import { gatherElements } from "../graphs/ops/index.ts";
import { logSumExp } from "../graphs/ops/reduce.ts";
import { softmax } from "../graphs/ops/normalize.ts";
import { concat, slice } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { flag, integer, real } from "../options/option.ts";
import { byMagnitude } from "../options/searched.ts";
import { advantage } from "./advantage.ts";
import { fromOwnPools, poolOf } from "./common_options.ts";
import { drawSlots } from "./draw_slots.ts";
import { meanOfRows } from "./gates.ts";
import { generator } from "./generator.ts";
import type { Policy, Step } from "./sampler.ts";
import { uniformCandidates } from "./uniform_rows.ts";

/**
 * A generator with vectors of its own draws one of `pool` uniform candidates by softmax; it is rewarded by the
 * recommender's score of what it drew, r = s(u, i-), and follows the policy gradient -(r - b) log p, b the running mean
 * of rewards (Cai & Wang, NAACL 2018, Alg. 1, carried over from knowledge graphs). Both players move in every step; each
 * sees the other detached.
 */
export const kbgan = define({
  name: "kbgan",
  summary: "A generator learns to pick, of some uniform candidates, what the recommender scores high.",
  citation: "Cai & Wang, NAACL 2018",
  options: {
    pool: poolOf(20),
    negatives: fromOwnPools,
    dim: integer(32, "width of the generator's vectors", { min: 1 }),
    lr: byMagnitude(real(1e-3, "learning rate of the generator, under Adam", { min: 0 }), 0.0001, 0.01),
    baseline: flag(true, "compare rewards with their running mean"),
  },
}, ({ pool, negatives, dim, lr, baseline }): Policy<"candidates"> => () => ({
  ...uniformCandidates(pool * negatives),
  learningRate: lr,
  select(step, { candidates }) {
    const { rate } = generator(step, dim),
      drawn = Array.from({ length: negatives }, (_, k) => {
        const own = slice(candidates, 1, k * pool, (k + 1) * pool), ratings = rate(own); // [R, pool]
        const slot = drawSlots(stopGradient(softmax(ratings, 1)), step.graph.noise(`slot ${k}`, [step.rows, 1]));
        return { id: gatherElements(own, slot, 1), logP: logProbability(ratings, slot) };
      });
    const ids = drawn.length === 1 ? drawn[0]!.id : concat(drawn.map(({ id }) => id), 1);
    const logP = drawn.length === 1 ? drawn[0]!.logP : concat(drawn.map(({ logP }) => logP), 1),
      items = step.items(ids);
    const reward = stopGradient(step.score(items)); // [R, K]
    const gain = baseline ? advantage.ema(step, reward) : reward;
    return { ids, items, auxiliary: policyLoss(step, gain, logP) };
  },
}));

/** log softmax(ratings)[slot], [R, n] and [R, 1] to [R, 1]. */
export const logProbability = (ratings: Value, slot: Value): Value =>
  sub(gatherElements(ratings, slot, 1), logSumExp(ratings, [1], true));

/** REINFORCE (Williams, 1992): the mean of -rho (r - b) log p, rho = p / the law drawn from, 1 where that is p. */
export const policyLoss = ({ rowMask }: Step, gain: Value, logP: Value, rho?: Value): Value =>
  meanOfRows(neg(mul(rho ? mul(rho, gain) : gain, logP)), rowMask);
