import type { Catalogue } from "../datasets/catalogue.ts";
import type { Interactions } from "../datasets/interactions.ts";
import { continued, sequences } from "../datasets/sequences.ts";
import type { Backbone } from "../models/backbone.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Spread } from "./catalogue_metrics.ts";
import type { CohortHits } from "./cohort_metrics.ts";
import { openJudge } from "./judge.ts";
import { blocksFor, floatsPerScore, openScorer } from "./scorer.ts";

export interface RankingOptions {
  /** Names such as `ndcg@20`, `cold5/ndcg@20`, `head/hit@10`, `balance@10`, `sampled100/hit@10`; see `parseMetric`. */
  readonly metrics: readonly string[];
  /** Bytes held at a time of scores, or of the widest that the backbone computes for each. Default 256 MiB. */
  readonly memory?: number;
  /** Interactions since the train ones, known by now: left out of the lists as seen, and histories go on with them. */
  readonly alsoSeen?: readonly Interactions[];
  /** Whether what a user has met, in training or since, is left out of the lists. Default true. */
  readonly maskSeen?: boolean;
  /**
   * Whether each held-out interaction is ranked by itself, as if it were the user's only one, and means are over those
   * instead of users: the protocol of Apple's study of negative samplers. Default false.
   */
  readonly byEvent?: boolean;
  /** Of the candidates that metrics such as `sampled100/hit@10` draw. Default 0. */
  readonly candidateSeed?: number;
}

/** What a ranking of the whole catalogue is worth. */
export interface Evaluation {
  /** Means over the users who have held-out items, or over those; of a metric of some items, over those who have such. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Of lists as long as the longest K. */
  readonly catalogue: Readonly<Record<keyof Spread | keyof CohortHits, number>>;
  /** Each metric of each user (or event) that it is a mean over: what paired tests compare. A balance is no mean. */
  readonly perUser: Readonly<Record<string, Float64Array>>;
  /** The user of each value of a metric of all held-out items; by event, a user comes once for each. */
  readonly users: Int32Array;
  /** Sentences on numbers that do not mean what they seem to. */
  readonly notes: readonly string[];
}

/** Ranks with the model as it stands, as often as asked. */
export interface Evaluator {
  evaluate(): Promise<Evaluation>;
  dispose(): Promise<void>;
}

/**
 * Full ranking: every item that a user has not met in training is a candidate, none is sampled (but for metrics whose name
 * says so). Users without held-out items are left out of the means. Memory is bounded by `memory` and one representation of every item.
 *
 * @throws TypeError where a metric is unknown, or nothing is held out.
 */
export async function fullRanking(
  runtime: Runtime,
  backbone: Backbone,
  seen: Catalogue,
  held: Interactions,
  options: RankingOptions,
): Promise<Evaluator> {
  const judge = openJudge(seen, held, options), known = withHistories(seen, options.alsoSeen ?? []);
  const blocks = blocksFor(options.memory ?? 2 ** 28, seen.items, floatsPerScore(backbone, seen));
  const scorer = await openScorer(runtime, backbone, known, blocks);
  return {
    async evaluate() {
      await scorer.refresh();
      return await judge(scorer.blocks.rows, scorer.blocks.columns, scorer.score);
    },
    dispose: scorer.dispose,
  };
}

/** Full ranking by any scores: `scoresOf` gives a user's, one for each item. */
export async function rankBy(
  scoresOf: (user: number) => Float32Array | Promise<Float32Array>,
  seen: Catalogue,
  held: Interactions,
  options: RankingOptions,
): Promise<Evaluation> {
  return await openJudge(seen, held, options)(1, seen.items, async (users, visit) => {
    visit((await scoresOf(users[0]!)).slice(), 0);
  });
}

/** The catalogue with histories that go on with what was met since. */
const withHistories = (seen: Catalogue, since: readonly Interactions[]): Catalogue => ({
  ...seen,
  sequences: () => since.map(sequences).reduce(continued, seen.sequences()),
});
