import type { Catalogue } from "../datasets/catalogue.ts";
import type { Interactions } from "../datasets/interactions.ts";
import { continued, type Sequences, sequences } from "../datasets/sequences.ts";
import type { Backbone } from "../models/backbone.ts";
import { queue } from "../runtime/queue.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Spread } from "./catalogue_metrics.ts";
import type { CohortHits } from "./cohort_metrics.ts";
import { openJudge } from "./judge.ts";
import type { KeptLists, ListsKept } from "./kept_lists.ts";
import { openPool } from "./ranking_pool.ts";
import { rankingThreads } from "./ranking_threads.ts";
import type { Ties } from "./ties.ts";
import { blocksFor, floatsPerScore, itemBytes, openScorer } from "./scorer.ts";
import { scoresOf } from "./vectors.ts";

export interface RankingOptions {
  /** Names such as `ndcg@20`, `cold5/ndcg@20`, `head/hit@10`, `balance@10`, `sampled100/hit@10`; see `parseMetric`. */
  readonly metrics: readonly string[];
  /**
   * Bytes held at a time: of scores, or of the widest that the backbone computes for each, and of representations of all
   * items, which are computed anew for each block of users, in one thread, where they would take more than half. Default
   * 256 MiB.
   */
  readonly memory?: number;
  /** Interactions since the train ones, known by now: left out of the lists as seen, and histories go on with them. */
  readonly alsoSeen?: readonly Interactions[];
  /** Interactions since those, which histories go on with as well, but whose items stay in the lists. */
  readonly alsoRead?: readonly Interactions[];
  /** Whether what a user has met, in training or since, is left out of the lists. Default true. */
  readonly maskSeen?: boolean;
  /**
   * Whether each held-out interaction is ranked by itself, as if it were the user's only one, and means are over those
   * instead of users: the protocol of Apple's study of negative samplers. Default false.
   */
  readonly byEvent?: boolean;
  /**
   * Where the held-out items that a metric counts stand among items of the same score: by their ids; "optimistic", before
   * all others; or "pessimistic", behind them. Measures of the lists themselves (coverage, their spread), and lists that
   * are kept, are by id in any case: nobody who makes them knows what is held out. Default "by-id".
   */
  readonly ties?: Ties;
  /** Rank for a sample of the users who have held-out items: `users` of them, or all where there are no more. Default: all. */
  readonly sample?: UserSample;
  /** Of the candidates that metrics such as `sampled100/hit@10` draw. Default 0. */
  readonly candidateSeed?: number;
  /** Keep the lists of some users, to be looked at. Default: none. */
  readonly lists?: ListsKept;
  /**
   * Threads that rank: on provider `wasm`, and on `native` where scores are inner products. 0 is one for each core where
   * there is enough to rank. Numbers do not depend on it. Default 0.
   */
  readonly workers?: number;
}

/** Which users are ranked for, where not all are: the same ones at each evaluation, for every model; see `sampleUsers`. */
export interface UserSample {
  readonly users: number;
  readonly seed: number;
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
  /** How many users have held-out items, where a sample of them was ranked for. */
  readonly sampledOf?: number;
  /** Lists of some users, where they were asked for. */
  readonly lists?: KeptLists;
  /** Sentences on numbers that do not mean what they seem to. */
  readonly notes: readonly string[];
}

/** Ranks with the model as it stands, as often as asked: one evaluation at a time, in the order they were asked for. */
export interface Evaluator {
  /** @throws RangeError where lists are short of items because scores are NaN; TypeError where it was disposed of. */
  evaluate(): Promise<Evaluation>;
  /** Gives back what it holds; more than once is no matter. An evaluation under way fails. */
  dispose(): Promise<void>;
}

/**
 * Full ranking: every item that a user has not met in training is a candidate, none is sampled (but for metrics whose name
 * says so). Users without held-out items are left out of the means. Memory is bounded by `memory`, but for what every
 * item's representation needs at once.
 *
 * @throws TypeError where a metric or an order of ties is unknown, or nothing is held out; RangeError where a number of the options cannot be,
 * or interactions are of more users or items than the catalogue.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { catalogue } from "../datasets/catalogue.ts";
 * import { interactions } from "../datasets/interactions.ts";
 * import { mf } from "../models/mf.ts";
 * import { openRuntime } from "../runtime/providers.ts";
 * import { fullRanking } from "./full_ranking.ts";
 *
 * const log = (item: number) => interactions({ users: [0], items: [item], userCount: 1, itemCount: 3 });
 * const runtime = await openRuntime({ provider: "wasm" }), metrics = ["hit@1", "mrr@2"];
 * const ranking = await fullRanking(runtime, mf({ dim: 1 }), catalogue(log(0)), log(2), { metrics });
 * await runtime.load(new Map([
 *   ["user", { shape: [1, 1], data: Float32Array.of(1) }],
 *   ["item", { shape: [3, 1], data: Float32Array.of(9, 8, 7) }],
 * ]));
 * assert.deepEqual((await ranking.evaluate()).metrics, { "hit@1": 0, "mrr@2": 1 / 2 }); // the list is 1 2
 * await runtime.dispose();
 * ```
 */
