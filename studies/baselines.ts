import { type Evaluation, rankBy } from "../evaluation/full_ranking.ts";
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

/** Where nothing is held out to choose by. */
const UNTUNED: ItemKnnOptions = { neighbours: 100, shrink: 100 };
/** Within the ranges searched by Ferrari Dacrema, Cremonesi & Jannach (RecSys 2019). */
const NEIGHBOURS = [20, 100, 500], SHRINKS = [0, 10, 100, 1000];

/** Scores of every user alike: how often each item was met in training. */
function popular({ catalogue }: Protocol): Promise<Baseline> {
  const scores = Float32Array.from(catalogue.popularity);
  return Promise.resolve({ label: "most popular", chosen: "", scoresOf: () => scores });
}

/** {@link itemKnn}, its k and shrink picked as a trial's epoch is, but never on test. */
async function tunedItemKnn(protocol: Protocol): Promise<Baseline> {
  const { catalogue, selecting, selectBy, data } = protocol, label = "item-KNN";
  const shown = ({ neighbours, shrink }: ItemKnnOptions) => `k=${neighbours}, shrink=${shrink}`;
  if (!selecting || selecting.held !== data.valid) {
    return { label, chosen: `${shown(UNTUNED)}, untuned`, scoresOf: itemKnn(catalogue, UNTUNED) };
  }
  const ranking = { ...selectingOptions(protocol, selecting), metrics: [selectBy] };
  const grid = SHRINKS.flatMap((shrink) => NEIGHBOURS.map((neighbours) => ({ neighbours, shrink })));
  let best = { options: UNTUNED, value: -Infinity };
  for (const options of grid) {
    const { metrics } = await rankBy(itemKnn(catalogue, options), catalogue, selecting.held, ranking);
    if (metrics[selectBy]! > best.value) best = { options, value: metrics[selectBy]! };
  }
  const chosen = `${shown(best.options)}, the best of ${grid.length} on validation`;
  return { label, chosen, scoresOf: itemKnn(catalogue, best.options) };
}

/** The baselines by name. */
export const baselines = { popular, "item-knn": tunedItemKnn } as const satisfies Readonly<
  Record<string, (protocol: Protocol) => Promise<Baseline>>
>;

/** Ranks the protocol's test part by a baseline's scores. @throws TypeError where there is none. */
export async function testBaseline(protocol: Protocol, scoresOf: ScoresOf): Promise<Evaluation> {
  const { testing, catalogue } = protocol;
  if (!testing) throw new TypeError("Cannot test a baseline: the protocol has no test interactions");
  return await rankBy(scoresOf, catalogue, testing.held, testingOptions(protocol, testing));
}
