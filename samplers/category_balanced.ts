import type { Attributes } from "../datasets/metadata.ts";
import type { Catalogue } from "../datasets/catalogue.ts";
import { invert } from "../datasets/invert.ts";
import { define } from "../options/method.ts";
import { choice } from "../options/option.ts";
import { drawRows } from "./candidates.ts";
import { perPositive } from "./common_options.ts";
import { requireAttributes } from "./requirements.ts";
import { drawUntil } from "./draw_until.ts";
import type { Policy } from "./sampler.ts";
import { weightedSlot } from "./weighted_slot.ts";

/** How likely a category is, before it is made to sum to 1: of how many items have it, and which the user's have. */
const targets: Readonly<Record<"uniform" | "inverse" | "complement", (size: number, ownShare: number) => number>> = {
  uniform: () => 1,
  inverse: (size) => 1 / size,
  complement: (_size, ownShare) => 1 - ownShare,
};

/**
 * Category-balanced negatives: a category (an attribute) is drawn from a target law, then an unseen item of it
 * uniformly. The law is uniform, or inverse to how many items have the category, or 1 less the share of the user's own
 * items that have it (the same engine as popularity cohorts; the knowledge-aware family of the survey of Ma et al., 2024).
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
  const size = (category: number) => having.offsets[category + 1]! - having.offsets[category]!;
  const categories = attributes.names.map((_, category) => category).filter((category) => size(category) > 0);
  const law = targets[target], common = categories.map((category) => law(size(category), 0));
  const lawOf = (user: number) => {
    if (target !== "complement") return common;
    const own = ownShares(setting.catalogue, attributes, user);
    return categories.map((category) => law(size(category), own[category]!));
  };
  return {
    proposes: { ids: negatives },
    propose: (batch, draw) => ({
      ids: drawRows(batch, draw, negatives, (user, rng) => {
        const weights = lawOf(user), total = weights.reduce((a, b) => a + b, 0);
        if (total === 0) return draw.seen.drawUnseen(user, rng);
        const drawItem = () => {
          const category = categories[weightedSlot(weights, rng.uniform() * total)]!;
          return having.targets[having.offsets[category]! + rng.below(size(category))]!;
        };
        return drawUntil(drawItem, (item) => !draw.seen.has(user, item)) ?? draw.seen.drawUnseen(user, rng);
      }),
    }),
    select: ({ items }, { ids }) => ({ ids, items: items(ids) }),
  };
});

/** The share of a user's items that have each category. */
function ownShares({ offsets, positives }: Catalogue, attributes: Attributes, user: number): Float64Array {
  const shares = new Float64Array(attributes.names.length), own = positives.subarray(offsets[user], offsets[user + 1]);
  for (const item of own) {
    for (let at = attributes.offsets[item]!; at < attributes.offsets[item + 1]!; at++) {
      shares[attributes.targets[at]!]! += 1 / own.length;
    }
  }
  return shares;
}
