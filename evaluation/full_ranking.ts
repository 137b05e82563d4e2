import { type Catalogue, catalogue as catalogueOf } from "../datasets/catalogue.ts";
import type { Interactions } from "../datasets/interactions.ts";
import { continued, sequences } from "../datasets/sequences.ts";
import type { Backbone } from "../models/backbone.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { cohorts } from "../datasets/cohorts.ts";
import { type Spread, spread } from "./catalogue_metrics.ts";
import { CohortCounter, type CohortHits } from "./cohort_metrics.ts";
import { hideWarm, withColdItems } from "./cold.ts";
import { type Metric, metrics as known, parseMetric, type RankedUser } from "./metrics.ts";
import { blocksFor, floatsPerScore, openScorer, type Visit } from "./scorer.ts";
import { TopK } from "./top_k.ts";

export interface RankingOptions {
  /** Names such as `ndcg@20`, `cold5/ndcg@20`; see `parseMetric`. */
  readonly metrics: readonly string[];
  /** Bytes held at a time of scores, or of the widest that the backbone computes for each. Default 256 MiB. */
  readonly memory?: number;
  /** Interactions since the train ones, known by now: left out of the lists as seen, and histories go on with them. */
  readonly alsoSeen?: readonly Interactions[];
}

/** What a ranking of the whole catalogue is worth. */
export interface Evaluation {
  /** Means over the users who have held-out items; of a metric of cold items, who have some of those. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Of lists as long as the longest K. */
  readonly catalogue: Readonly<Record<keyof Spread | keyof CohortHits, number>>;
  /** Each metric of each user that it is a mean over, in the order of `users`: what paired tests compare. */
  readonly perUser: Readonly<Record<string, Float64Array>>;
  readonly users: Int32Array;
}

/** Ranks with the model as it stands, as often as asked. */
export interface Evaluator {
  evaluate(): Promise<Evaluation>;
  dispose(): Promise<void>;
}

/**
 * Full ranking: every item that a user has not met in training is a candidate, none is sampled. Users without held-out
 * items are left out of the means. Memory is bounded by `memory` and one representation of every item.
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

type Score = (users: Int32Array, visit: Visit) => Promise<void>;

function openJudge(seen: Catalogue, held: Interactions, { metrics, alsoSeen = [] }: RankingOptions) {
  const names = [...new Set(metrics)], views = viewsOf(names, seen, held), { popularity } = seen;
  const truth = catalogueOf(held), masks = [seen, ...alsoSeen.map((log) => catalogueOf(log))];
  const users = Int32Array.from({ length: truth.users }, (_, user) => user)
    .filter((user) => truth.offsets[user + 1]! > truth.offsets[user]!);
  if (users.length === 0) throw new TypeError("Cannot evaluate: no user has a held-out interaction");
  const cohortOf = cohorts(popularity).of;
  const longest = Math.min(seen.items, names.reduce((k, name) => Math.max(k, parseMetric(name).k), 1));
  // the most popular candidates of each list; a list's candidates are among those of the one before
  const limits = [...new Set([Infinity, ...views.map(({ candidates }) => candidates)])].sort((a, b) => b - a);

  return async (rows: number, columns: number, score: Score): Promise<Evaluation> => {
    const perUser = new Map(names.map((name): [string, number[]] => [name, []]));
    const lists = new Int32Array(users.length * longest).fill(-1), hits = new CohortCounter(cohortOf);
    const tops = new Map(limits.map((limit) => [limit, new TopK(rows, longest)])), top = tops.get(Infinity)!;
    for (let from = 0; from < users.length; from += rows) {
      const block = users.subarray(from, from + rows);
      for (const each of tops.values()) each.clear();
      await score(block, (scores, first) => {
        for (const mask of masks) hide(mask, block, scores, columns, first);
        for (const [limit, each] of tops) {
          if (limit < Infinity) hideWarm(scores, columns, first, popularity, limit);
          each.push(scores, columns, first);
        }
      });
      lists.set(top.ids.subarray(0, block.length * longest), from * longest);
      block.forEach((user, row) => {
        const listOf = ({ ids }: TopK) => ids.subarray(row * longest, (row + 1) * longest), list = listOf(top);
        for (let at = truth.offsets[user]!; at < truth.offsets[user + 1]!; at++) {
          hits.add(truth.positives[at]!, list.includes(truth.positives[at]!));
        }
        for (const { truth, candidates, metrics } of views) {
          const ranked = rankedUser(truth, user, listOf(tops.get(candidates)!));
          if (ranked.relevant === 0) continue; // all that this user took is warm
          for (const { name, metric, k } of metrics) perUser.get(name)!.push(metric(ranked, k));
        }
      });
    }
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    return {
      metrics: Object.fromEntries([...perUser].map(([name, values]) => [name, mean(values)])),
      catalogue: { ...spread(lists, popularity), ...hits.result() },
      perUser: Object.fromEntries([...perUser].map(([name, values]) => [name, Float64Array.from(values)])),
      users,
    };
  };
}

/** Metrics that look at the same held-out items and the same lists. */
interface View {
  readonly truth: Catalogue;
  /** Train interactions of the most popular candidate there may be. */
  readonly candidates: number;
  readonly metrics: readonly { readonly name: string; readonly metric: Metric; readonly k: number }[];
}

function viewsOf(names: readonly string[], { popularity }: Catalogue, held: Interactions): readonly View[] {
  const parsed = names.map((name) => ({ name, of: parseMetric(name) }));
  return [...Map.groupBy(parsed, ({ of: { cold = Infinity, only } }) => `${cold} ${only}`).values()].map((group) => {
    const { cold = Infinity, only } = group[0]!.of, truth = catalogueOf(withColdItems(held, popularity, cold));
    if (truth.positives.length === 0 && cold < Infinity) {
      throw new TypeError(
        `Cannot evaluate by "${group[0]!.name}": no held-out item has at most ${cold} train interactions`,
      );
    }
    return {
      truth,
      candidates: only ? cold : Infinity,
      metrics: group.map(({ name, of: { name: metric, k } }) => ({ name, metric: known[metric], k })),
    };
  });
}

/** Takes what each user has met out of a block of scores. */
function hide(
  { offsets, positives }: Catalogue,
  users: Int32Array,
  scores: Float32Array,
  columns: number,
  first: number,
): void {
  for (let row = 0; row < users.length; row++) {
    const end = offsets[users[row]! + 1]!, base = row * columns - first;
    for (let at = lowerBound(positives, offsets[users[row]!]!, end, first); at < end; at++) {
      if (positives[at]! >= first + columns) break;
      scores[base + positives[at]!] = -Infinity;
    }
  }
}

/** Where the hits of a list are among its ranks. */
function rankedUser({ offsets, positives }: Catalogue, user: number, list: Int32Array): RankedUser {
  const start = offsets[user]!, end = offsets[user + 1]!, hits: number[] = [];
  for (let rank = 0; rank < list.length; rank++) {
    const id = list[rank]!;
    if (id < 0) break;
    const at = lowerBound(positives, start, end, id);
    if (at < end && positives[at] === id) hits.push(rank);
  }
  return { hits, relevant: end - start };
}

/** The first position in [`low`, `high`) of an ascending array whose value is not below `bound`. */
function lowerBound(values: Int32Array, low: number, high: number, bound: number): number {
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
