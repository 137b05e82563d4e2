import type { Value } from "../graphs/builder.ts";
import { unit } from "../graphs/ops/normalize.ts";
import type { Backbone } from "./backbone.ts";
import { innerOf } from "./inner.ts";
import { averaged } from "./scoring.ts";

/**
 * A backbone whose inner products become cosines of its layer-averaged representations. It normalises what it scores,
 * not what it hands out, so that a synthesised negative is normalised, too. A zero vector scores 0 and gets no gradient.
 */
export const cosine = (backbone: Backbone): Backbone => ({
  ...backbone,
  build(graph, catalogue, batch) {
    const built = backbone.build(graph, catalogue, batch), { dot: _, ...encoder } = built;
    const pool = encoder.pool ?? averaged, inner = innerOf(built), direction = (x: Value) => unit(pool(x));
    return {
      ...encoder,
      pool,
      ...inner && { inner: (x) => inner(direction(x)) },
      score: (query, items) => encoder.score(direction(query), direction(items)),
    };
  },
});

/** What `score` options of backbones choose between. */
export const scorings = { dot: (backbone: Backbone): Backbone => backbone, cosine } as const;
