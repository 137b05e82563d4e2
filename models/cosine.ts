import type { Value } from "../graphs/builder.ts";
import { unit } from "../graphs/ops/normalize.ts";
import type { Backbone } from "./backbone.ts";
import { innerOf } from "./inner.ts";
import { averaged } from "./scoring.ts";

/**
 * A backbone whose inner products become cosines of its layer-averaged representations. It normalises what it scores,
 * not what it hands out, so that a synthesised negative is normalised, too. A zero vector scores 0 and gets no gradient.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { catalogue } from "../datasets/catalogue.ts";
 * import { interactions } from "../datasets/interactions.ts";
 * import { GraphBuilder } from "../graphs/builder.ts";
 * import { openRuntime } from "../runtime/providers.ts";
 * import { cosine } from "./cosine.ts";
 * import { mf } from "./mf.ts";
 *
 * const of = catalogue(interactions({ users: [0], items: [0], userCount: 1, itemCount: 2 })), g = new GraphBuilder();
 * const batch = { rows: 1, users: g.input("users", "int32", [1]) }, ids = g.constant(Int32Array.of(0, 1), [1, 2]);
 * const { query, items, score } = cosine(mf({ dim: 2 })).build(g, of, batch);
 * const runtime = await openRuntime({ provider: "wasm" });
 * await runtime.load(new Map([
 *   ["user", { shape: [1, 2], data: Float32Array.of(5, 0) }],
 *   ["item", { shape: [2, 2], data: Float32Array.of(9, 0, 3, 4) }],
 * ]));
 * const { run } = await runtime.compile(g, { outputs: { scores: score(query, items(ids)) } });
 * const found = Array.from((await run({ users: Int32Array.of(0) })).scores, Number);
 * [1, 3 / 5].forEach((wanted, item) => assert(Math.abs(found[item]! - wanted) < 1e-6));
 * await runtime.dispose();
 * ```
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
