import { add, div, sub } from "../graphs/ops/arithmetic.ts";
import { cast, greater } from "../graphs/ops/compare.ts";
import { argMax, gather, gatherElements } from "../graphs/ops/index.ts";
import { maxOver } from "../graphs/ops/reduce.ts";
import { unsqueeze } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { flag, integer, real } from "../options/option.ts";
import { byMagnitude } from "../options/searched.ts";
import { finiteOr, LARGEST } from "./candidates.ts";
import { harmonicSums } from "./harmonic_sums.ts";
import type { Policy } from "./sampler.ts";
import { uniformCandidates } from "./uniform_rows.ts";

/**
 * Weighted approximate-rank pairwise: the first of up to `trials` uniform candidates that scores above s+ - margin,
 * found after t of them; its term weighs Phi(floor(|E_u| / t)), Phi(r) = 1 + 1/2 + .. + 1/r (Weston, Bengio & Usunier,
 * IJCAI 2011, eq. 4 and 6). A row without such a candidate loses nothing. Made for `--loss hinge`.
 */
export const warp = define({
  name: "warp",
  summary: "The first uniform candidate that violates the margin, weighted by the rank that this suggests.",
  citation: "Weston, Bengio & Usunier, IJCAI 2011",
  options: {
    trials: byMagnitude(integer(64, "candidates tried for each positive", { min: 1 }), 8, 256),
    margin: byMagnitude(real(1, "a candidate violates if it scores above the positive's score less this"), 0.1, 2),
    original: flag(false, "estimate the rank from all items but one, |I| - 1, as the paper, not from those not met"),
  },
}, ({ trials, margin, original }): Policy<"candidates"> => ({ catalogue: { users, items: count }, seen }) => {
  // and a half, so that a quotient that is whole is rounded down to itself where a division is not exact, as WGSL allows
  const rivals = Float32Array.from(
    { length: users },
    (_, user) => 0.5 + (original ? count - 1 : seen.unseenCount(user)),
  );
  const phi = harmonicSums(count);
  return {
    ...uniformCandidates(trials),
    select({ graph, userIds, positive, score, items }, { candidates }) {
      const scores = finiteOr(score(items(candidates)), -LARGEST);
      const violates = cast(greater(scores, sub(score(positive), margin)), "float32"); // [R, N]
      const first = argMax(violates, 1); // [R, 1], the lowest slot of those that violate
      const tried = add(cast(first, "float32"), 1);
      const rank = cast(div(unsqueeze(gather(graph.constant(rivals), userIds), 1), tried), "int32"); // rounds down
      const ids = gatherElements(candidates, first, 1);
      return {
        ids,
        items: items(ids),
        weight: gather(graph.constant(phi), rank),
        mask: maxOver(violates, [1], true),
      };
    },
  };
});
