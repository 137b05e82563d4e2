import { activeUsers, type Catalogue, catalogue as catalogueOf } from "../datasets/catalogue.ts";
import { cohorts } from "../datasets/cohorts.ts";
import type { Interactions } from "../datasets/interactions.ts";
import { distinct } from "../datasets/distinct.ts";
import { sampleUsers } from "../datasets/sample_users.ts";
import { coverage, spread } from "./catalogue_metrics.ts";
import { balance, CohortCounter, type CohortCounts, cohortHits } from "./cohort_metrics.ts";
import type { Evaluation, RankingOptions } from "./full_ranking.ts";
import { hide } from "./hide.ts";
import { hideWarm } from "./hide_warm.ts";
import { byActivity, dispersion, groupRecalls, groupsOf, meanOf } from "./dispersion.ts";
import { keptLists } from "./kept_lists.ts";
import { lowerBound } from "../datasets/lower_bound.ts";
import { HeldScores } from "./held_scores.ts";
import type { RankedUser } from "./metrics.ts";
import { parseMetric } from "./parse_metric.ts";
import { SampledRanks } from "./sampled_ranks.ts";
import type { Visit } from "./scorer.ts";
import { tiedRanks, TIES, type Ties } from "./ties.ts";
import { TopK } from "./top_k.ts";
import { balancedKeys, userKey, viewsOf } from "./views.ts";

/** Scores some users against all items, block by block. */
export type Score = (users: Int32Array, visit: Visit) => Promise<void>;

/** What the lists of some users came to. */
export interface Found {
  /** By measure, one for each user (or event) that it counts, in the order of users. */
  readonly values: ReadonlyMap<string, readonly number[]>;
  readonly lists: Int32Array; // [users, K]
  /** Of each held-out item of each user: its rank in the list, -1 past its end. */
  readonly ranks: Int32Array;
  readonly cohorts: CohortCounts;
  /** Users of whose list all scores are equal: one who has met nothing, say, for a model that asks with what was met. */
  readonly alike: number;
}

/** Measures the rankings of users with held-out items. What it finds of some is put together with what it finds of others. */
export interface Judge {
  /** All of them. */
  readonly users: Int32Array;
  /**
   * Ranks for some, `rows` of them at a time, `columns` items at a time.
   *
   * @throws RangeError where scores that are NaN leave a list short, or are among those of the first user.
   */
  find(users: Int32Array, rows: number, columns: number, score: Score): Promise<Found>;
  /** What was found of all, in the order of `users`, in parts. */
  evaluation(parts: readonly Found[]): Evaluation;
}

