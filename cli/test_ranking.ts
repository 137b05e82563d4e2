import type { Catalogue } from "../datasets/catalogue.ts";
import type { Dataset } from "../datasets/dataset.ts";
import type { Interactions } from "../datasets/interactions.ts";
import type { Evaluation, RankingOptions } from "../evaluation/full_ranking.ts";
import { withoutValidation } from "../studies/refitted.ts";
import { openData, withValidation } from "./data_options.ts";
import type { EvaluateValues } from "./evaluate.ts";
import { metricNames, rankingTables } from "./metrics_text.ts";
import type { Output } from "./output.ts";
import { rankedAs, rankedAsRecord, rankedAsText, testedIn } from "./ranked_as.ts";
import { referenceMetrics } from "./references.ts";

/** The data of a test, parted as those that are trained on. */
export async function openTested(values: EvaluateValues): Promise<Dataset> {
  const found = await openData(values), parted = values.select === "valid" ? withValidation(found, values) : found;
  return values.refit ? withoutValidation(parted) : parted;
}

/** What there is to test on. @throws TypeError where that is nothing. */
export function heldOut({ test, name }: Dataset): Interactions {
  if (test && test.users.length > 0) return test;
  throw new TypeError(`Cannot evaluate: "${name}" has no test interactions`);
}

/** How it is ranked: what was held out to select by is known by then. */
export function rankingOf(values: EvaluateValues, data: Dataset): RankingOptions {
  const { alsoSeen, alsoRead = [] } = testedIn(data, values)!;
  return {
    metrics: metricNames(values),
    memory: values.memory * 2 ** 20,
    workers: values.workers,
    alsoSeen,
    alsoRead,
    ...rankedAs(values),
  };
}

/** Of whom a sample was drawn, where one was. */
export const sampledText = ({ users, sampledOf }: Evaluation): string[] =>
  sampledOf === undefined ? [] : [
    `these are means over a sample of ${
      new Set(users).size
    } of the ${sampledOf} users with held-out items: not over all`,
  ];

/** Says how good a ranking is, beside what needs no training. */
export async function tell(
  values: EvaluateValues,
  ranked: Evaluation,
  data: Dataset,
  catalogue: Catalogue,
  options: RankingOptions,
  output: Output,
): Promise<void> {
  const measured = { ...ranked.metrics, ...ranked.catalogue };
  const references = await referenceMetrics(data, catalogue, options);
  output.result(
    { event: "test", ...rankedAsRecord(values), test: measured, references },
    rankingTables("test", rankedAsText(values, options), { model: measured, ...references }),
  );
  for (const note of [...sampledText(ranked), ...ranked.notes]) output.say(note);
}
