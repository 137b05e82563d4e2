import { kCore } from "./filter.ts";
import type { Interactions } from "./interactions.ts";
import { popularityCurve } from "./popularity_curve.ts";
import { select } from "./select.ts";
import type { TimeProfile } from "./time_profile.ts";

/** How a log is best parted and measured, and why. */
export interface RecommendedProtocol {
  /** The command line's flags for it. */
  readonly flags: string;
  /** Undefined where the log is parted already. */
  readonly split?: "ratio" | "leave-one-out" | "time";
  /** 0: none. */
  readonly core: number;
  /** Undefined: every row is a positive. */
  readonly minRating?: number;
  readonly metrics: readonly string[];
  readonly selectBy: string;
  /** A sentence for each choice. */
  readonly why: readonly string[];
}

/** Fewer interactions say little of a user or item. */
const FEW = 5;
/** Shares: of those with few that is lived with, of the interactions that a core must leave. */
const FEW_SHARE = 0.1, CORE_LEAVES = 0.5, CORES = [5, 3, 2];
/** Shares: held out as the latest, of that of users who are new then, and of rows whose order is not known. */
const HELD_OUT = 0.2, NEW_USERS = 0.25, TIES = 0.2;
/** So many steps a scale of ratings may have, of stars or points; 4 of 5 stars is liked. */
const STEPS = 21, SCALE_TOP = 10, LIKED = 0.8;
/** Popularity is uneven from this coefficient on. */
const UNEVEN = 0.5;
/** Of so many sampled rows the scale of ratings is told. */
const SAMPLE = 100_000;

const percent = (share: number) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)}%`;

/**
 * Recommends a protocol by what a log is like: positives by the scale of its ratings, a core by how many users and
 * items have few interactions, a split by its times, metrics by the split and by how uneven popularity is.
 *
 * @param test the test part that it came with.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { interactions } from "./interactions.ts";
 * import { recommendedProtocol } from "./recommended_protocol.ts";
 *
 * const pairs = Array.from({ length: 60 }, (_, n) => n);
 * const columns = { users: pairs.map((n) => n % 6), items: pairs.map((n) => Math.floor(n / 6)), userCount: 6, itemCount: 10 };
 * const { split, core, flags } = recommendedProtocol(interactions(columns), undefined, undefined);
 * assert.deepEqual([split, core], ["ratio", 0]);
 * assert.equal(flags, "--split ratio --metrics recall@20,ndcg@20 --select-by ndcg@20");
 * ```
 */
export function recommendedProtocol(
  log: Interactions,
  times: TimeProfile | undefined,
  test: Interactions | undefined,
): RecommendedProtocol {
  const liked = likedFrom(log), positives = liked.from === undefined ? log : above(log, liked.from);
  const core = test ? { core: 0, why: [] } : coreFor(positives);
  const split = test ? undefined : splitFor(positives, times);
  const oneEach = test ? new Set(test.users).size === test.users.length : split?.split === "leave-one-out";
  const at = oneEach ? 10 : 20, selectBy = `ndcg@${at}`;
  const { gini, top20 } = popularityCurve(counts(positives.items, positives.itemCount)), uneven = gini >= UNEVEN;
  const metrics = [oneEach ? "hit@10" : "recall@20", selectBy, ...uneven ? [`tail/${selectBy}`] : []];
  const flags = [
    ...liked.from === undefined ? [] : [`--min-rating ${liked.from}`],
    ...core.core > 0 ? [`--core ${core.core}`] : [],
    ...split ? [`--split ${split.split}`] : [],
    `--metrics ${metrics.join(",")} --select-by ${selectBy}`,
  ];
  return {
    flags: flags.join(" "),
    ...(split && { split: split.split }),
    core: core.core,
    ...(liked.from !== undefined && { minRating: liked.from }),
    ...{ metrics, selectBy },
    why: [
      ...liked.why,
      ...core.why,
      split?.why ?? "split: it is parted already; its parts are kept, so that results compare",
      `metrics: of full ranking${oneEach ? ", one item a user being held out" : ""}` +
      (uneven ? `; the tail, too, as the top 20% of the items have ${percent(top20)} of the interactions` : ""),
    ],
  };
}

