import { add, div, max, min, mul } from "../graphs/ops/arithmetic.ts";
import { cast, greater, where } from "../graphs/ops/compare.ts";
import { scatterElementsAdd, topK } from "../graphs/ops/index.ts";
import { sum } from "../graphs/ops/reduce.ts";
import { zerosLike } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { flag, integer } from "../options/option.ts";
import { byMagnitude } from "../options/searched.ts";
import { batchOptions, batchPool } from "./batch_pool.ts";
import { finiteOr, LARGEST } from "./candidates.ts";
import type { Policy } from "./sampler.ts";

/**
 * Adaptive negatives of large-scale sequential recommendation (Prakash, Bermperidis & Chennu, 2024): of a pool of
 * `inBatch` positives of the batch and `uniform` items of the whole catalogue, each row is trained on the `top` that it
 * scores highest and has not met. With both kinds that is AMNS; with `uniform` 0 their ANS, which is not the
 * augmentation of sampler `ans`. The pool is shared by the batch, so that all scores are one product; the authors draw one
 * for each user, and leave out the positives of the user's window alone.
 *
 * The authors' code keeps what is not selected in the cross entropy, with the logit 0: it adds ln 2 to a mean without a
 * slope, and divides the negatives' part by the pool's size, not by `top`. `compat` weighs by that quotient, and leaves
 * the constant out.
 */
export const adaptive = define({
  name: "adaptive",
  summary: "Of a pool of in-batch and uniform items that the batch shares, those that the row scores highest.",
  citation: "Prakash, Bermperidis & Chennu, arXiv:2410.17276, 2024",
  options: {
    inBatch: integer(10, "positives of the batch in the pool, drawn without replacement; 0 is all", { min: 0 }),
    uniform: byMagnitude(
      integer(100, "items of the whole catalogue in the pool, drawn uniformly; 0 is the study's ANS", {
        min: 0,
      }),
      20,
      400,
    ),
    top: byMagnitude(
      integer(5, "how many of the pool each row is trained on, those that score highest", { min: 1 }),
      1,
      20,
    ),
    hits: batchOptions.hits,
    compat: flag(false, "weigh a row's negatives by their share of its pool, as the authors' code in effect does"),
  },
}, ({ inBatch, uniform, top, hits, compat }): Policy<"ids" | "kept"> => (setting) => {
  const shared = { hits, columns: inBatch, correct: "none", frequency: "counts", rate: 0 } as const;
  const { proposes, propose } = batchPool(uniform, shared)(setting), { ids, kept } = proposes;
  return {
    proposes: { ids, kept },
    async propose(batch, draw) {
      const { ids, kept } = await propose(batch, draw);
      return { ids, kept };
    },
    select({ items, score }, { ids, kept }) {
      const pool = items(ids), keeps = cast(kept, "float32"); // [1, P, L, D], [R, P]
      const scores = where(greater(keeps, 0), finiteOr(score(pool), -LARGEST / 2), -LARGEST); // [R, P]
      const count = Math.min(top, scores.shape[1]!), { slots, values } = topK(scores, count); // [R, n]
      const selected = scatterElementsAdd(zerosLike(scores), slots, add(zerosLike(values), 1), 1);
      const mask = mul(keeps, selected);
      const found = sum(keeps, [1], true); // [R, 1]
      return { ids, items: pool, mask, ...compat && { weight: div(min(found, count), max(found, 1)) } };
    },
  };
});
