import { define } from "../options/method.ts";
import { pickLargest } from "./candidates.ts";
import { fromOwnPools, poolOf } from "./common_options.ts";
import type { Policy } from "./sampler.ts";
import { uniformCandidates } from "./uniform_rows.ts";

/**
 * Dynamic negative sampling: of `pool` uniform candidates, the one that scores highest (Zhang et al., SIGIR 2013).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { GraphBuilder, type Value } from "../graphs/builder.ts";
 * import { gather } from "../graphs/ops/index.ts";
 * import { openRuntime } from "../runtime/providers.ts";
 * import { dns } from "./dns.ts";
 * import type { Negatives, Setting, Step } from "./sampler.ts";
 *
 * const runtime = await openRuntime({ provider: "wasm" }), g = new GraphBuilder();
 * const scores = g.constant(Float32Array.of(9, 1, 3, 2)), candidates = g.input("candidates", "int32", [1, 3]);
 * const step = { items: (ids: Value) => gather(scores, ids), score: (s: Value) => s } as Step; // items: their scores
 * const { ids } = dns({ pool: 3 })({} as Setting).select(step, { candidates }) as Negatives;
 * const { run } = await runtime.compile(g, { outputs: { ids: ids! } });
 * assert.deepEqual((await run({ candidates: Int32Array.of(1, 2, 3) })).ids, Int32Array.of(2));
 * await runtime.dispose();
 * ```
 */
export const dns = define({
  name: "dns",
  summary: "Of some uniform candidates, the one the model scores highest.",
  citation: "Zhang, Chen, Wang & Yu, SIGIR 2013",
  options: {
    pool: poolOf(16),
    negatives: fromOwnPools,
  },
}, ({ pool, negatives }): Policy<"candidates"> => () => ({
  ...uniformCandidates(pool * negatives),
  select({ score, items }, { candidates }) {
    const ids = pickLargest(candidates, score(items(candidates)), negatives);
    return { ids, items: items(ids) };
  },
}));
