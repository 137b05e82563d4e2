import { Rng } from "../random/rng.ts";
import { type Affinity, trueAffinity } from "./affinity.ts";
import type { Dataset } from "./dataset.ts";
import { numberedIds } from "./ids.ts";
import { interactions } from "./interactions.ts";
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
  seed: 2026,
};

/** A dataset of which the truth is known. */
export interface SyntheticDataset extends Dataset {
  readonly affinity: Affinity;
}

/**
 * Draws a dataset whose best possible ranking is known ({@link trueAffinity}). Users and items belong to two clusters
 * each, popularity has a long tail, and user u draws items without replacement with probability proportional to
 * exp(utility) (Gumbel top-k: Kool, van Hoof & Welling, ICML 2019).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { trueAffinity } from "./affinity.ts";
 * import { synthetic } from "./synthetic.ts";
 *
 * const { train, test, affinity } = synthetic({ users: 30, items: 200, seed: 1 });
 * assert.deepEqual([train.userCount, test?.itemCount], [30, 200]);
 * assert.equal(trueAffinity(affinity, 0).length, 200);
 * ```
 */
export function synthetic(options: Partial<SyntheticOptions> = {}): SyntheticDataset {
  const settings = { ...syntheticDefaults, ...options }, { users, items, seed, valid, test } = settings;
  if (!(settings.clusters >= 2)) {
    throw new RangeError(`Cannot draw ${settings.clusters} clusters: there are 2 at least`);
  }
  const affinity = drawAffinity(settings);
  const log = { users: [] as number[], items: [] as number[] };
  for (let user = 0; user < users; user++) {
    const rng = new Rng(seed, "synthetic interactions").seek(user, 0);
    const { least, median, spread, most } = settings;
    const count = Math.min(most, items, Math.max(least, Math.round(median * Math.exp(spread * rng.normal()))));
    const key = Float64Array.from(trueAffinity(affinity, user), (utility) => utility + gumbel(rng));
    const ranked = Int32Array.from(key.keys()).sort((a, b) => key[b]! - key[a]! || a - b);
    for (const item of ranked.subarray(0, count).sort()) {
      log.users.push(user);
      log.items.push(item);
    }
  }
  const drawn = interactions({ ...log, userCount: users, itemCount: items });
  return {
    name: "synthetic",
    ...splitByRatio(drawn, { valid, test }, seed),
    userIds: numberedIds(users),
    itemIds: numberedIds(items),
    notes: [`drawn with seed ${seed}, not collected`],
    affinity,
  };
}

function drawAffinity({ users, items, clusters, scale, exponent, shift, seed }: SyntheticOptions): Affinity {
  const rng = new Rng(seed, "synthetic affinity"),
    ranks = rng.shuffle(Int32Array.from({ length: items }, (_, at) => at));
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
