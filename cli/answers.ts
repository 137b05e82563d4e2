import { floatsPerScore } from "../evaluation/scorer.ts";
import { lengthBesideBias, openFoldIn } from "../evaluation/fold_in.ts";
import { type Nearest, openNearest } from "../evaluation/nearest.ts";
import { TopK } from "../evaluation/top_k.ts";
import { innerVectors, scoresOf, type Vectors } from "../evaluation/vectors.ts";
import { real } from "../options/option.ts";
import { openModel } from "../runtime/model.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { servedLength } from "../training/exported_inputs.ts";
import { scoresModel, takesMany } from "../training/recommender.ts";
import { hiding } from "./candidates.ts";
import type { OpenedRun } from "./opened_run.ts";
import { type Ranked, rankedIn } from "./recommendations.ts";

/** Who asks: a user of the log by number, or somebody new by what they met, oldest first. */
export type Ask = ({ readonly user: number } | { readonly met: readonly number[] | Int32Array }) & {
  /** Items that are not to be in the list, beside what was met. */
  readonly barred?: Int32Array;
};

/** A model that is asked one thing or several at a time. */
export interface Answers {
  /** The best items for each, without what they met and what is barred. Whoever met nothing gets nothing where the backbone asks with that. */
  recommend(asks: readonly Ask[], top: number): Promise<Ranked[][]>;
  /** Why nobody new can be recommended to; undefined where they can. */
  readonly noNew?: string;
  dispose(): Promise<void>;
}

/** How a new user's vector is solved for where a backbone has one for each user. */
export const foldInOptions = {
  c0: real(0.01, "fold-in: weight of an item that was not met, where one that was weighs 1", { min: 1e-9, max: 1 }),
  decay: real(10, "fold-in: decay of the vector, in units of the items' mean squared length", { min: 1e-9 }),
} as const;
export interface FoldIn {
  readonly c0: number;
  readonly decay: number;
}

/** Scores held at a time, or what is computed for each. */
const HELD = 2 ** 24;

/**
 * Readies a model to be asked: by inner products of vectors, where scores are such; else by the file of its scores.
 *
 * @param search what takes the inner products; exact search without it.
 */
export async function openAnswers(
  runtime: Runtime,
  run: OpenedRun,
  foldIn: FoldIn,
  search: (items: Vectors) => Promise<Nearest> = openNearest,
): Promise<Answers> {
  const { backbone, catalogue } = run;
  if (backbone.history) return await byHistory(run, backbone.history);
  const { inner, biased } = scoresOf(backbone, catalogue);
  return inner ? await byVectors(runtime, run, foldIn, biased, search) : await byScores(run);
}

async function byVectors(
  runtime: Runtime,
  { backbone, catalogue }: OpenedRun,
  { c0, decay }: FoldIn,
  biased: boolean,
  search: (items: Vectors) => Promise<Nearest>,
): Promise<Answers> {
  const users = await innerVectors(runtime, backbone, catalogue, "users"), { width } = users;
  const items = await innerVectors(runtime, backbone, catalogue, "items"), nearest = await search(items);
  const fold = openFoldIn(items, { c0, l2: decay, ...biased && { lengthBesideBias: lengthBesideBias(users) } });
  return {
    async recommend(asks, top) {
      const queries = new Float32Array(asks.length * width);
      asks.forEach((ask, row) =>
        queries.set(
          "met" in ask ? fold(ask.met) : users.data.subarray(ask.user * width, (ask.user + 1) * width),
          row * width,
        )
      );
      const found = await nearest.search(queries, top, (row) => hiddenFrom(catalogue, asks[row]!));
      return asks.map((_, row) => rankedIn(found, row));
    },
    dispose: nearest.dispose,
  };
}

/** What the backbone is asked with is what was met, whoever met it. */
async function byHistory(
  { backbone, catalogue, weights }: OpenedRun,
  history: NonNullable<OpenedRun["backbone"]["history"]>,
): Promise<Answers> {
  const model = await openModel(await scoresModel(backbone, catalogue, weights)), { items: size } = catalogue;
  const length = servedLength(history, catalogue), { offsets, items } = catalogue.sequences();
  return {
    async recommend(asks, top) {
      const lists: Ranked[][] = [];
      for (const ask of asks) {
        const met = "met" in ask ? ask.met : items.subarray(offsets[ask.user], offsets[ask.user + 1]);
        if (met.length === 0) {
          lists.push([]);
          continue;
        }
        const data = new BigInt64Array(length).fill(-1n);
        met.slice(-length).forEach((item, at) => data[at] = BigInt(item));
        const { scores } = await model.run({ history: { dtype: "int64", shape: [1, length], data } });
        lists.push(best(scores!.data as Float32Array, size, top, [hiddenFrom(catalogue, ask)])[0]!);
      }
      return lists;
    },
    dispose: model.dispose,
  };
}

/** Nothing but the model itself says how a user and an item go together. */
async function byScores({ backbone, catalogue, weights, name }: OpenedRun): Promise<Answers> {
  const model = await openModel(await scoresModel(backbone, catalogue, weights)), { items: size } = catalogue;
  const held = Math.max(1, Math.floor(HELD / (size * floatsPerScore(backbone, catalogue))));
  const atOnce = takesMany(backbone, catalogue) ? held : 1;
  return {
    noNew: `backbone "${name}" knows users by their ids alone, and its scores are no inner products to solve for`,
    async recommend(asks, top) {
      const lists: Ranked[][] = [];
      for (let from = 0; from < asks.length; from += atOnce) {
        const some = asks.slice(from, from + atOnce);
        const data = BigInt64Array.from(some, (ask) => BigInt((ask as { readonly user: number }).user));
        const { scores } = await model.run({ users: { dtype: "int64", shape: [some.length], data } });
        lists.push(...best(scores!.data as Float32Array, size, top, some.map((ask) => hiddenFrom(catalogue, ask))));
      }
      return lists;
    },
    dispose: model.dispose,
  };
}

/** What is not to be in the list of whoever asks: what they have met, and what is barred. */
function hiddenFrom({ offsets, positives }: OpenedRun["catalogue"], ask: Ask): Iterable<number> {
  return hiding("met" in ask ? ask.met : positives.subarray(offsets[ask.user], offsets[ask.user + 1]), ask.barred);
}

/** The best of each row of scores [rows, size], without what is hidden from it. */
function best(scores: Float32Array, size: number, top: number, hidden: readonly Iterable<number>[]): Ranked[][] {
  const list = new TopK(hidden.length, Math.min(top, size));
  hidden.forEach((items, row) => {
    for (const item of items) scores[row * size + item] = -Infinity;
  });
  list.push(scores, size, 0);
  return hidden.map((_, row) => rankedIn(list, row));
}
