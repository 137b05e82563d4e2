import type { Value } from "../graphs/builder.ts";
import { sigmoid, softplus } from "../graphs/ops/activation.ts";
import { add, mul, sub } from "../graphs/ops/arithmetic.ts";
import { cast, less } from "../graphs/ops/compare.ts";
import { logSumExp, mean } from "../graphs/ops/reduce.ts";
import { unsqueeze } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { choice, flag, integer, real } from "../options/option.ts";
import { type Loss, meanOverRows, type Scores } from "./loss.ts";
import { exponents } from "./negative_terms.ts";

/** How sure a frozen model is that an item is a true negative, in [0, 1]: c of scores [R, N]. */
const confidences: Readonly<Record<"sigmoid" | "rank", (frozen: Value) => Value>> = {
  sigmoid: (frozen) => sub(1, sigmoid(frozen)),
  rank: (frozen) => {
    const lower = cast(less(unsqueeze(frozen, 1), unsqueeze(frozen, 2)), "float32"); // [R, N, N]: k scores below j
    return sub(1, mean(lower, [2]));
  },
};

const options = {
  beta: real(1, "how much a reward's difference counts", { min: 0 }),
  reference: choice(
    ["snapshot", "none"],
    "snapshot",
    "rewards are scores less those of a frozen copy of the model, or scores",
  ),
  refresh: integer(5, "epochs between copies; 0 keeps the first", { min: 0 }),
} as const;

/** log(1 + sum_j e^(beta (D_j - D+) + margin_j)), D rewards: [R, 1]. */
function preference(scores: Scores, beta: number, reference: "snapshot" | "none", margin?: Value): Value {
  const { positive, negative, frozen } = scores, gap = sub(negative, positive);
  const rewards = reference === "none" ? gap : sub(gap, sub(frozen!.negative, frozen!.positive)); // D_j - D+, [R, N]
  const x = margin ? add(mul(beta, rewards), margin) : mul(beta, rewards);
  return softplus(logSumExp(exponents(x, scores), [1], true));
}

/**
 * Direct preference with several negatives: -log sigmoid(-log sum_j e^(beta (D_j - D+))), D = s - s_ref the rewards against a
 * frozen reference (Chen et al., NeurIPS 2024, S-DPO, eq. 11). One negative is DPO (Rafailov et al., NeurIPS 2023).
 */
export const sdpo = define({
  name: "sdpo",
  summary: "Preference of the positive over all negatives, by rewards against a frozen copy of the model.",
  citation: "Chen, Tan, Zhang, Yang, Sheng, Zhang, Wang & Chua, NeurIPS 2024",
  options,
}, ({ beta, reference, refresh }): Loss => {
  const loss = (scores: Scores) =>
    meanOverRows(preference(scores, beta, reference), scores.rows, scores.positiveWeight);
  return reference === "none" ? loss : Object.assign(loss, { frozen: { refresh } });
});

/**
 * S-DPO with a dynamic margin: beta (D_j - D+) + gamma c_j, c_j how sure the frozen model is that j is a true negative, 1 -
 * sigmoid(s_j) or 1 less its rank's percentile among the row's; what is surely negative must stay further behind
 * (NAPO). The other half of NAPO, negatives that rows of a batch share, is sampler `shared-negatives`.
 */
export const napo = define({
  name: "napo",
  summary: "sdpo with a margin that grows with how surely the frozen model takes an item for a negative.",
  citation: "NAPO, negative-aware preference optimisation for recommendation, 2025",
  options: {
    ...options,
    gamma: real(0.5, "weight of the margin", { min: 0 }),
    confidence: choice(
      ["sigmoid", "rank"],
      "sigmoid",
      "from the frozen score itself, or from its rank among the row's",
    ),
    centred: flag(false, "shift confidences so that their mean over the batch is one half"),
  },
}, ({ beta, reference, refresh, gamma, confidence, centred }): Loss =>
  Object.assign((scores: Scores) => {
    const c = confidences[confidence](scores.frozen!.negative), shifted = centred ? add(sub(c, mean(c)), 0.5) : c;
    const terms = preference(scores, beta, reference, mul(gamma, shifted));
    return meanOverRows(terms, scores.rows, scores.positiveWeight);
  }, { frozen: { refresh } }));
