import type { Value } from "../graphs/builder.ts";
import { cast, greaterOrEqual } from "../graphs/ops/compare.ts";
import { mul } from "../graphs/ops/arithmetic.ts";
import { gatherElements, topK } from "../graphs/ops/index.ts";
import { sum } from "../graphs/ops/reduce.ts";
import { define } from "../options/method.ts";
import { choice, integer } from "../options/option.ts";
import { byMagnitude } from "../options/searched.ts";
import { finiteOr, inPools, LARGEST, pickSlots } from "./candidates.ts";
import type { Policy, Step } from "./sampler.ts";
import { uniformCandidates } from "./uniform_rows.ts";

/** Which of each pool's `top` hardest slots, hardest first, become negatives. */
type Choose = (slots: Value, step: Step) => Value; // [R, K, top] -> [R, K, n]
const modes: Readonly<Record<"uniform" | "all" | "harmonic", Choose>> = {
  uniform: (slots, { graph }) => {
    const [rows, pools, top] = slots.shape as [number, number, number];
    return gatherElements(slots, cast(mul(graph.noise("rank", [rows, pools, 1]), top), "int32"), 2);
  },
  all: (slots) => slots,
  harmonic: (slots, { graph }) => {
    const [rows, pools, top] = slots.shape as [number, number, number];
    const passed = greaterOrEqual(graph.noise("rank", [rows, pools, 1]), graph.constant(harmonicLaw(top))); // [R, K, top]
    return gatherElements(slots, cast(sum(cast(passed, "float32"), [2], true), "int32"), 2);
  },
};

/** Of the ranks 1 .. top, with probabilities proportional to 1 / rank, that of each or a lower one. */
function harmonicLaw(top: number): Float32Array {
  const sums = new Float64Array(top);
  for (let rank = 1, total = 0; rank <= top; rank++) sums[rank - 1] = total += 1 / rank;
  return Float32Array.from(sums, (sum, at) => at === top - 1 ? 1 : sum / sums[top - 1]!); // noise is below 1
}

/**
 * DNS(M, N): negatives among the M highest-scoring of N uniform candidates (Shi et al., WWW 2023). Here N is `pool` and
 * M is `top`. The authors' code trains on the sum over all M (`mode` all; `--loss bpr:form=pairs` is their mean), and
 * draws candidates from the whole catalogue, positives included, which is `--exclude none`. The code of AHNS draws one
 * of the M uniformly (`uniform`), that of DivNS with probability proportional to 1 / rank (`harmonic`).
 */
export const dnsMn = define({
  name: "dns-mn",
  summary: "Of some uniform candidates, one (or all) of the few that the model scores highest.",
  citation: "Shi, Chen, Feng, Zhang, Wu, Gao & He, WWW 2023",
  options: {
    pool: byMagnitude(integer(32, "candidates for each negative, N", { min: 1 }), 8, 64),
    top: byMagnitude(integer(4, "how many of them are hard enough, M", { min: 1 }), 1, 8),
    mode: choice(["uniform", "all", "harmonic"], "uniform", "which of those: one uniformly, all, or one by 1 / rank"),
    negatives: integer(1, "negatives for each positive (times `top` if all), each from a pool of its own", { min: 1 }),
  },
}, ({ pool, top, mode, negatives }): Policy<"candidates"> => () => ({
  ...uniformCandidates(pool * negatives),
  select(step, { candidates }) {
    const scores = inPools(finiteOr(step.score(step.items(candidates)), -LARGEST), negatives); // [R, K, N]
    const ids = pickSlots(candidates, modes[mode](topK(scores, Math.min(top, pool)).slots, step), negatives);
    return { ids, items: step.items(ids) };
  },
}));
