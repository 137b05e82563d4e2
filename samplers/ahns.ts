import type { Value } from "../graphs/builder.ts";
import { abs, add, max, min, mul, pow, sub } from "../graphs/ops/arithmetic.ts";
import { lessOrEqual, where } from "../graphs/ops/compare.ts";
import { maxOver, minOver } from "../graphs/ops/reduce.ts";
import { define } from "../options/method.ts";
import { choice, real } from "../options/option.ts";
import { among, evenly } from "../options/searched.ts";
import { finiteOr, LARGEST, pickSmallest } from "./candidates.ts";
import { fromOwnPools, poolOf } from "./common_options.ts";
import { cosines } from "./cosines.ts";
import type { Policy } from "./sampler.ts";
import { uniformCandidates } from "./uniform_rows.ts";

/** The smallest base that `clamp` lets through. */
const EPSILON = 1e-6;
const domains = {
  auto: (base: Value, p: number): Value => Number.isInteger(p) ? base : max(base, EPSILON),
  compat: (base: Value): Value => base,
  clamp: (base: Value): Value => max(base, EPSILON),
  abs: (base: Value): Value => abs(base),
} as const;

/**
 * Adaptive hardness: of `pool` uniform candidates c, the one that minimises |s(u, c) - beta (s(u, i+) + alpha)^(p+1)|,
 * p < 0 (Lai et al., AAAI 2024, eq. 7). The better the model knows a positive, the easier its negative.
 *
 * `domain` says what becomes of a base s+ + alpha that the power does not take. The official code raises it as it is
 * (`compat`), which for p = -2 turns a negative base into a negative target; `clamp` raises at least 1e-6; `abs` its
 * magnitude; `auto` is `compat` for whole p, as published, and `clamp` otherwise. With `similarity=cosine` s is the cosine
 * of layer means, in the choice alone; the loss keeps the backbone's scores.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { GraphBuilder, type Value } from "../graphs/builder.ts";
 * import { gather } from "../graphs/ops/index.ts";
 * import { openRuntime } from "../runtime/providers.ts";
 * import { ahns } from "./ahns.ts";
 * import type { Negatives, Setting, Step } from "./sampler.ts";
 *
 * const runtime = await openRuntime({ provider: "wasm" }), g = new GraphBuilder();
 * const scores = g.constant(Float32Array.of(0.3, 0.06, 0.02)), items = (ids: Value) => gather(scores, ids);
 * const positive = g.input("positive", "float32", [1, 1]);
 * const step = { positive, items, score: (s: Value) => s } as Step; // a model whose items are their scores
 * const candidates = g.constant(Int32Array.of(0, 1, 2), [1, 3]), ofThree = ahns({ pool: 3, alpha: 1, beta: 0.1 });
 * const { ids } = ofThree({} as Setting).select(step, { candidates }) as Negatives;
 * const { run } = await runtime.compile(g, { outputs: { ids: ids! } });
 * assert.deepEqual((await run({ positive: Float32Array.of(1) })).ids, Int32Array.of(1)); // 0.1 / (1 + 1) = 0.05
 * assert.deepEqual((await run({ positive: Float32Array.of(-0.6) })).ids, Int32Array.of(0)); // 0.1 / 0.4 = 0.25
 * await runtime.dispose();
 * ```
 */
export const ahns = define({
  name: "ahns",
  summary:
    "Of some uniform candidates, the one whose score is nearest a target that falls as the positive's score rises.",
  citation: "Lai, Chen, Han, Zhang & Chen, AAAI 2024",
  options: {
    pool: poolOf(32),
    negatives: fromOwnPools,
    alpha: evenly(real(1, "shifts the positive's score", { min: 0 }), 0.1, 1),
    beta: evenly(real(0.1, "scales the target", { min: 0 }), 0.1, 1),
    p: among(real(-2, "exponent; -1 makes the target beta itself, above it the target rises", { max: 0 }), -1, -2),
    similarity: choice(["score", "cosine"], "score", "what the choice is by"),
    domain: choice(["auto", "compat", "clamp", "abs"], "auto", "what to do with a base the power does not take"),
  },
}, ({ pool, negatives, alpha, beta, p, similarity, domain }): Policy<"candidates"> => () => ({
  ...uniformCandidates(pool * negatives),
  select({ query, score, items, positive }, { candidates }) {
    const s = similarity === "cosine" ? (of: Value) => cosines(query, of) : score;
    const target = mul(beta, pow(domains[domain](add(s(positive), alpha), p), p + 1)); // [R, 1]
    const found = s(items(candidates)),
      ids = pickSmallest(candidates, abs(sub(found, within(found, target))), negatives);
    return { ids, items: items(ids) };
  },
}));

/**
 * A target [R, 1] beyond all of a row's scores [R, n], one beyond them: it is nearest to the same one. Of a target far away
 * float32 would tell no score from another. What is infinite, or not a number, stays.
 */
function within(scores: Value, target: Value): Value {
  const known = finiteOr(scores, 0),
    least = sub(minOver(known, [1], true), 1),
    most = add(maxOver(known, [1], true), 1);
  return where(lessOrEqual(abs(target), LARGEST), max(min(target, most), least), target);
}
