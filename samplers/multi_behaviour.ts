import { contains } from "../datasets/contains.ts";
import type { SeenItems } from "../datasets/negatives.ts";
import { mul } from "../graphs/ops/arithmetic.ts";
import { define } from "../options/method.ts";
import { type Option, real } from "../options/option.ts";
import { evenly } from "../options/searched.ts";
import type { Rng } from "../random/rng.ts";
import { requireBehaviours } from "./requirements.ts";
import { drawMember } from "./draw_member.ts";
import { drawUnseenWhere } from "./draw_unseen_where.ts";
import type { Policy } from "./sampler.ts";
import { rowStream } from "./streams.ts";
import { sharesOf } from "./shares.ts";
import { weightedSlot } from "./weighted_slot.ts";

/** Shares of the weaker behaviours, as `0.7/0.3`. */
const levelShares: Option<string> = {
  default: "even",
  help: "shares of the weaker behaviours among such negatives, the strongest first: even, or as 0.7/0.3",
  takes: "even, or shares of at least 0 that sum to 1, such as 0.7/0.3",
  read: (given) => typeof given === "string" && (given === "even" || sharesOf(given)) ? given : undefined,
};

/**
 * Multi-behaviour sampling: what was viewed and not bought is a better negative than what was never seen, and a better
 * positive, too (Loni, Pagano, Larson & Hanjalic, RecSys 2016; view-enhanced sampling as Ding et al., IJCAI 2018). With
 * probability `observed` the negative has met a weaker behaviour of the user's, else none; which one, `levels` says. Weight
 * `between` adds the recipe's loss on pairs of a weaker behaviour above one that is weaker still, or above nothing.
 */
export const multiBehaviour = define({
  name: "multi-behaviour",
  summary: "Negatives from what the user viewed and did not take, or from what was never seen.",
  citation: "Loni, Pagano, Larson & Hanjalic, RecSys 2016; Ding et al., IJCAI 2018",
  options: {
    observed: evenly(real(0.5, "probability that a negative comes from a weaker behaviour", { min: 0, max: 1 }), 0, 1),
    levels: levelShares,
    between: real(0, "weight of pairs between the weaker levels", { min: 0 }),
  },
}, ({ observed, levels: shares, between }): Policy<"ids" | "upper" | "lower" | "paired"> => (setting) => {
  const levels = requireBehaviours(setting, "multi-behaviour"), { rows } = setting, none = levels.length;
  const omega = sharesOf(shares);
  if (omega && omega.length !== none) {
    const names = levels.map(({ name }) => `"${name}"`).join(", ");
    throw new TypeError(
      `Cannot use sampler "multi-behaviour": levels="${shares}" are ${omega.length} shares, the data's weaker behaviours ${names}`,
    );
  }
  const drawLevel = (rng: Rng) => omega ? weightedSlot(omega, rng.uniform()) : rng.below(none);
  /** Whether the item's strongest behaviour is at `level` or below. */
  const isAt = (user: number, item: number, level: number) =>
    !levels.slice(0, level).some((each) => contains(each, user, item));
  /** An item that the user has met at `level` and no stronger one, or, where there is none, at the next lower one. */
  const drawAt = (user: number, level: number, seen: SeenItems, rng: Rng): { item: number; level: number } => {
    for (let lower = level; lower < none; lower++) {
      const { offsets, targets } = levels[lower]!, met = targets.subarray(offsets[user], offsets[user + 1]);
      const item = drawMember(met, rng, (item) => !seen.has(user, item) && isAt(user, item, lower));
      if (item !== undefined) return { item, level: lower };
    }
    return { item: drawUnseenWhere(seen, user, rng, (item) => isAt(user, item, none)), level: none };
  };
  return {
    proposes: { ids: 1, upper: 1, lower: 1, paired: { dtype: "float32", shape: [rows, 1] } },
    propose(batch, draw) {
      const { seen } = draw;
      const ids = new Int32Array(rows),
        upper = new Int32Array(rows),
        lower = new Int32Array(rows),
        paired = new Float32Array(rows);
      batch.users.forEach((user, row) => {
        const stream = rowStream(draw, batch, row);
        ids[row] = drawAt(user, stream.uniform() < observed ? drawLevel(stream) : none, seen, stream).item;
        const above = drawAt(user, stream.below(none), seen, stream);
        upper[row] = lower[row] = above.item;
        if (between === 0 || above.level === none) return;
        lower[row] = drawAt(user, above.level + 1, seen, stream).item;
        paired[row] = 1;
      });
      return { ids, upper, lower, paired };
    },
    select({ score, items, loss }, { ids, upper, lower, paired }) {
      const found = { ids, items: items(ids) };
      return between === 0
        ? found
        : { ...found, auxiliary: mul(between, loss(score(items(upper)), score(items(lower)), paired)) };
    },
  };
});
