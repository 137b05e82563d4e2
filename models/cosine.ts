import type { Value } from "../graphs/builder.ts";
import { mul, reciprocal, sqrt } from "../graphs/ops/arithmetic.ts";
import { greater, where } from "../graphs/ops/compare.ts";
import { sum } from "../graphs/ops/reduce.ts";
import type { Backbone } from "./backbone.ts";
import { averaged } from "./scoring.ts";

/** Vectors no longer than this count as zero. */
const ZERO = 1e-12;

/**
 * A backbone whose inner products become cosines of its layer-averaged representations. It normalises what it scores,
 * not what it hands out, so that a synthesised negative is normalised, too. A zero vector scores 0 and gets no gradient.
 */
export const cosine = (backbone: Backbone): Backbone => ({
  ...backbone,
  build(graph, catalogue, batch) {
    const { dot: _, ...encoder } = backbone.build(graph, catalogue, batch), pool = encoder.pool ?? averaged;
    return { ...encoder, pool, score: (query, items) => encoder.score(unit(pool(query)), unit(pool(items))) };
  },
});

/** What `score` options of backbones choose between. */
export const scorings = { dot: (backbone: Backbone): Backbone => backbone, cosine } as const;

/** x / |x| over the last axis. */
function unit(x: Value): Value {
  const squares = sum(mul(x, x), [-1], true), long = greater(squares, ZERO ** 2);
  return mul(x, where(long, reciprocal(sqrt(where(long, squares, 1))), 0));
}
