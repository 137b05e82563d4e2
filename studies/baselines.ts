import { type Catalogue, catalogue as catalogueOf } from "../datasets/catalogue.ts";
import { joined } from "../datasets/joined.ts";
import { type Evaluation, rankBy } from "../evaluation/full_ranking.ts";
import { ease, type EaseOptions } from "../evaluation/ease.ts";
import { ials, type IalsOptions } from "../evaluation/ials.ts";
import { itemKnn, type ItemKnnOptions } from "../evaluation/item_knn.ts";
import { type Protocol, selectingOptions, testingOptions } from "./protocol.ts";

/** A user's scores, one for each item. */
export type ScoresOf = (user: number) => Float32Array;

/** What needs no training: any honest table shows it. */
export interface Baseline {
  readonly label: string;
  /** What of it was chosen, and how; empty where there is nothing to choose. */
  readonly chosen: string;
  readonly scoresOf: ScoresOf;
}

/** Scores of every user alike: how often each item was met in training. */
function popular(picking: Protocol, { catalogue }: Protocol = picking): Promise<Baseline> {
  const scores = Float32Array.from(catalogue.popularity);
  return Promise.resolve({ label: "most popular", chosen: "", scoresOf: () => scores });
}

/** What has options, and those that it is tried with. */
interface Tuned<T> {
  readonly label: string;
  readonly grid: readonly T[];
  /** For where nothing is held out to choose by. */
  readonly untuned: T;
  readonly shown: (options: T) => string;
  readonly scoresOf: (catalogue: Catalogue, options: T, known?: Catalogue) => ScoresOf;
}

/** Options are picked as a trial's epoch is, by validation, but never on test. */
const tuned =
  <T>({ label, grid, untuned, shown, scoresOf }: Tuned<T>) =>
  async (picking: Protocol, testing: Protocol = picking): Promise<Baseline> => {
    const { catalogue, selecting, selectBy, data } = picking, known = knownOf(picking);
    const found = (options: T, how: string): Baseline => {
      const scores = scoresOf(testing.catalogue, options, knownOf(testing));
      return { label, chosen: `${shown(options)}, ${how}`, scoresOf: scores };
    };
    if (!selecting || selecting.held !== data.valid) return found(untuned, "untuned");
    const ranking = { ...selectingOptions(picking, selecting), metrics: [selectBy] };
    let best = { options: untuned, value: -Infinity };
    for (const options of grid) {
      const { metrics } = await rankBy(scoresOf(catalogue, options, known), catalogue, selecting.held, ranking);
      if (metrics[selectBy]! > best.value) best = { options, value: metrics[selectBy]! };
    }
    return found(best.options, `the best of ${grid.length} on validation`);
  };

/** What users have met, where some are not in train: they are scored by what they had met before. */
function knownOf({ data: { train, before } }: Protocol): Catalogue | undefined {
  if (!before) return undefined;
  return catalogueOf([before.valid, before.test].filter((log) => log !== undefined).reduce(joined, train));
}

/** Within the ranges searched by Ferrari Dacrema, Cremonesi & Jannach (RecSys 2019). */
const NEIGHBOURS = [20, 100, 500], SHRINKS = [0, 10, 100, 1000];
/** Around what Amazon Tools wants, by factors of about 4. */
const WEIGHTS = [0.025, 0.1, 0.4], DECAYS = [0.5, 2, 8];
/** Of EASE, by factors of about 3. */
const EASE_DECAYS = [30, 100, 300, 1000, 3000];
/** As wide as backbones by default are. */
const IALS = { dim: 64, iterations: 20 };

/** Those of a study that does not say which: EASE takes long, or cannot be had, where there are many items. */
export const usualBaselines = ["popular", "item-knn", "ials"] as const satisfies readonly (keyof typeof baselines)[];

/**
 * The baselines by name: what is picked under one protocol is fitted to what another, or the same, trains on. Untuned
 * options were settled on Amazon Tools, test numbers in sight.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { catalogue } from "../datasets/catalogue.ts";
 * import { interactions } from "../datasets/interactions.ts";
 * import { baselines } from "./baselines.ts";
 *
 * const train = interactions({ users: [0, 0, 1], items: [0, 1, 1], userCount: 2, itemCount: 3 });
 * const about = { selectBy: "ndcg@2", metrics: ["ndcg@2"], memory: 2 ** 20 };
 * const protocol = { data: { train }, catalogue: catalogue(train), ...about };
 * const { label, scoresOf } = await baselines.popular(protocol);
 * assert.deepEqual([label, scoresOf(1)], ["most popular", Float32Array.of(1, 2, 0)]);
 * assert.equal((await baselines.ease(protocol)).chosen, "l2=300, untuned"); // there is nothing to choose by
 * ```
 */
export const baselines = {
  popular,
  "item-knn": tuned<ItemKnnOptions>({
    label: "item-KNN",
    grid: SHRINKS.flatMap((shrink) => NEIGHBOURS.map((neighbours) => ({ neighbours, shrink }))),
    untuned: { neighbours: 100, shrink: 100 },
    shown: ({ neighbours, shrink }) => `k=${neighbours}, shrink=${shrink}`,
    scoresOf: itemKnn,
  }),
  ials: tuned<Pick<IalsOptions, "c0" | "l2">>({
    label: "iALS",
    grid: WEIGHTS.flatMap((c0) => DECAYS.map((l2) => ({ c0, l2 }))),
    untuned: { c0: 0.1, l2: 2 },
    shown: ({ c0, l2 }) => `c0=${c0}, l2=${l2}`,
    scoresOf: (catalogue, options, known) => ials(catalogue, { ...IALS, ...options }, known),
  }),
  ease: tuned<EaseOptions>({
    label: "EASE",
    grid: EASE_DECAYS.map((l2) => ({ l2 })),
    untuned: { l2: 300 },
    shown: ({ l2 }) => `l2=${l2}`,
    scoresOf: ease,
  }),
} as const satisfies Readonly<Record<string, (picking: Protocol, testing?: Protocol) => Promise<Baseline>>>;

/**
 * Ranks the protocol's test part by a baseline's scores.
 *
 * @throws TypeError where there is none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { catalogue } from "../datasets/catalogue.ts";
 * import { interactions } from "../datasets/interactions.ts";
 * import { testBaseline } from "./baselines.ts";
 *
 * const log = (item: number) => interactions({ users: [0], items: [item], userCount: 1, itemCount: 3 });
 * const data = { train: log(0), test: log(2) }, testing = { held: data.test, alsoSeen: [] };
 * const about = { selectBy: "mrr@2", metrics: ["mrr@2"], memory: 2 ** 20 };
 * const protocol = { data, catalogue: catalogue(data.train), testing, ...about };
 * const { metrics } = await testBaseline(protocol, () => Float32Array.of(9, 8, 7));
 * assert.deepEqual(metrics, { "mrr@2": 1 / 2 }); // the list is 1 2: item 0 was met
 * ```
 */
export async function testBaseline(protocol: Protocol, scoresOf: ScoresOf): Promise<Evaluation> {
  const { testing, catalogue } = protocol;
  if (!testing) throw new TypeError("Cannot test a baseline: the protocol has no test interactions");
  return await rankBy(scoresOf, catalogue, testing.held, testingOptions(protocol, testing));
}
