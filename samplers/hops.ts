import type { Value } from "../graphs/builder.ts";
import { mul } from "../graphs/ops/arithmetic.ts";
import { argMax, gatherElements } from "../graphs/ops/index.ts";
import { sum } from "../graphs/ops/reduce.ts";
import { concat, reshape, slice, unsqueeze } from "../graphs/ops/shape.ts";
import { finiteOr, inPools, LARGEST } from "./candidates.ts";
import type { Step } from "./sampler.ts";

/**
 * Scores of each hop by itself: hop l of each vector, as one that has no other, for hop l of `query`, or for its only
 * one.
 */
export function hopScores({ score }: Step, vectors: Value, query: Value): Value {
  const layers = vectors.shape[2]!, asked = query.shape[1]!;
  const scores = Array.from({ length: layers }, (_, l) => {
    const ofHop = asked === 1 ? query : slice(query, 1, l, l + 1); // [R, 1, D]
    return unsqueeze(score(slice(vectors, 2, l, l + 1), ofHop), -1);
  });
  return concat(scores, 2); // [R, N, L]
}

/**
 * For each hop, the slot of the largest value [R, K M, L] in each of `count` pools side by side; ties take the lowest,
 * and what is not finite is chosen only where nothing is.
 */
export function hopSlots(values: Value, count: number): Value {
  const [rows, columns, layers] = values.shape as [number, number, number];
  const pools = reshape(finiteOr(values, -LARGEST), [rows, count, columns / count, layers]);
  return reshape(argMax(pools, 2), [rows, count, layers]); // [R, K, L]
}

/** The ids in slots [R, K, L] of candidates [R, K M]. */
export const hopIds = (candidates: Value, slots: Value): Value =>
  gatherElements(inPools(candidates, slots.shape[1]!), slots, 2); // [R, K, L]

/** One vector out of L items: hop l is that of the l-th item of `ids` [R, K, L]. */
export function stackHops({ items, graph }: Step, ids: Value): Value {
  const [rows, count, layers] = ids.shape as [number, number, number], vectors = items(ids); // [R, K, L, L, D]
  const width = vectors.shape.at(-1)!;
  if (layers === 1) return reshape(vectors, [rows, count, 1, width]);
  const own = Float32Array.from({ length: layers * layers }, (_, at) => at % (layers + 1) === 0 ? 1 : 0);
  return sum(mul(graph.constant(own, [layers, layers, 1]), vectors), [3]); // [R, K, L, D]
}