export async function fullRanking(
  runtime: Runtime,
  backbone: Backbone,
  seen: Catalogue,
  held: Interactions,
  options: RankingOptions,
): Promise<Evaluator> {
  const { alsoSeen = [], alsoRead = [], memory = 2 ** 28, workers = 0 } = options;
  checkAll(seen, held, options);
  if (!(memory > 0)) throw new RangeError(`Cannot rank in a "memory" of ${memory} bytes: it is a number above 0`);
  if (!Number.isInteger(workers) || workers < 0) {
    throw new RangeError(`Cannot rank with "workers" ${workers}: it is a whole number of at least 0`);
  }
  const judge = openJudge(seen, held, options), known = withHistories(seen, [...alsoSeen, ...alsoRead]);
  const represented = itemBytes(backbone, seen), keeps = represented <= memory / 2;
  const threads = keeps && workersScore(runtime, backbone, seen)
    ? threadsFor(workers, judge.users.length * seen.items)
    : 1;
  const left = memory - (keeps ? represented : 0);
  const blocks = blocksFor(left / threads, seen.items, floatsPerScore(backbone, seen));
  const scorer = await openScorer(runtime, backbone, known, blocks, { keeps });
  const pool = threads === 1
    ? undefined
    : rankingThreads(() => openPool(threads, seen, held, options, scorer), workers > 0);
  const inOrder = queue(); // what one evaluation scores lies where the next one's will
  let disposed = false;
  return {
    evaluate: () =>
      inOrder(async () => {
        if (disposed) throw new TypeError("Cannot evaluate: the ranking was disposed of");
        await scorer.refresh();
        const found = await pool?.rank(judge.users, scorer) ??
          [await judge.find(judge.users, blocks.rows, blocks.columns, scorer.score)];
        return judge.evaluation(found);
      }),
    async dispose() {
      disposed = true;
      await pool?.close();
      await scorer.dispose();
    },
  };
}

/** @throws RangeError where interactions are of more users or items than the catalogue. */
function checkAll(seen: Catalogue, held: Interactions, { alsoSeen = [], alsoRead = [] }: RankingOptions): void {
  checkCounts("held", held, seen);
  for (const log of alsoSeen) checkCounts("alsoSeen", log, seen);
  for (const log of alsoRead) checkCounts("alsoRead", log, seen);
}

function checkCounts(what: string, { userCount, itemCount }: Interactions, { users, items }: Catalogue): void {
  if (userCount <= users && itemCount <= items) return;
  throw new RangeError(
    `Cannot rank: "${what}" is of ${userCount} users and ${itemCount} items, the catalogue of ${users} and ${items}`,
  );
}

/** Whether threads without the runtime score as it does, to the bit. */
const workersScore = ({ provider }: Runtime, backbone: Backbone, seen: Catalogue) =>
  provider === "wasm" || (provider === "native" && scoresOf(backbone, seen).inner);
/** Scores from which on it pays to start threads. */
const WORTH_THREADS = 5e7;
/** How many threads to rank with: as many as asked for, where there is memory to share. */
function threadsFor(asked: number, scores: number): number {
  if (typeof Worker === "undefined" || typeof SharedArrayBuffer === "undefined") return 1;
  return asked > 0 ? asked : scores < WORTH_THREADS ? 1 : navigator.hardwareConcurrency;
}

/**
 * Full ranking by any scores: `scoresOf` gives a user's, one for each item; what it throws comes through.
 *
 * @throws TypeError where a metric or an order of ties is unknown, or nothing is held out; RangeError where there are more or fewer scores than
 * items, one that matters is NaN, or `held` is of more users or items than the catalogue.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { catalogue } from "../datasets/catalogue.ts";
 * import { interactions } from "../datasets/interactions.ts";
 * import { rankBy } from "./full_ranking.ts";
 *
 * const counts = { userCount: 1, itemCount: 3 };
 * const seen = catalogue(interactions({ users: [0], items: [0], ...counts }));
 * const held = interactions({ users: [0], items: [2], ...counts });
 * const { metrics } = await rankBy(() => Float32Array.of(9, 8, 7), seen, held, { metrics: ["hit@1", "mrr@2"] });
 * assert.deepEqual(metrics, { "hit@1": 0, "mrr@2": 1 / 2 }); // the list is 1 2: item 0 was met
 * ```
 */
export async function rankBy(
  scoresOf: (user: number) => Float32Array | Promise<Float32Array>,
  seen: Catalogue,
  held: Interactions,
  options: RankingOptions,
): Promise<Evaluation> {
  checkAll(seen, held, options);
  const judge = openJudge(seen, held, options);
  const found = await judge.find(judge.users, 1, seen.items, async (users, visit) => {
    const scores = await scoresOf(users[0]!);
    if (scores.length !== seen.items) {
      throw new RangeError(`Cannot rank ${seen.items} items by the ${scores.length} scores of user ${users[0]}`);
    }
    visit(Float32Array.from(scores), 0);
  });
  return judge.evaluation([found]);
}

/** The catalogue with histories that go on with what was met since. */
function withHistories(seen: Catalogue, since: readonly Interactions[]): Catalogue {
  let histories: Sequences | undefined;
  return { ...seen, sequences: () => histories ??= since.map(sequences).reduce(continued, seen.sequences()) };
}
