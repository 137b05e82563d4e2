import { Rng } from "../random/rng.ts";
import { type Affinity, trueAffinity } from "./affinity.ts";
import type { Dataset } from "./dataset.ts";
import { numberedIds } from "./ids.ts";
import { type Interactions, interactions } from "./interactions.ts";
import type { Metadata } from "./metadata.ts";
import { relation } from "./relation.ts";
import { splitByRatio } from "./split.ts";

/** The shape of a synthetic dataset. */
export interface SyntheticOptions {
  readonly users: number;
  readonly items: number;
  readonly clusters: number;
  /** How much a full match of clusters is worth, in nats: larger is easier to predict. */
  readonly scale: number;
  /** Popularity falls as (rank + shift)^-exponent. */
  readonly exponent: number;
  readonly shift: number;
  /** Interactions of a user are log-normal, kept between these and not above the number of items. */
  readonly least: number;
  readonly median: number;
  readonly most: number;
  /** The standard deviation of their logarithm. */
  readonly spread: number;
  /** Shares held out of each user's interactions. */
  readonly valid: number;
  readonly test: number;
  /** Views for each interaction of a user, drawn as these are, and apart from them. 0: there are none. */
  readonly views: number;
  /** Items of another domain that the same users meet. 0: there is none. */
  readonly sourceItems: number;
  /** The median of a user's interactions there. */
  readonly sourceMedian: number;
  /** Share of the users who belong to the same clusters there, the others to some drawn anew. */
  readonly agreement: number;
  readonly seed: number;
}

/** About the size of MovieLens-100K. */
export const syntheticDefaults: SyntheticOptions = {
  users: 943,
  items: 1682,
  clusters: 12,
  scale: 8,
  exponent: 1.5,
  shift: 20,
  least: 20,
  median: 70,
  most: 400,
  spread: 0.75,
  valid: 0.08,
  test: 0.2,
  views: 0,
  sourceItems: 0,
  sourceMedian: 70,
  agreement: 1,
  seed: 2026,
};

/** A dataset of which the truth is known. */
export interface SyntheticDataset extends Dataset {
  readonly affinity: Affinity;
}

/**
 * Draws a dataset whose best possible ranking is known ({@link trueAffinity}). Users and items belong to two clusters
 * each, popularity has a long tail, and user u draws items without replacement with probability proportional to
 * exp(utility) (Gumbel top-k: Kool, van Hoof & Welling, ICML 2019). On demand the same utilities also make views, and the
 * users' clusters interactions with items of another domain: what these tell of a user is true of the log, too.
 *
 * @throws RangeError where there is one cluster, or an `agreement` that is no share.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { trueAffinity } from "./affinity.ts";
 * import { synthetic } from "./synthetic.ts";
 *
 * const { train, test, affinity, metadata } = synthetic({ users: 30, items: 200, views: 2, seed: 1 });
 * assert.deepEqual([train.userCount, test?.itemCount], [30, 200]);
 * assert.equal(trueAffinity(affinity, 0).length, 200);
 * assert.deepEqual(metadata?.behaviours?.map(({ name }) => name), ["views"]);
 * ```
 */
export function synthetic(options: Partial<SyntheticOptions> = {}): SyntheticDataset {
  const settings = { ...syntheticDefaults, ...options }, { users, items, seed, valid, test } = settings;
  if (!(settings.clusters >= 2)) {
    throw new RangeError(`Cannot draw ${settings.clusters} clusters: there are 2 at least`);
  }
  if (!(settings.agreement >= 0 && settings.agreement <= 1)) {
    throw new RangeError(`Cannot draw an agreement of ${settings.agreement}: it is a share, from 0 to 1`);
  }
  const affinity = drawAffinity(settings, "synthetic affinity"), metadata = drawMetadata(settings, affinity);
  const drawn = drawInteractions(settings, affinity, "synthetic interactions");
  return {
    name: "synthetic",
    ...splitByRatio(drawn, { valid, test }, seed),
    userIds: numberedIds(users),
    itemIds: numberedIds(items),
    ...Object.keys(metadata).length > 0 && { metadata },
    notes: [`drawn with seed ${seed}, not collected`],
    affinity,
  };
}

function drawInteractions(
  { seed, least, median, spread, most }: SyntheticOptions,
  affinity: Affinity,
  stream: string,
  times = 1,
): Interactions {
  const userCount = affinity.users.length, itemCount = affinity.items.length;
  const drawn = Array.from({ length: userCount }, (_, user) => {
    const rng = new Rng(seed, stream).seek(user, 0);
    const usual = Math.min(most, Math.max(least, Math.round(median * Math.exp(spread * rng.normal()))));
    const key = Float64Array.from(trueAffinity(affinity, user), (utility) => utility + gumbel(rng));
    const ranked = Int32Array.from(key.keys()).sort((a, b) => key[b]! - key[a]! || a - b);
    return ranked.slice(0, Math.min(itemCount, Math.round(times * usual))).sort();
  });
  const count = drawn.reduce((sum, { length }) => sum + length, 0), users = new Int32Array(count);
  const items = new Int32Array(count);
  let rows = 0;
  for (const [user, own] of drawn.entries()) {
    users.fill(user, rows, rows + own.length);
    items.set(own, rows);
    rows += own.length;
  }
  return interactions({ users, items, userCount, itemCount });
}

function drawMetadata(settings: SyntheticOptions, affinity: Affinity): Metadata {
  const { views, sourceItems, sourceMedian, agreement, seed } = settings;
  const pairs = ({ users, items, userCount, itemCount }: Interactions) =>
    relation({ rows: users, targets: items, rowCount: userCount, targetCount: itemCount });
  const viewed = () => drawInteractions(settings, affinity, "synthetic views", views);
  const met = () => {
    const other = drawAffinity({ ...settings, items: sourceItems }, "synthetic source affinity");
    const rng = new Rng(seed, "synthetic agreement");
    const users = other.users.map((anew, user) => rng.uniform() < agreement ? affinity.users[user]! : anew);
    return drawInteractions({ ...settings, median: sourceMedian }, { ...other, users }, "synthetic source");
  };
  return {
    ...views > 0 && { behaviours: [{ name: "views", ...pairs(viewed()) }] },
    ...sourceItems > 0 && { source: { ...pairs(met()), items: sourceItems } },
  };
}

function drawAffinity(
  { users, items, clusters, scale, exponent, shift, seed }: SyntheticOptions,
  stream: string,
): Affinity {
  const rng = new Rng(seed, stream), ranks = rng.shuffle(Int32Array.from({ length: items }, (_, at) => at));
  const membership = (): [number, number, number] => {
    const first = rng.below(clusters), second = (first + 1 + rng.below(clusters - 1)) % clusters;
    return [first, second, 50 + rng.below(51)];
  };
  return {
    scale,
    exponent,
    shift,
    users: Array.from({ length: users }, membership),
    items: Array.from(ranks, (rank) => [...membership(), rank] as const),
  };
}

/** A standard Gumbel number. */
const gumbel = (rng: Rng): number => -Math.log(-Math.log((rng.next() + 0.5) / 2 ** 32));
