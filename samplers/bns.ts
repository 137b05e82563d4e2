import type { Batch } from "../datasets/batching.ts";
import { idsBelow } from "../datasets/ids_below.ts";
import type { Value } from "../graphs/builder.ts";
import { sigmoid } from "../graphs/ops/activation.ts";
import { add, div, max, mul, sub } from "../graphs/ops/arithmetic.ts";
import { cast, equal, lessOrEqual, or } from "../graphs/ops/compare.ts";
import { gather } from "../graphs/ops/index.ts";
import { sum } from "../graphs/ops/reduce.ts";
import { concat, slice } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { integer, real } from "../options/option.ts";
import { byMagnitude } from "../options/searched.ts";
import { finiteOr, LARGEST, pickSmallest } from "./candidates.ts";
import { fromOwnPools, poolOf } from "./common_options.ts";
import { keptColumns } from "./kept_columns.ts";
import type { Draw, Policy } from "./sampler.ts";
import { batchStream } from "./streams.ts";
import { uniformRows } from "./uniform_rows.ts";

/** The least that is divided by. */
const SMALLEST = 1e-12;

/**
 * Bayesian negative sampling: of `pool` uniform candidates, the one that minimises info (1 - (1 + lambda) unbias), which
 * weighs how much a candidate teaches, info = 1 - sigmoid(s+ - s_l), against the posterior probability that it is a true
 * negative, unbias = (1 - F)(1 - P) / (1 - F - P + 2 F P) (Liu & Wang, ICDE 2023, eq. 17 and 32). F(l) is the share of
 * the user's unseen items that score no higher, P(l) the candidate's share of all interactions.
 */
export const bns = define({
  name: "bns",
  summary: "Of some uniform candidates, the one that weighs best what it teaches against being a false negative.",
  citation: "Liu & Wang, ICDE 2023",
  options: {
    pool: poolOf(5),
    negatives: fromOwnPools,
    lambda: byMagnitude(real(5, "how much being a true negative counts", { min: 0 }), 0.5, 50),
    sample: integer(256, "items of a step's shared sample that F is estimated from; 0 is the whole catalogue", {
      min: 0,
    }),
  },
}, ({ pool, negatives, lambda, sample }): Policy<"candidates" | "sample" | "unseen"> => ({ catalogue, rows }) => {
  const { items: count, popularity } = catalogue, size = sample === 0 ? count : Math.min(sample, count);
  const unseenOf = keptColumns(count);
  const interactions = popularity.reduce((a, b) => a + b, 0);
  const prior = Float32Array.from(popularity, (c) => c / interactions); // [I]
  const drawSample = (draw: Draw, batch: Batch) => {
    if (size === count) return idsBelow(count);
    const ids = new Int32Array(size);
    batchStream(draw, batch).fillBelow(count, ids, 0, size);
    return ids;
  };
  return {
    proposes: {
      candidates: pool * negatives,
      sample: { dtype: "int32", shape: [1, size] },
      unseen: { dtype: "float32", shape: [rows, size] },
    },
    propose(batch, draw) {
      const ids = drawSample(draw, batch), met = (row: number) => draw.seen.of(batch.users[row]!);
      return {
        candidates: uniformRows(batch, draw, pool * negatives),
        sample: ids,
        unseen: new Float32Array(unseenOf(ids, batch.users.length, met)), // 1 where a row's user has not met an item
      };
    },
    select({ graph, score, items, positive }, { candidates, sample, unseen }) {
      const rated = (ids: Value): Rated => ({ ids, scores: score(items(ids)) });
      const candidate = rated(candidates), { scores } = candidate; // [R, K M]
      const rank = lowerShare(candidate, rated(sample), unseen), p = gather(graph.constant(prior), candidates);
      const info = sub(1, sigmoid(sub(score(positive), scores)));
      const risks = finiteOr(scores, LARGEST, risk(info, trueNegative(rank, p), lambda)); // an infinite score has a finite one
      const ids = pickSmallest(candidates, risks, negatives);
      return { ids, items: items(ids) };
    },
  };
});

/** The posterior probability of being a true negative, eq. 17. */
export const trueNegative = (rank: Value, prior: Value): Value => {
  const [notRank, notPrior] = [sub(1, rank), sub(1, prior)];
  const evidence = add(sub(notRank, prior), mul(2, mul(rank, prior)));
  return div(mul(notRank, notPrior), max(evidence, SMALLEST));
};

/** What the choice minimises, eq. 32. */
export const risk = (info: Value, unbias: Value, lambda: number): Value => mul(info, sub(1, mul(1 + lambda, unbias)));

/** Items, and what rows score them. */
interface Rated {
  readonly ids: Value; // [R|1, n]
  readonly scores: Value; // [R, n]
}

/**
 * F: of a row's unseen items, the share that score no higher than each candidate. One more is counted, so that F < 1. A
 * candidate that is among them counts for itself by its id: its two scores come of two products, and may differ by rounding.
 */
function lowerShare({ ids, scores }: Rated, others: Rated, unseen: Value): Value {
  const width = scores.shape[1]!;
  const columns = Array.from({ length: width }, (_, at) => {
    const [id, s] = [ids, scores].map((x) => slice(x, 1, at, at + 1)) as [Value, Value]; // [R, 1] each
    const noHigher = or(equal(others.ids, id), lessOrEqual(others.scores, s)); // [R, S]
    return sum(mul(cast(noHigher, "float32"), unseen), [1], true);
  }); // [R, 1]
  return div(concat(columns, 1), add(1, sum(unseen, [1], true)));
}
