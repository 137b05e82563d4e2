import type { Value } from "../graphs/builder.ts";
import { relu } from "../graphs/ops/activation.ts";
import { add, min, mul, sub } from "../graphs/ops/arithmetic.ts";
import { define } from "../options/method.ts";
import { choice, real } from "../options/option.ts";
import { byMagnitude, evenly } from "../options/searched.ts";
import { type Loss, meanOverRows } from "./loss.ts";
import { meanOfTerms } from "./negative_terms.ts";

/** The parts that the paper and two codes make of 1 - s+ and s_k - margin; of cosines all three are the same. */
const parts: Readonly<Record<"paper" | "capped" | "recbole", Readonly<Record<"near" | "far", (x: Value) => Value>>>> = {
  paper: { near: (x) => x, far: relu },
  capped: { near: (x) => x, far: (x) => min(relu(x), 1) },
  recbole: { near: relu, far: relu },
};

/**
 * Cosine contrastive loss, (1 - s+) + weight / N sum_k max(0, s_k - margin), for cosine scores and many negatives (Mao
 * et al., CIKM 2021, SimpleX, eq. 2). AdvInfoNCE's code caps each negative's part at 1 (`capped`), RecBole's the
 * positive's at 0 (`recbole`): both matter only to scores beyond cosines, or to a margin below 0.
 */
export const ccl = define({
  name: "ccl",
  summary: "1 - s+ and what negatives score above a margin, for cosine scores.",
  citation: "Mao, Zhu, Wang, Dai, Dong, Xiao & He, CIKM 2021",
  options: {
    margin: evenly(real(0.4, "a negative that scores no higher is far enough", { min: -1, max: 1 }), 0, 0.9),
    weight: byMagnitude(real(1, "weight of the negatives' part", { min: 0 }), 0.1, 100),
    compat: choice(["paper", "capped", "recbole"], "paper", "the paper's, or as the codes of AdvInfoNCE and RecBole"),
  },
}, ({ margin, weight, compat }): Loss => (scores) => {
  const { near, far } = parts[compat];
  const above = mul(weight, meanOfTerms(far(sub(scores.negative, margin)), scores));
  return meanOverRows(add(near(sub(1, scores.positive)), above), scores);
});