/** Settles what is measured and on what; see `fullRanking`. @throws TypeError where there is nothing to measure on. */
export function openJudge(seen: Catalogue, all: Interactions, options: RankingOptions): Judge {
  const held = evaluated(all, options.sample),
    { metrics, alsoSeen = [], maskSeen = true, byEvent = false, candidateSeed = 0, ties = "by-id" } = options;
  checkTies(ties);
  const names = [...new Set(metrics)], truth = catalogueOf(held), views = viewsOf(names, seen, held, truth);
  const { popularity } = seen, met = [seen, ...alsoSeen.map((log) => catalogueOf(log))];
  const masks = maskSeen ? met : [];
  const users = activeUsers(truth);
  if (users.length === 0) throw new TypeError("Cannot evaluate: no user has a held-out interaction");
  const cohortOf = cohorts(popularity).of, lengths = names.map(parseMetric).filter(({ sampled }) => !sampled);
  const longest = Math.min(seen.items, lengths.reduce((most, { k }) => Math.max(most, k), 1));
  // the most popular candidates of each list; a list's candidates are among those of the one before
  const limits = [...new Set([Infinity, ...views.map(({ limit }) => limit)])].sort((a, b) => b - a);
  const measured = views.flatMap(({ measures }) => measures.map(({ key }) => key));
  const counts = [...new Set(views.flatMap(({ sampled = [] }) => sampled))];

  const find: Judge["find"] = async (users, rows, columns, score) => {
    const values = new Map(measured.map((key): [string, number[]] => [key, []]));
    const lists = new Int32Array(users.length * longest).fill(-1), hits = new CohortCounter(cohortOf);
    const topOf = () => new TopK(rows, longest, { countsTies: ties !== "by-id" });
    const tops = new Map(limits.map((limit) => [limit, topOf()])), top = tops.get(Infinity)!, ranks: number[] = [];
    const needsScores = ties !== "by-id" || counts.length > 0, heldScores = new HeldScores(truth);
    let alike = 0;
    const drawn = new Map(
      counts.map((count) => [count, new SampledRanks(met, heldScores, count, candidateSeed, ties)]),
    );
    /** Ranks of what a user took of `wanted`, in its order, in a list; Infinity past its end. */
    const ranksIn = ({ ids, scores, beyond }: TopK, wanted: Catalogue, user: number, row: number) => {
      const from = row * longest, end = from + longest;
      if (ties === "by-id") return listedRanks(wanted, user, ids.subarray(from, end));
      const list = { scores: scores.subarray(from, end), beyond: beyond![row]! };
      const taken = itemsOf(wanted, user).map((item) => heldScores.of(row, item));
      return tiedRanks(list, taken, { ties, alone: byEvent });
    };
    for (let from = 0; from < users.length; from += rows) {
      const block = users.subarray(from, from + rows);
      for (const each of tops.values()) each.clear();
      if (needsScores) heldScores.begin(block);
      for (const each of drawn.values()) each.begin(block);
      await score(block, (scores, first, ways) => {
        if (from === 0) checkRow(users[0]!, scores.subarray(0, columns), first); // what is NaN of an item is so for all
        for (const mask of masks) hide(mask, block, scores, columns, first);
        if (needsScores) heldScores.take(scores, columns, first);
        for (const each of drawn.values()) each.take(scores, columns, first);
        for (const [limit, each] of tops) {
          if (limit < Infinity) hideWarm(scores, columns, first, popularity, limit);
          each.push(scores, columns, first, ways);
        }
      });
      for (const [row, user] of block.entries()) {
        const listed = top.ids.subarray(row * longest, (row + 1) * longest).indexOf(-1);
        const hidden = masks.reduce((sum, { offsets }) => sum + offsets[user + 1]! - offsets[user]!, 0);
        if (listed >= 0 && listed < Math.min(longest, seen.items - hidden)) await checkNumbers(user, columns, score);
        const best = row * longest, last = best + (listed < 0 ? longest : listed) - 1;
        if (last > best && top.scores[best] === top.scores[last]) alike++;
      }
      lists.set(top.ids.subarray(0, block.length * longest), from * longest);
      block.forEach((user, row) => {
        const taken = ranksIn(top, truth, user, row);
        taken.forEach((rank, at) => {
          const item = truth.positives[truth.offsets[user]! + at]!;
          hits.held(item);
          if (rank < Infinity) hits.hit(item);
          ranks.push(rank < Infinity ? rank : -1);
        });
        for (const { truth: wanted, limit, sampled, measures } of views) {
          const found = sampled !== undefined
            ? itemsOf(wanted, user).map((item) => drawn.get(sampled)!.rank(row, item))
            : wanted === truth && limit === Infinity
            ? taken
            : ranksIn(tops.get(limit)!, wanted, user, row);
          const ranked = byEvent || sampled !== undefined ? oneByOne(found) : together(found);
          if (ranked.length === 0) continue; // nothing that this user took counts here
          for (const { key, metric, k } of measures) {
            const found = ranked.map((each) => metric(each, k)), all = values.get(key)!;
            for (const value of byEvent ? found : [meanOf(found)]) all.push(value);
          }
        }
      });
    }
    return { values, lists, ranks: Int32Array.from(ranks), cohorts: hits.counts(), alike };
  };

  const evaluation: Judge["evaluation"] = (parts) => {
    const values = (key: string) => parts.flatMap(({ values }) => values.get(key) ?? []);
    const hitsOf = (name: string) =>
      balancedKeys(name).map((key) => meanOf(measured.includes(key) ? values(key) : [0]));
    const balanced = names.filter((name) => parseMetric(name).balance), lists = parts.map(({ lists }) => lists);
    const tested = byEvent
      ? Int32Array.from([...users].flatMap((user) => itemsOf(truth, user).fill(user)))
      : users.slice();
    const activity = Array.from(tested, (user) => seen.offsets[user + 1]! - seen.offsets[user]!);
    const metric = (name: string) => {
      const at = parseMetric(name);
      if (at.coverage) return coverage(lists, longest, at.k, seen.items);
      if (at.dispersion === "items") {
        const ranks = parts.map(({ ranks }) => ranks);
        return dispersion(groupRecalls({ truth, ranks, groups: groupsOf(seen) }, at.k));
      }
      if (at.dispersion) return dispersion(byActivity(values(userKey(name)), activity), meanOf(values(userKey(name))));
      return at.balance ? balance(hitsOf(name)) : meanOf(values(name));
    };
    const hits = cohortHits(parts.map(({ cohorts }) => cohorts)), { hitHead, hitMid, hitTail } = hits;
    const unhit = balanced.filter((name) => hitsOf(name).every((rate) => rate === 0));
    if (hitHead + hitMid + hitTail === 0) unhit.push("balance");
    const alike = parts.reduce((sum, part) => sum + part.alike, 0);
    return {
      metrics: Object.fromEntries(names.map((name) => [name, metric(name)])),
      catalogue: { ...spread(lists, popularity, longest), ...hits },
      perUser: Object.fromEntries(
        names.filter((name) => measured.includes(name)).map((name) => [name, Float64Array.from(values(name))]),
      ),
      users: tested,
      ...held !== all && { sampledOf: distinct(all.users).length },
      ...options.lists && { lists: keptLists(users, lists, longest, options.lists) },
      notes: [
        ...unhit.map((name) => `${name} is 1 because nothing was hit at all: it says nothing`),
        ...alike > 0 ? [alikeText(`${alike} of ${users.length} users`, ties)] : [],
      ],
    };
  };
  return { users, find, evaluation };
}

