import { cohorts as cohortsOf } from "../datasets/cohorts.ts";
import type { Met, SeenItems } from "../datasets/negatives.ts";
import { define } from "../options/method.ts";
import type { Option } from "../options/option.ts";
import type { Rng } from "../random/rng.ts";
import { perPositive } from "./common_options.ts";
import { drawMember } from "./draw_member.ts";
import type { Policy } from "./sampler.ts";
import { rowStream } from "./streams.ts";
import { sharesOf } from "./shares.ts";
import { weightedSlot } from "./weighted_slot.ts";

/** Head, mid and tail. */
const COHORTS = 3;

/** Shares of head, mid and tail, as `0.8/0.1/0.1`. */
const shares = (fallback: string, positive: string): Option<string> => ({
  default: fallback,
  help: `shares of head, mid and tail among negatives of a ${positive} positive`,
  takes: "three shares of at least 0 that sum to 1, such as 0.8/0.1/0.1",
  read: (given) => typeof given === "string" && sharesOf(given)?.length === COHORTS ? given : undefined,
});

/**
 * Popularity cohorts (PCNS): for a positive of cohort g, a cohort h is drawn with probability pi_gh, then an item of it
 * uniformly that the user has not met; cohorts are head, mid and tail, each of about a third of the interactions
 * (Prakash, Bermperidis & Chennu, 2024). A row of pi is made to sum to 1 again over the cohorts in which the user has
 * unseen items. For tail positives the code writes 0.1/0.1/0.1, which its thresholds make the default here.
 */
export const cohorts = define({
  name: "cohorts",
  summary: "A popularity cohort by that of the positive, then an item of it that the user has not met.",
  citation: "Prakash, Bermperidis & Chennu, arXiv:2410.17276, 2024",
  options: {
    negatives: perPositive(1),
    head: shares("0.8/0.1/0.1", "popular (head)"),
    mid: shares("0.1/0.8/0.1", "middling (mid)"),
    tail: shares("0.1/0.1/0.8", "rare (tail)"),
  },
}, ({ negatives, head, mid, tail }): Policy<"ids" | "logQ"> => ({ catalogue, seen: { catalogue: met }, rows }) => {
  const pi = [head, mid, tail].map((shares) => sharesOf(shares)!), { of } = cohortsOf(catalogue.popularity);
  const members = Array.from(pi, (_, g) => Int32Array.from(of.keys()).filter((item) => of[item] === g));
  const unseen = unseenCounts(met, of, members.map(({ length }) => length)); // [U, 3]
  /** An item and its probability. */
  const drawItem = (user: number, positive: number, seen: SeenItems, rng: Rng) => {
    const left = unseen.subarray(user * COHORTS, (user + 1) * COHORTS);
    const law = pi[of[positive]!]!.map((share, cohort) => left[cohort]! > 0 ? share : 0);
    const total = law.reduce((a, b) => a + b, 0);
    if (total === 0) return { item: seen.drawUnseen(user, rng), q: 1 / seen.unseenCount(user) };
    const cohort = weightedSlot(law, rng.uniform() * total);
    const item = drawMember(members[cohort]!, rng, (item) => !seen.has(user, item))!;
    return { item, q: law[cohort]! / total / left[cohort]! };
  };
  return {
    proposes: { ids: negatives, logQ: { dtype: "float32", shape: [rows, negatives] } },
    propose(batch, draw) {
      const ids = new Int32Array(rows * negatives), logQ = new Float32Array(rows * negatives);
      batch.users.forEach((user, row) => {
        const stream = rowStream(draw, batch, row);
        for (let at = row * negatives; at < (row + 1) * negatives; at++) {
          const { item, q } = drawItem(user, batch.positives[row]!, draw.seen, stream);
          ids[at] = item;
          logQ[at] = Math.log(q);
        }
      });
      return { ids, logQ };
    },
    select: ({ items }, { ids, logQ }) => ({ ids, items: items(ids), logQ }),
  };
});

/** How many items of each cohort each user has not met: [U, 3]. */
function unseenCounts({ users, offsets, positives }: Met, of: Uint8Array, sizes: readonly number[]): Int32Array {
  const counts = Int32Array.from({ length: users * COHORTS }, (_, at) => sizes[at % COHORTS]!);
  for (let user = 0; user < users; user++) {
    for (let at = offsets[user]!; at < offsets[user + 1]!; at++) counts[user * COHORTS + of[positives[at]!]!]!--;
  }
  return counts;
}
