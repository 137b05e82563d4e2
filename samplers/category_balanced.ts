import type { Attributes } from "../datasets/metadata.ts";
import type { Met } from "../datasets/negatives.ts";
import { invert } from "../datasets/invert.ts";
import { define } from "../options/method.ts";
import { choice } from "../options/option.ts";
import { perPositive } from "./common_options.ts";
import { drawMember } from "./draw_member.ts";
import { requireAttributes } from "./requirements.ts";
import type { Policy } from "./sampler.ts";
import { rowStream } from "./streams.ts";
import { weightedSlot } from "./weighted_slot.ts";

/** How likely a category is, before it is made to sum to 1: of how many items have it, and which the user's have. */
const targets: Readonly<Record<"uniform" | "inverse" | "complement", (size: number, ownShare: number) => number>> = {
  uniform: () => 1,
  inverse: (size) => 1 / size,
  complement: (_size, ownShare) => 1 - ownShare,
};

/**
 * Category-balanced negatives: a category (an attribute) c is drawn with probability pi_c, then an item of it uniformly
 * that the user has not met. pi is uniform, or inverse to how many items have the category, or 1 less the share of the
 * user's own items that have it, and sums to 1 over the categories in which the user has unseen items (the engine of
 * popularity cohorts; the knowledge-aware family of the survey of Ma et al., 2024). Where no category has mass left the
 * draw is uniform; else items without a category are never drawn, so that no logQ could make negatives stand for the
 * catalogue, and none is given.
 */
export const categoryBalanced = define({
  name: "category-balanced",
  summary: "A category from a target law, then an unseen item of it.",
  citation: "the family in Ma et al., Negative sampling in recommendation: a survey, 2024; defined by Foil",
  options: {
    negatives: perPositive(1),
    target: choice(
      ["uniform", "inverse", "complement"],
      "uniform",
      "the law of categories: even, rare ones first, or those the user has not",
    ),
  },
}, ({ negatives, target }): Policy<"ids"> => (setting) => {
  const attributes = requireAttributes(setting, "category-balanced"),
    having = invert(attributes, attributes.names.length);
  const membersOf = (category: number) =>
    having.targets.subarray(having.offsets[category], having.offsets[category + 1]);
  const sizes = attributes.names.map((_, category) => membersOf(category).length), pi = targets[target];
  /** The mass of each category: that of the target law, 0 where the user has no unseen item. */
  const massOf = (user: number) => {
    const { counts, total } = ownCounts(setting.catalogue, attributes, user);
    const { counts: excluded } = ownCounts(setting.seen.catalogue, attributes, user);
    return sizes.map((size, category) =>
      excluded[category]! < size ? pi(size, counts[category]! / Math.max(1, total)) : 0
    );
  };
  return {
    proposes: { ids: negatives },
    propose(batch, draw) {
      const { users } = batch, { seen } = draw, ids = new Int32Array(users.length * negatives);
      users.forEach((user, row) => {
        const stream = rowStream(draw, batch, row), mass = massOf(user), total = mass.reduce((a, b) => a + b, 0);
        const drawItem = () => {
          if (total === 0) return seen.drawUnseen(user, stream);
          const members = membersOf(weightedSlot(mass, stream.uniform() * total));
          return drawMember(members, stream, (item) => !seen.has(user, item))!;
        };
        for (let at = row * negatives; at < (row + 1) * negatives; at++) ids[at] = drawItem();
      });
      return { ids };
    },
    select: ({ items }, { ids }) => ({ ids, items: items(ids) }),
  };
});

/** How many of a user's items have each category, and how many items the user has. */
function ownCounts({ offsets, positives }: Met, attributes: Attributes, user: number) {
  const counts = new Int32Array(attributes.names.length), own = positives.subarray(offsets[user], offsets[user + 1]);
  for (const item of own) {
    for (let at = attributes.offsets[item]!; at < attributes.offsets[item + 1]!; at++) {
      counts[attributes.targets[at]!]!++;
    }
  }
  return { counts, total: own.length };
}
