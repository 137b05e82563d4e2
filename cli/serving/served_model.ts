import { namedIds } from "../../datasets/ids.ts";
import { openNearest } from "../../evaluation/nearest.ts";
import { itemDirections } from "../../evaluation/vectors.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { type Ask, type FoldIn, openAnswers } from "../answers.ts";
import { hiding } from "../candidates.ts";
import { indexedAnswers } from "../indexed.ts";
import { learnt } from "../learnt.ts";
import { openRun } from "../opened_run.ts";
import { type Ranked, rankedIn } from "../recommendations.ts";
import type { RunIds } from "../run_folder.ts";
import { batched } from "./batched.ts";

/** A model that a service answers by. */
export interface ServedModel {
  readonly ids: RunIds;
  readonly backbone: string;
  readonly loaded: Date;
  /** Undefined, too, where the run has the name and has learnt nothing of who it is. */
  userOf(name: string): number | undefined;
  itemOf(name: string): number | undefined;
  /** Why nobody new can be recommended to. */
  readonly noNew?: string;
  recommend(ask: Ask, top: number): Promise<readonly Ranked[]>;
  /** @param barred items that are not to be in the list. */
  similar(item: number, top: number, barred?: Int32Array): Promise<readonly Ranked[]>;
  /** Lets go of it once nobody waits for an answer of it. */
  retire(): void;
}

/** How a model is loaded. */
export interface ServedOptions extends FoldIn {
  readonly run: string;
  /** Answer by the run's index. */
  readonly index: boolean;
}

/** Answers that are computed together. */
const TOGETHER = 32;

/** Loads the model of a run folder, and asks it once. @throws Error naming what is wrong with it. */
export async function loadServed({ run: folder, index, ...foldIn }: ServedOptions): Promise<ServedModel> {
  const run = await openRun(folder), { ids, catalogue, backbone, weights } = run;
  for (const [name, { data }] of weights) {
    if (!data.every(Number.isFinite)) throw new RangeError(`Cannot serve "${folder}": weight "${name}" is not finite`);
  }
  const runtime = await openRuntime({ provider: "wasm" });
  await runtime.load(weights);
  const answers = await (index ? indexedAnswers : openAnswers)(runtime, run, foldIn);
  const directions = await itemDirections(runtime, backbone, catalogue), nearest = await openNearest(directions);
  await runtime.dispose();
  const { data, width } = directions, users = namedIds(ids.users), items = namedIds(ids.items);
  const knows = learnt(run),
    userOf = (name: string) => {
      const user = users.indexOf(name);
      return user !== undefined && (backbone.written || knows(user)) ? user : undefined; // a file may come trained
    };
  const recommend = batched(async (asks: readonly (readonly [Ask, number])[]) => {
    const lists = await answers.recommend(asks.map(([ask]) => ask), Math.max(...asks.map(([, top]) => top)));
    return lists.map((list, at) => list.slice(0, asks[at]![1]));
  }, TOGETHER);
  const similar = batched(async (asks: readonly (readonly [item: number, top: number, barred?: Int32Array])[]) => {
    const queries = new Float32Array(asks.length * width), top = Math.max(...asks.map(([, top]) => top));
    asks.forEach(([item], row) => queries.set(data.subarray(item * width, (item + 1) * width), row * width));
    const found = await nearest.search(queries, top, (row) => hiding([asks[row]![0]], asks[row]![2]));
    return asks.map(([, top], row) => rankedIn(found, row).slice(0, top));
  }, TOGETHER);
  let using = 0, retired = false;
  const release = () => {
    if (retired && using === 0) void Promise.all([answers.dispose(), nearest.dispose()]);
  };
  const use = async <T>(answer: Promise<T>): Promise<T> => {
    using++;
    try {
      return await answer;
    } finally {
      using--;
      release();
    }
  };
  await recommend([{ user: 0 }, 1]);
  return {
    ...{ ids, backbone: run.name, loaded: new Date(), userOf, itemOf: items.indexOf },
    ...answers.noNew !== undefined && { noNew: answers.noNew },
    recommend: (ask, top) => use(recommend([ask, top])),
    similar: (item, top, barred) => use(similar(barred ? [item, top, barred] : [item, top])),
    retire() {
      retired = true;
      release();
    },
  };
}
