import type { Figure } from "./chart.ts";
import { againstOption } from "./charts/against_option.ts";
import { balance } from "./charts/balance.ts";
import { hardnessByPositive } from "./charts/hardness_by_positive.ts";
import { diversityByEpoch, falseNegativesByEpoch, hardnessByEpoch, quantileByEpoch } from "./charts/negatives.ts";
import { popularity } from "./charts/popularity.ts";
import { type Published, results } from "./charts/results.ts";
import { seconds } from "./charts/seconds.ts";
import { lossByEpoch, metricByEpoch } from "./charts/training.ts";
import type { Study } from "./study.ts";

/** Every figure of a study, in the order of a page: drawn, or what it would take. */
export const figures = (study: Study, published?: Published): readonly Figure[] => [
  ...results(study, published),
  metricByEpoch(study),
  ...lossByEpoch(study),
  hardnessByEpoch(study),
  hardnessByPositive(study),
  quantileByEpoch(study),
  diversityByEpoch(study),
  falseNegativesByEpoch(study),
  seconds(study),
  popularity(study),
  balance(study),
  ...againstOption(study),
];
