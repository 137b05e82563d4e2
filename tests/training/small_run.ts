import { type Catalogue, catalogue } from "../../datasets/catalogue.ts";
import { idsBelow } from "../../datasets/ids_below.ts";
import { type Interactions, interactions } from "../../datasets/interactions.ts";
import type { Metadata } from "../../datasets/metadata.ts";
import { fullRanking } from "../../evaluation/full_ranking.ts";
import { bpr } from "../../losses/bpr.ts";
import { mf } from "../../models/mf.ts";
import { Rng } from "../../random/rng.ts";
import { openRuntime } from "../../runtime/providers.ts";
import type { Provider, Runtime, SavedTensor } from "../../runtime/runtime.ts";
import type { Backbone } from "../../models/backbone.ts";
import { SeenItems } from "../../datasets/negatives.ts";
import { openProbe } from "../../training/probe.ts";
import { rns } from "../../samplers/rns.ts";
import { adam } from "../../training/optimizers.ts";
import type { EpochReport, Recipe } from "../../training/recipe.ts";
import { train } from "../../training/trainer.ts";

/** 12 users and 20 items; a user has met each item with probability 1/3, and a fifth of that is held out. */
export function smallLog(): { readonly train: Interactions; readonly held: Interactions } {
  const rng = new Rng(9, "small log"), parts = [0, 1].map(() => ({ users: [] as number[], items: [] as number[] }));
  for (let user = 0; user < 12; user++) {
    for (let item = 0; item < 20; item++) {
      if (rng.below(3) > 0) continue;
      const part = parts[rng.below(5) === 0 ? 1 : 0]!;
      part.users.push(user);
      part.items.push(item);
    }
  }
  const [train, held] = parts.map((part) => interactions({ ...part, userCount: 12, itemCount: 20 }));
  return { train: train!, held: held! };
}

/** What a run did: reports without their seconds, and the variables it left. */
export interface Ran {
  readonly reports: readonly Omit<EpochReport, "seconds">[];
  readonly saved: ReadonlyMap<string, SavedTensor>;
  /** Share of pairs (train positive, unseen item) that the trained model orders right, where that was asked for. */
  readonly accuracy?: number;
  /** What ended it early. */
  readonly error?: unknown;
}

/** A recipe's parts, and where to run it. */
export interface SmallOptions extends Partial<Recipe> {
  readonly provider?: Provider;
  /** Seed of the initial variables. */
  readonly start?: number;
  /** Evaluate by full ranking, select by ndcg@5. */
  readonly ranked?: boolean;
  /** Measure how many pairs the trained model orders right. */
  readonly measured?: boolean;
  /** Leave the loop after this epoch's report. */
  readonly breakAfter?: number;
}

/** Trains on the small log, by default mf of width 4 with rns, bpr and adam, 3 epochs in batches of 16. */
export async function smallRun(
  { provider = "wasm", start = 1, ranked = false, measured = false, breakAfter = Infinity, ...given }: SmallOptions =
    {},
): Promise<Ran> {
  const runtime = await openRuntime({ provider, seed: start }), log = smallLog(), backbone = mf({ dim: 4 });
  const evaluator = ranked
    ? await fullRanking(runtime, given.backbone ?? backbone, catalogue(log.train, given.metadata), log.held, {
      metrics: ["ndcg@5"],
    })
    : null;
  const reports: Omit<EpochReport, "seconds">[] = [];
  let failure: { readonly error?: unknown } = {};
  try {
    const recipe: Recipe = {
      runtime,
      data: log.train,
      backbone,
      sampler: rns(),
      loss: bpr(),
      optimizer: adam({ lr: 0.05 }),
      batchSize: 16,
      epochs: 3,
      diagnose: false,
      ...(evaluator && { evaluate: async () => (await evaluator.evaluate()).metrics, selectBy: "ndcg@5" }),
      ...given,
    };
    for await (const { seconds: _, ...report } of train(recipe)) {
      reports.push(report);
      if (report.epoch === breakAfter) break;
    }
  } catch (error) {
    failure = { error };
  }
  const saved = await runtime.save();
  const accuracy = measured ? await pairAccuracy(runtime, given.backbone ?? backbone, given.metadata) : undefined;
  await evaluator?.dispose();
  await runtime.dispose();
  return { reports, saved, ...accuracy !== undefined && { accuracy }, ...failure };
}

async function pairAccuracy(runtime: Runtime, backbone: Backbone, metadata?: Metadata): Promise<number> {
  const of = catalogue(smallLog().train, metadata), seen = new SeenItems(of);
  const asked = backbone.history ? afterEachPrefix(of) : { of, users: idsBelow(of.users), wanted: undefined };
  const probe = openProbe(runtime, backbone, asked.of), ids = idsBelow(asked.users.length), items = idsBelow(of.items);
  const scores = await probe.score(ids, Int32Array.from([...ids].flatMap(() => [...items])));
  let right = 0, pairs = 0;
  for (const row of ids) {
    const user = asked.users[row]!, scored = (item: number) => scores[row * of.items + item]!;
    const positives = asked.wanted ? [asked.wanted[row]!] : items.filter((item) => seen.has(user, item));
    for (const positive of positives) {
      for (const negative of items.filter((item) => !seen.has(user, item))) {
        pairs++;
        if (scored(positive) > scored(negative)) right++;
      }
    }
  }
  await probe.dispose();
  return right / pairs;
}

/** What a model of histories was taught: a row for each item but a user's first, asked after those before it. */
function afterEachPrefix(of: Catalogue) {
  const { offsets, items } = of.sequences(), users: number[] = [], wanted: number[] = [], read: number[][] = [];
  for (let user = 0; user < of.users; user++) {
    for (let at = offsets[user]! + 1; at < offsets[user + 1]!; at++) {
      users.push(user);
      wanted.push(items[at]!);
      read.push([...items.subarray(offsets[user], at)]);
    }
  }
  const starts = Int32Array.from([0, ...read].map((_, at) => read.slice(0, at).flat().length));
  const prefixes = { offsets: starts, items: Int32Array.from(read.flat()) };
  return { of: { ...of, users: users.length, sequences: () => prefixes }, users: Int32Array.from(users), wanted };
}

/** Only what the model is made of. */
export const variablesOf = ({ saved }: Ran): ReadonlyMap<string, SavedTensor> =>
  new Map([...saved].filter(([name]) => !name.includes("#")));
