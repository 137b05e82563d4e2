import type { Value } from "../graphs/builder.ts";
import { sigmoid } from "../graphs/ops/activation.ts";
import { add, div, max, mul, sub } from "../graphs/ops/arithmetic.ts";
import { cast, less } from "../graphs/ops/compare.ts";
import { sum } from "../graphs/ops/reduce.ts";
import { expand, unsqueeze } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { choice, flag, real } from "../options/option.ts";
import { evenly } from "../options/searched.ts";
import type { Loss, Scores } from "./loss.ts";
import { keptCount } from "./negative_terms.ts";
import { preference, preferenceOptions } from "./preference.ts";

/** How sure a frozen model is that an item is a true negative, in [0, 1]: c of its scores [R, N]. */
const confidences: Readonly<Record<"sigmoid" | "rank", (frozen: Value, scores: Scores) => Value>> = {
  sigmoid: (frozen) => sub(1, sigmoid(frozen)),
  rank(frozen, scores) {
    const lower = cast(less(unsqueeze(frozen, 1), unsqueeze(frozen, 2)), "float32"); // [R, N, N]: k scores below j
    const below = sum(scores.mask ? mul(lower, unsqueeze(scores.mask, 1)) : lower, [2]);
    return sub(1, div(below, keptCount(frozen, scores)));
  },
};

/** c less its mean over the batch's negatives, plus one half. */
function centredAtHalf(c: Value, { mask, rows }: Scores): Value {
  const ones = expand(c.graph.constant(Float32Array.of(1), []), c.shape);
  const counts = [mask, rows].flatMap((x) => x ? [x] : []).reduce(mul, ones); // [R, N]
  return add(sub(c, div(sum(mul(c, counts)), max(sum(counts), 1))), 0.5);
}

/**
 * S-DPO with a dynamic margin: beta (D_j - D+) + gamma c_j, c_j how sure the frozen model is that j is a true negative,
 * 1 - sigmoid(s_j) or 1 less its rank's percentile among the row's; what is surely negative must stay further behind
 * (NAPO). The other half of NAPO, negatives that rows of a batch share, is sampler `shared-negatives`.
 */
export const napo = define({
  name: "napo",
  summary: "sdpo with a margin that grows with how surely the frozen model takes an item for a negative.",
  citation: "NAPO, negative-aware preference optimisation for recommendation, 2025",
  options: {
    ...preferenceOptions,
    gamma: evenly(real(0.5, "weight of the margin", { min: 0 }), 0, 1),
    confidence: choice(
      ["sigmoid", "rank"],
      "sigmoid",
      "from the frozen score itself, or from its rank among the row's",
    ),
    centred: flag(false, "shift confidences so that their mean over the batch is one half"),
  },
}, ({ refresh, gamma, confidence, centred, ...by }): Loss => {
  const loss = (scores: Scores) => {
    const c = confidences[confidence](scores.frozen!.negative, scores);
    return preference(scores, by, mul(gamma, centred ? centredAtHalf(c, scores) : c));
  };
  return Object.assign(loss, { frozen: { refresh } });
});
