import type { Value } from "../graphs/builder.ts";
import { softplus } from "../graphs/ops/activation.ts";
import { add, mul, sub } from "../graphs/ops/arithmetic.ts";
import { logSumExp } from "../graphs/ops/reduce.ts";
import { choice, integer, real } from "../options/option.ts";
import { byMagnitude } from "../options/searched.ts";
import { meanOverRows, type Scores } from "./loss.ts";
import { exponents } from "./negative_terms.ts";

/** Options of losses by preference. */
export const preferenceOptions = {
  beta: byMagnitude(real(1, "how much a reward's difference counts", { min: 0 }), 0.1, 10),
  reference: choice(
    ["snapshot", "none"],
    "snapshot",
    "rewards are scores less those of a frozen copy of the model, or scores",
  ),
  refresh: integer(5, "epochs between copies; 0 keeps the first", { min: 0 }),
} as const;

/**
 * -log sigmoid(-log sum_j w_j e^(beta (D_j - D+) + margin_j)) = log(1 + sum_j w_j e^(..)), D = s - s_ref or s: the
 * normaliser of a row's softmax, which would make log-probabilities of scores, cancels in the difference.
 */
export function preference(
  scores: Scores,
  { beta, reference }: { readonly beta: number; readonly reference: "snapshot" | "none" },
  margin?: Value, // [R, N]
): Value {
  const { positive, negative, frozen } = scores, gap = sub(negative, positive);
  const rewards = reference === "none" ? gap : sub(gap, sub(frozen!.negative, frozen!.positive)); // D_j - D+, [R, N]
  const x = margin ? add(mul(beta, rewards), margin) : mul(beta, rewards);
  return meanOverRows(softplus(logSumExp(exponents(x, scores), [1], true)), scores);
}