/** Scores a user whose list is shorter than it could be. @throws RangeError where one of the scores is NaN. */
async function checkNumbers(user: number, columns: number, score: Score): Promise<void> {
  await score(Int32Array.of(user), (scores, first) => checkRow(user, scores.subarray(0, columns), first));
}

/** @throws RangeError where one of a user's scores of items `first` and up is NaN. */
function checkRow(user: number, scores: Float32Array, first: number): void {
  const at = scores.findIndex(Number.isNaN);
  if (at < 0) return;
  throw new RangeError(`Cannot rank: the model's score of item ${first + at} for user ${user} is NaN`);
}

/** What is held out of the users that are ranked for. */
export const evaluated = (held: Interactions, sample: RankingOptions["sample"]): Interactions =>
  sample ? sampleUsers(held, sample.users, sample.seed) : held;

/** A copy of what a user took. */
const itemsOf = ({ offsets, positives }: Catalogue, user: number): number[] =>
  Array.from(positives.subarray(offsets[user], offsets[user + 1]));

/** Each item that a user took, by its rank, as if it were the only one. */
const oneByOne = (ranks: readonly number[]): readonly RankedUser[] =>
  ranks.map((rank) => ({ hits: rank < Infinity ? [rank] : [], relevant: 1 }));

/** All that a user took, by their ranks, in one list; nothing where that is nothing. */
function together(ranks: readonly number[]): readonly RankedUser[] {
  const hits = ranks.filter((rank) => rank < Infinity).sort((a, b) => a - b);
  return ranks.length === 0 ? [] : [{ hits, relevant: ranks.length }];
}

/** The rank of each item that the user took in a list, -1 past its end; Infinity of those that are not there. */
function listedRanks({ offsets, positives }: Catalogue, user: number, list: Int32Array): readonly number[] {
  const start = offsets[user]!, end = offsets[user + 1]!, ranks = new Array<number>(end - start).fill(Infinity);
  for (let rank = 0; rank < list.length; rank++) {
    const id = list[rank]!;
    if (id < 0) break;
    const at = lowerBound(positives, start, end, id);
    if (at < end && positives[at] === id) ranks[at - start] = rank;
  }
  return ranks;
}

/** @throws TypeError where there is no such order. */
function checkTies(ties: Ties): void {
  if (!TIES.includes(ties)) throw new TypeError(`Cannot rank with "ties" "${ties}": it is one of ${TIES.join(", ")}`);
}

/** What is said of users of whose list all scores are equal. */
const alikeText = (of: string, ties: Ties): string =>
  ties === "by-id"
    ? `the lists of ${of} are in the order of ids, as all scores in them are equal: they say nothing`
    : `all scores in the lists of ${of} are equal: held-out items are ${
      ties === "optimistic" ? "first" : "last"
    } there whatever the model is (ties: ${ties})`;
