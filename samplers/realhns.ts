import { cast, greater, less, where } from "../graphs/ops/compare.ts";
import { maxOver } from "../graphs/ops/reduce.ts";
import { concat, reshape, slice } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { choice, integer, real } from "../options/option.ts";
import { byMagnitude, evenly } from "../options/searched.ts";
import { inPools, LARGEST, pickLargest } from "./candidates.ts";
import { poolOf } from "./common_options.ts";
import { cosines } from "./cosines.ts";
import type { Policy, Step } from "./sampler.ts";
import { uniformRows } from "./uniform_rows.ts";

/** The curriculum as released: the threshold starts at a fifth and grows by 15% every two epochs. */
const START = 1 / 5, GROWTH = 1.15, STAGE = 2;

/** What asks for hard candidates. */
const askedBy: Readonly<Record<"score" | "shared", (step: Step) => Step["query"]>> = {
  score: ({ query }) => query,
  shared: ({ shared }) => {
    if (shared) return shared;
    throw new TypeError(
      'Cannot combine sampler "realhns" with this backbone: by=shared asks with what a user is in every domain, which it has no vector of; cross-domain-mf has',
    );
  },
};

/**
 * Real hard negatives: beside `uniform` uniform ones, of each of `hard` pools of uniform candidates the one that scores
 * highest and is not too like the positive, cos(i, i+) <= tau_t; what is liker is taken for a false negative (Ma, Xie,
 * Meng, Chen, Zhang, Lin & Zhou, RecSys 2023, its item-based filter). With `by=shared` the vector that a user has in every
 * domain asks, which finds what another domain suggests (backbone cross-domain-mf). After `warmup` epochs one more hard
 * negative comes every two epochs, and tau_t rises to `similar`. A pool of which nothing is left has no negative.
 *
 * The released code ranks the whole catalogue for each user and draws among the upper tenth of a subset, where a pool's
 * highest stands here; its threshold is the mean cosine of items to the centres of 100 clusters, here an option; and in
 * its second domain it asks with the mean of users who are alike in the first.
 */
export const realhns = define({
  name: "realhns",
  summary: "Uniform negatives, and hard ones, by score or by another domain, that are not too like the positive.",
  citation: "Ma, Xie, Meng, Chen, Zhang, Lin & Zhou, RecSys 2023",
  options: {
    pool: poolOf(16),
    hard: byMagnitude(integer(1, "hard negatives for each positive, each from a pool of its own", { min: 1 }), 1, 8),
    uniform: integer(1, "uniform negatives for each positive", { min: 1 }),
    by: choice(["score", "shared"], "score", "what asks for hard ones: the query, or what a user is in every domain"),
    similar: evenly(
      real(0.5, "cosine to the positive above which a candidate is left out", { min: 0, max: 1 }),
      0.1,
      1,
    ),
    warmup: integer(5, "epochs without hard ones", { min: 0 }),
  },
}, ({ pool, hard, uniform, by, similar, warmup }): Policy<"candidates" | "limit" | "count"> => ({ rows }) => {
  const width = pool * hard, columns = width + uniform;
  const slots = Float32Array.from({ length: hard }, (_, slot) => slot), ones = new Float32Array(rows * uniform).fill(1);
  return {
    proposes: {
      candidates: columns,
      limit: { dtype: "float32", shape: [1] },
      count: { dtype: "float32", shape: [1] },
    },
    propose(batch, draw) {
      const stage = Math.ceil((draw.epoch + 1 - warmup) / STAGE); // 0 or less while there are no hard ones
      return {
        candidates: uniformRows(batch, draw, columns),
        limit: Float32Array.of(Math.min(similar, similar * START * GROWTH ** stage)),
        count: Float32Array.of(Math.max(0, Math.min(hard, stage))),
      };
    },
    select(step, { candidates, limit, count }) {
      const { graph, items, score, positive } = step, [, , ...size] = positive.shape;
      const pools = slice(candidates, 1, 0, width), others = slice(candidates, 1, width, columns), found = items(pools);
      const alike = cosines(reshape(positive, [rows, ...size]), found); // [R, K M]
      const real = where(greater(alike, limit), -LARGEST, score(found, askedBy[by](step)));
      const ids = concat([others, pickLargest(pools, real, hard)], 1); // [R, uniform + K]
      const left = greater(maxOver(inPools(real, hard), [2]), -LARGEST); // [R, K]
      const open = where(left, cast(less(graph.constant(slots, [1, hard]), count), "float32"), 0);
      return { ids, items: items(ids), mask: concat([graph.constant(ones, [rows, uniform]), open], 1) };
    },
  };
});
