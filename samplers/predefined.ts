import { difference } from "../datasets/difference.ts";
import type { Relation } from "../datasets/metadata.ts";
import { sub } from "../graphs/ops/arithmetic.ts";
import { expand } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { choice, flag, real } from "../options/option.ts";
import { perPositive } from "./common_options.ts";
import { meanOfRows } from "./gates.ts";
import { requireDislikes } from "./requirements.ts";
import type { Policy } from "./sampler.ts";
import { rowStream } from "./streams.ts";

/**
 * Negatives that the data name: what a user is known not to like, N_u (low ratings, skips, exposed and not taken), less
 * what was met, q(i|u) = (1 - uniform) w_i / sum of w over N_u \ P_u + uniform / |E_u| (the predefined sampling of the
 * survey of Ma et al., 2024; explicit and exposed negatives in Ding et al., IJCAI 2019). Users without any draw
 * uniformly, or their rows are skipped; an epoch's report has `fallback`, the share of rows to which that happens.
 */
export const predefined = define({
  name: "predefined",
  summary: "From what each user is known not to like; uniform for those of whom nothing is known.",
  citation: "Ma et al., Negative sampling in recommendation: a survey, 2024; Ding et al., IJCAI 2019",
  options: {
    negatives: perPositive(1),
    uniform: real(0, "probability that a negative is uniform all the same, epsilon", { min: 0, max: 1 }),
    weighted: flag(true, "by the weights of the dislikes, where they have any; else evenly"),
    fallback: choice(
      ["uniform", "skip"],
      "uniform",
      "what becomes of a row whose user is not known to dislike anything",
    ),
  },
}, ({ negatives, uniform, weighted, fallback }): Policy<"ids" | "logQ" | "lacking"> => (setting) => {
  const { seen: { catalogue: { offsets, positives } }, rows } = setting,
    dislikes = requireDislikes(setting, "predefined");
  const listed = difference(dislikes, { offsets, targets: positives }), { targets } = listed;
  const totals = runningTotals(listed, weighted), totalOf = (user: number) => totals[listed.offsets[user + 1]!]!;
  /** The entry in which `mass`, from the start of all rows, falls: the first whose running total is beyond it. */
  const entryAt = (user: number, mass: number) => {
    let low = listed.offsets[user]!, high = listed.offsets[user + 1]! - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (totals[middle + 1]! > mass) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  /** Where an item is among the user's; -1 where it is not. */
  const find = (user: number, item: number) => {
    const at = targets.subarray(listed.offsets[user], listed.offsets[user + 1]).indexOf(item);
    return at < 0 ? -1 : listed.offsets[user]! + at;
  };
  return {
    proposes: {
      ids: negatives,
      logQ: { dtype: "float32", shape: [rows, negatives] },
      lacking: { dtype: "float32", shape: [rows, 1] },
    },
    propose(batch, draw) {
      const { seen } = draw;
      const ids = new Int32Array(rows * negatives), logQ = new Float32Array(rows * negatives);
      const lacking = new Float32Array(rows);
      batch.users.forEach((user, row) => {
        const stream = rowStream(draw, batch, row), from = totals[listed.offsets[user]!]!;
        const mass = totalOf(user) - from, share = mass > 0 ? uniform : 1;
        if (mass === 0) lacking[row] = 1;
        for (let at = row * negatives; at < (row + 1) * negatives; at++) {
          const fromList = stream.uniform() >= share;
          const item = fromList
            ? targets[entryAt(user, from + stream.uniform() * mass)]!
            : seen.drawUnseen(user, stream);
          const entry = find(user, item), weight = entry < 0 ? 0 : totals[entry + 1]! - totals[entry]!;
          ids[at] = item;
          logQ[at] = Math.log((mass > 0 ? (1 - share) * weight / mass : 0) + share / seen.unseenCount(user));
        }
      });
      return { ids, logQ, lacking };
    },
    select: ({ items, rowMask }, { ids, logQ, lacking }) => ({
      ids,
      items: items(ids),
      logQ,
      ...fallback === "skip" && { mask: expand(sub(1, lacking), ids.shape) },
      measures: { fallback: meanOfRows(lacking, rowMask) },
    }),
  };
});

/** The sum of weights before each entry, from 0; a weight below 0 counts as 0. */
function runningTotals({ targets, weights }: Relation, weighted: boolean): Float64Array {
  const totals = new Float64Array(targets.length + 1);
  targets.forEach((_, entry) =>
    totals[entry + 1] = totals[entry]! + (weighted && weights ? Math.max(0, weights[entry]!) : 1)
  );
  return totals;
}
