import type { Catalogue } from "../datasets/catalogue.ts";
import type { Parts } from "../datasets/dataset.ts";
import type { Interactions } from "../datasets/interactions.ts";
import type { RankingOptions, UserSample } from "../evaluation/full_ranking.ts";
import type { ListsKept } from "../evaluation/kept_lists.ts";
import { parseMetric } from "../evaluation/parse_metric.ts";
import type { Ties } from "../evaluation/ties.ts";

/** Interactions that a ranking is measured on. */
export interface Held {
  readonly held: Interactions;
  /** What is known by then and left out of the lists, beside the train interactions. */
  readonly alsoSeen: readonly Interactions[];
  /** What is known by then, too, but stays in the lists. Default none. */
  readonly alsoRead?: readonly Interactions[];
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
  /** Threads that rank; see `RankingOptions`. */
  readonly workers?: number;
  /** Which users are ranked for, where not all are; see `RankingOptions`. */
  readonly sample?: UserSample;
  /** Whether what is known by then is left out of the lists; see `RankingOptions`. Default true. */
  readonly maskSeen?: boolean;
  /** Whether each held-out interaction is a ranking of its own; see `RankingOptions`. Default false. */
  readonly byEvent?: boolean;
  /** Where held-out items stand among items of the same score; see `RankingOptions`. Default "by-id". */
  readonly ties?: Ties;
}

/**
 * What is held out in a part, and what is known when it is ranked: what its users had met before it where train does not
 * say, and, for test, what was held out to select by, which stays in the lists where that is asked for.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { interactions } from "../datasets/interactions.ts";
 * import { heldIn } from "./protocol.ts";
 *
 * const log = (item: number) => interactions({ users: [0], items: [item], userCount: 1, itemCount: 3 });
 * const data = { train: log(0), valid: log(1), test: log(2) };
 * assert.deepEqual(heldIn(data, "valid"), { held: data.valid, alsoSeen: [] });
 * assert.deepEqual(heldIn(data, "test"), { held: data.test, alsoSeen: [data.valid] });
 * ```
 */
export function heldIn(
  data: Parts,
  part: "valid" | "test",
  { keepsValid = false }: { readonly keepsValid?: boolean } = {},
): Held | undefined {
  const held = data[part], before = data.before?.[part], valid = part === "test" ? data.valid : undefined;
  const seen = [before, keepsValid ? undefined : valid].filter((log) => log !== undefined);
  return held && { held, alsoSeen: seen, ...keepsValid && valid && { alsoRead: [valid] } };
}

/**
 * How a part is ranked when the epoch is picked: by the deciding metric, too. Of what is told of test, metrics of cold
 * items and of a cohort are left out: few such may be held out here, or none.
 */
export const selectingOptions = (protocol: Protocol, held: Held): RankingOptions => ({
  metrics: [
    ...new Set([...protocol.metrics.filter(isOfAll), protocol.selectBy]),
  ],
  ...rankingOf(protocol),
  ...knownWith(held),
});

/** What is kept of the lists on test, for somebody to look at: bounded, however many users there are. */
export const LISTS_KEPT: ListsKept = { users: 10_000, length: 20 };

/** How the test part is ranked. */
export const testingOptions = (protocol: Protocol, held: Held): RankingOptions => ({
  metrics: protocol.metrics,
  lists: LISTS_KEPT,
  ...rankingOf(protocol),
  ...knownWith(held),
});

const knownWith = ({ alsoSeen, alsoRead = [] }: Held) => ({ alsoSeen, alsoRead });

const isOfAll = (name: string): boolean => {
  const { cold, cohort } = parseMetric(name);
  return cold === undefined && cohort === undefined;
};

const rankingOf = ({ memory, workers = 0, maskSeen = true, byEvent = false, ties = "by-id", sample }: Protocol) => ({
  ...{ memory, workers, maskSeen, byEvent, ties, ...sample && { sample } },
});
