import type { Figure } from "../chart.ts";
import type { Study } from "../study.ts";
import { byEpoch } from "./by_epoch.ts";

/** An epoch in which more of the positives than this score too low for a ratio has no hardness. */
const MOST_SKIPPED = 0.5;
const takes = "samplers that draw or make negatives";

/** How hard negatives are, by epoch (Lai et al., AAAI 2024, Figs. 1 and 5). */
export const hardnessByEpoch = (study: Study): Figure =>
  byEpoch(study, {
    id: "hardness-by-epoch",
    title: "Hardness of negatives by epoch",
    says:
      "Median of s- / s+, the score of a negative over that of its positive, over pairs whose positive scores above " +
      "0.001; epochs in which most score less are left out. After Figs. 1 and 5 of " +
      "Lai et al. (AAAI 2024), which show means.",
    y: "s- / s+",
    level: { y: 1, label: "as hard as the positive" },
    of: ({ negatives }) =>
      negatives && negatives.hardness.skipped <= MOST_SKIPPED ? negatives.hardness.median : undefined,
    takes,
  });

/** How high negatives rank among the items that might have been drawn, by epoch. */
export const quantileByEpoch = (study: Study): Figure =>
  byEpoch(study, {
    id: "quantile-by-epoch",
    title: "Rank of negatives by epoch",
    says:
      "Share of a user's unseen items that score below a negative, under the model of the epoch. Unlike s- / s+ it does " +
      "not depend on how scores are scaled.",
    y: "share of the unseen",
    level: { y: 0.5, label: "drawn uniformly" },
    of: ({ negatives }) => negatives?.items?.quantile,
    takes: "a sampler whose negatives are items or made of items",
  });

/** How far apart the negatives of a user lie, by epoch (Xuan et al., 2025, Fig. 3). */
export const diversityByEpoch = (study: Study): Figure =>
  byEpoch(study, {
    id: "diversity-by-epoch",
    title: "Diversity of negatives by epoch",
    says:
      "1 - cosine between pairs of a user's negatives under the model of the epoch, mean over pairs, then over users. " +
      "After Fig. 3 of Xuan et al. (2025).",
    y: "1 - cosine",
    of: ({ negatives }) => negatives?.cosineDistance,
    takes: "users with several negatives an epoch",
  });

/** How many negatives are held-out positives, against what chance would give. */
export const falseNegativesByEpoch = (study: Study): Figure =>
  byEpoch(study, {
    id: "false-negatives-by-epoch",
    title: "False negatives by epoch",
    says:
      "How many times as often as an unseen item drawn at random a negative is one that is held out for its user: " +
      "what a sampler presses down and should not. Synthesised negatives count by the items they are made of.",
    y: "times chance",
    of: ({ negatives }) => {
      const found = negatives?.items?.falseNegatives;
      return found && found.base > 0 ? found.rate / found.base : undefined;
    },
    level: { y: 1, label: "chance" },
    takes: "held-out interactions, and a sampler whose negatives are items or made of items",
  });
