import type { Catalogue } from "../datasets/catalogue.ts";
import { lowerBound } from "../datasets/lower_bound.ts";
import { hide } from "../evaluation/hide.ts";
import { blocksFor, floatsPerScore, openScorer } from "../evaluation/scorer.ts";
import { TopK } from "../evaluation/top_k.ts";
import type { Backbone } from "../models/backbone.ts";
import type { Runtime } from "../runtime/runtime.ts";

/** Bytes of scores held at a time. */
const MEMORY = 2 ** 28;

/** What a user is recommended, best first, in dense ids. */
export interface Recommended {
  readonly user: number;
  readonly items: readonly Ranked[];
}
/** An item of a list. */
export interface Ranked {
  readonly item: number;
  readonly score: number;
}

/** A trained model, and how much of what to recommend. */
export interface Asked {
  readonly backbone: Backbone;
  readonly catalogue: Catalogue;
  readonly top: number;
  /** Also what a user met in training. */
  readonly includeSeen: boolean;
  /** Items that are in nobody's list, ascending. */
  readonly barred?: Int32Array;
}

/**
 * Recommends to each of the users in turn, by the scores that full ranking ranks by, a block of users and items at a time.
 * A user who has met nothing is recommended nothing by a backbone that asks with what was met. The runtime holds the
 * model's variables.
 */
export async function* recommendations(
  runtime: Runtime,
  { backbone, catalogue, top, includeSeen, barred }: Asked,
  users: Int32Array,
): AsyncGenerator<Recommended> {
  const { rows: most, columns } = blocksFor(MEMORY, catalogue.items, floatsPerScore(backbone, catalogue));
  const rows = Math.max(1, Math.min(most, users.length)), list = new TopK(rows, Math.min(top, catalogue.items));
  const scorer = await openScorer(runtime, backbone, catalogue, { rows, columns });
  const offsets = backbone.history && catalogue.sequences().offsets;
  const asks = (user: number) => !offsets || offsets[user + 1]! > offsets[user]!;
  for (let from = 0; from < users.length; from += rows) {
    const some = users.subarray(from, from + rows);
    list.clear();
    await scorer.score(some, (scores, first, ways) => {
      if (!includeSeen) hide(catalogue, some, scores, columns, first);
      if (barred) bar(barred, some.length, scores, columns, first);
      list.push(scores, columns, first, ways);
    });
    for (const [row, user] of some.entries()) yield { user, items: asks(user) ? rankedIn(list, row) : [] };
  }
  await scorer.dispose();
}

/** Takes barred items out of a block of scores, row-major [rows, columns], of items `first` and up. */
function bar(barred: Int32Array, rows: number, scores: Float32Array, columns: number, first: number): void {
  const from = lowerBound(barred, 0, barred.length, first);
  const end = lowerBound(barred, from, barred.length, first + columns);
  for (let row = 0; row < rows; row++) {
    for (let at = from; at < end; at++) scores[row * columns + barred[at]! - first] = -Infinity;
  }
}

/** A row's list. */
export function rankedIn({ ids, scores, k }: TopK, row: number): Ranked[] {
  const found: Ranked[] = [];
  for (let at = row * k; at < (row + 1) * k && ids[at]! >= 0; at++) found.push({ item: ids[at]!, score: scores[at]! });
  return found;
}
