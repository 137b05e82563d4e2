import type { Catalogue } from "../datasets/catalogue.ts";
import type { Parts } from "../datasets/dataset.ts";
import type { Interactions } from "../datasets/interactions.ts";
import type { RankingOptions } from "../evaluation/full_ranking.ts";
import { parseMetric } from "../evaluation/parse_metric.ts";

/** Interactions that a ranking is measured on. */
export interface Held {
  readonly held: Interactions;
  /** What is known by then and left out of the lists, beside the train interactions. */
  readonly alsoSeen: readonly Interactions[];
}

/** What all trials that are compared share: one dataset, one choice of epoch, one measurement. */
export interface Protocol {
  readonly data: Parts;
  /** Of the train interactions, with what else is known. */
  readonly catalogue: Catalogue;
  /** What the best epoch is picked on; without it, the last epoch is the result. */
  readonly selecting?: Held;
  /** The metric that picks it. */
  readonly selectBy: string;
  readonly testing?: Held;
  /** Names such as `ndcg@20`. */
  readonly metrics: readonly string[];
  /** Bytes of scores held at a time while ranking. */
  readonly memory: number;
}

/**
 * How a part is ranked when the epoch is picked: by the deciding metric, too. Of what is told of test, metrics of cold
 * items are left out: few such may be held out here, or none.
 */
export const selectingOptions = (protocol: Protocol, { alsoSeen }: Held): RankingOptions => ({
  metrics: [
    ...new Set([...protocol.metrics.filter((name) => parseMetric(name).cold === undefined), protocol.selectBy]),
  ],
  memory: protocol.memory,
  alsoSeen,
});

/** How the test part is ranked. */
export const testingOptions = ({ metrics, memory }: Protocol, { alsoSeen }: Held): RankingOptions => ({
  metrics,
  memory,
  alsoSeen,
});
