import { sigmoid, softplus } from "../graphs/ops/activation.ts";
import { sub } from "../graphs/ops/arithmetic.ts";
import { logSumExpOf } from "../graphs/ops/reduce.ts";
import { zerosLike } from "../graphs/ops/shape.ts";
import type { Value } from "../graphs/builder.ts";
import { define } from "../options/method.ts";
import { choice } from "../options/option.ts";
import { type Loss, meanOverRows, type Scores } from "./loss.ts";
import { exponents, meanOfTerms } from "./negative_terms.ts";

/** A row's loss of its margins s_k - s+ [R, N], [R, 1]. */
const forms: Readonly<Record<"joint" | "pairs" | "sigmoid", (margin: Value, scores: Scores) => Value>> = {
  joint(margin, scores) {
    const x = exponents(margin, scores);
    if (x.shape[1] === 1) return softplus(x);
    return logSumExpOf([zerosLike(scores.positive), x], [1]); // the 1 in the logarithm, as an exponent
  },
  pairs: (margin, scores) => meanOfTerms(softplus(margin), scores),
  sigmoid: (margin, scores) => meanOfTerms(sigmoid(margin), scores),
};

/**
 * Bayesian personalised ranking: for one negative -log sigmoid(s+ - s-) (Rendle et al., UAI 2009, BPR-Opt). For more,
 * `joint` is log(1 + sum_k w_k e^(s_k - s+)), which MixGCF, DENS, AHNS and DivNS train; `pairs` the mean over pairs;
 * `sigmoid` the mean of sigmoid(s_k - s+), which spotlight calls BPR.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { GraphBuilder } from "../graphs/builder.ts";
 * import { openRuntime } from "../runtime/providers.ts";
 * import { bpr } from "./bpr.ts";
 * import type { Scores } from "./loss.ts";
 *
 * const g = new GraphBuilder(), runtime = await openRuntime({ provider: "wasm" });
 * const scores = { graph: g, positive: g.input("s+", "float32", [1, 1]), negative: g.input("s", "float32", [1, 3]) };
 * const [joint, pairs] = [bpr(), bpr({ form: "pairs" })].map((loss) => loss(scores as Scores)); // all that they read
 * const { run } = await runtime.compile(g, { outputs: { joint: joint!, pairs: pairs! } });
 * const found = await run({ "s+": Float32Array.of(2), s: Float32Array.of(2, 2, 2) });
 * assert(Math.abs(Number(found.joint[0]) - Math.log(1 + 3)) < 1e-6);
 * assert(Math.abs(Number(found.pairs[0]) - Math.LN2) < 1e-6);
 * await runtime.dispose();
 * ```
 */
export const bpr = define(
  {
    name: "bpr",
    summary: "log(1 + sum_k e^(s_k - s+)); for one negative -log sigmoid(s+ - s-).",
    citation: "Rendle et al., UAI 2009; for several negatives Huang et al. (MixGCF), KDD 2021",
    options: {
      form: choice(
        ["joint", "pairs", "sigmoid"],
        "joint",
        "of several negatives: jointly, or the mean over pairs; or without the logarithm",
      ),
    },
  },
  ({ form }): Loss => (scores) => meanOverRows(forms[form](sub(scores.negative, scores.positive), scores), scores),
);
