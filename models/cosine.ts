import { unit } from "../graphs/ops/normalize.ts";
import type { Backbone } from "./backbone.ts";
import { averaged } from "./scoring.ts";

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