/** From which rating a row is a positive, where ratings are a scale of liking. */
function likedFrom({ ratings }: Interactions): { readonly from?: number; readonly why: readonly string[] } {
  if (!ratings || ratings.length === 0) return { why: ["positives: there are no ratings, every row is one"] };
  const step = Math.max(1, Math.floor(ratings.length / SAMPLE)), found = new Set<number>();
  for (let row = 0; row < ratings.length && found.size <= STEPS; row += step) found.add(ratings[row]!);
  const values = [...found], top = Math.max(...values), least = Math.min(...values);
  const from = Number((LIKED * top).toFixed(1)); // 0.8 * 3 is 2.4000000000000004
  const scale = found.size > 2 && found.size <= STEPS && least >= 0 && top <= SCALE_TOP &&
    values.every((value) => Number.isInteger(2 * value));
  if (!scale) return { why: ["positives: ratings are no scale of liking (counts, or one value), so every row is one"] };
  if (least >= from) return { why: [`positives: all ratings are from ${least} up already`] };
  return { from, why: [`positives: ratings go from ${least} to ${top}; what is rated ${from} or more is liked`] };
}

function coreFor(log: Interactions): { readonly core: number; readonly why: readonly string[] } {
  const share = (ids: Int32Array, count: number) => {
    const degrees = counts(ids, count).filter((degree) => degree > 0);
    return degrees.reduce((few, degree) => degree < FEW ? few + 1 : few, 0) / Math.max(1, degrees.length);
  };
  const users = share(log.users, log.userCount), items = share(log.items, log.itemCount);
  const found = `of the users ${percent(users)} and of the items ${percent(items)} have fewer than ${FEW} interactions`;
  if (users < FEW_SHARE && items < FEW_SHARE) return { core: 0, why: [`core: none, ${found}`] };
  for (const core of CORES) {
    const left = kCore(log, core).interactions.users.length / log.users.length;
    if (left >= CORE_LEAVES) {
      return { core, why: [`core: ${found}; the ${core}-core leaves ${percent(left)} of the rows`] };
    }
  }
  return {
    core: 0,
    why: [`core: none, though ${found}: even the ${CORES.at(-1)}-core leaves less than half of the rows`],
  };
}

function splitFor(
  log: Interactions,
  times: TimeProfile | undefined,
): { readonly split: "ratio" | "leave-one-out" | "time"; readonly why: string } {
  if (!times) {
    return log.inOrder
      ? { split: "leave-one-out", why: "split: rows are in order, though without times; each user's last is held out" }
      : { split: "ratio", why: "split: there are no times, so a random share of each user is held out" };
  }
  const fresh = newUsers(log);
  if (fresh === undefined) {
    return { split: "ratio", why: "split: times part off no latest rows, so a random share of each user is held out" };
  }
  const latest = `${percent(fresh)} of the latest ${percent(HELD_OUT)} are of users who are new then`;
  if (fresh <= NEW_USERS) {
    return { split: "time", why: `split: by time, so that nothing of the future is trained on; ${latest}` };
  }
  if (times.ties <= TIES) {
    return { split: "leave-one-out", why: `split: by time ${latest}; so each user's last is held out` };
  }
  const unknown = `${percent(times.ties)} of the rows share their time with another of their user`;
  return {
    split: "ratio",
    why: `split: by time ${latest}, and ${unknown}; so a random share of each user is held out`,
  };
}

/** Share of the rows a split by time would test on whose user has no row before; undefined where it holds out all. */
function newUsers({ users, times, userCount }: Interactions): number | undefined {
  const sorted = times!.toSorted(), from = sorted[sorted.length - Math.floor(HELD_OUT * sorted.length)] ?? Infinity;
  if (!(sorted[0]! < from)) return undefined;
  const known = new Uint8Array(userCount);
  for (let row = 0; row < users.length; row++) if (times![row]! < from) known[users[row]!] = 1;
  let held = 0, fresh = 0;
  for (let row = 0; row < users.length; row++) {
    if (times![row]! < from) continue;
    held++;
    if (known[users[row]!] === 0) fresh++;
  }
  return held > 0 ? fresh / held : undefined;
}

const above = (log: Interactions, rating: number): Interactions =>
  select(log, Int32Array.from(log.users.keys()).filter((row) => log.ratings![row]! >= rating));

function counts(ids: Int32Array, count: number): Int32Array {
  const found = new Int32Array(count);
  for (let row = 0; row < ids.length; row++) found[ids[row]!]!++;
  return found;
}
