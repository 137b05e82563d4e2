import { type Catalogue, catalogue as catalogueOf } from "../datasets/catalogue.ts";
import { interactions } from "../datasets/interactions.ts";
import { joined } from "../datasets/joined.ts";
import { type Met, SeenItems } from "../datasets/negatives.ts";
import { Rng } from "../random/rng.ts";
import type { Sampler } from "../samplers/sampler.ts";
import { batchesOf } from "./batches.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { openDrawThread } from "./draw_ahead.ts";
import { type EpochDone, type Opened, type Position, runEpoch } from "./epoch.ts";
import { compilePlayers } from "./players.ts";
import { openProbe } from "./probe.ts";
import type { Recipe } from "./recipe.ts";
import { StepFeeds } from "./step_feeds.ts";
import { openWatch } from "./watch.ts";

/** The random stream of samplers. */
const STREAM = "sampler";

/** Everything a run holds open: compiled steps, the sampler, and the random streams. */
export interface Run {
  /** Runs an epoch from `start` on. */
  epoch(epoch: number, start: Position, keep: (at: Position & { epoch: number }) => Promise<void>): Promise<EpochDone>;
  /** A copy of what the sampler keeps between steps. */
  samplerState(): Checkpoint["samplerState"];
  dispose(): Promise<void>;
}

/** Opens a run. @throws TypeError where the recipe does not fit together, RangeError where a number of it cannot be. */
export async function openRun(recipe: Recipe): Promise<Run> {
  const { runtime, backbone, seed = 0, batchSize = 2048, dropLast = false, epochs = 100 } = recipe;
  const { visit = "interactions", drawAhead = true } = recipe;
  checkNumbers({ ...recipe, batchSize, epochs });
  const catalogue = catalogueOf(recipe.data, recipe.metadata);
  const seen = new SeenItems(excludedOf(recipe, catalogue), recipe.distinct);
  const batches = batchesOf({ ...recipe, visit }, catalogue, seen, { size: batchSize, dropLast }),
    { padded, caps } = batches;
  const order = new Rng(seed, "order"), { steps } = batches.plan(0, order);
  if (steps === 0) {
    throw new TypeError(
      `Cannot train: ${batches.count} interactions make no batch of ${batchSize}` +
        whyNone(recipe, batches.count, seen) +
        (dropLast ? '; a smaller "batchSize", or "dropLast: false", would' : ""),
    );
  }
  const sampler = recipe.sampler({ catalogue, seen, rows: batchSize, epochs, visit });
  if (recipe.resume) {
    await runtime.load(recipe.resume.tensors);
    restore(sampler, recipe.resume.samplerState);
  } else if (recipe.initial) await runtime.load(recipe.initial);
  const players = await compilePlayers(recipe, {
    ...{ catalogue, sampler, batchSize, padded },
    ...caps && { histories: caps },
  });
  const probe = openProbe(runtime, backbone, catalogue);
  const watch = players.watching && openWatch(catalogue, players.watching, steps, recipe.heldOut ?? [], seen);
  const ahead = drawAhead ? openDrawThread(seen, seed, STREAM) : undefined;
  const opened: Opened = {
    ...{ recipe, batches, order, sampler, ahead, players, watch, probe },
    drawing: { catalogue, seen, rng: new Rng(seed, STREAM), probe },
    feeds: new StepFeeds(sampler, players, { batchSize, seed }),
  };
  return {
    epoch: (epoch, start, keep) => runEpoch(opened, epoch, start, keep),
    samplerState: () =>
      Object.fromEntries(Object.entries(sampler.state ?? {}).map(([name, data]) => [name, data.slice()])),
    dispose: async () => {
      ahead?.dispose();
      await players.dispose();
      await probe.dispose();
    },
  };
}

/** Why a recipe has no rows to train on, where it has interactions. */
function whyNone({ data: { users } }: Recipe, count: number, seen: SeenItems): string {
  if (count > 0 || users.length === 0) return "";
  return users.every((user) => seen.unseenCount(user) === 0)
    ? `: all ${users.length} are of users who have met every item, which leaves no negative`
    : ": histories teach each item by those before it, and no user who has not met every item has two";
}

/** Numbers of a recipe, and the least that each may be. */
const LEAST = { batchSize: 1, epochs: 1, until: 0, evaluateEvery: 1, patience: 1 } as const;
/** Those that may also be Infinity. */
const ENDLESS: readonly string[] = ["until", "evaluateEvery", "patience"];

function checkNumbers(recipe: Recipe): void {
  for (const [name, least] of Object.entries(LEAST)) {
    const found = recipe[name as keyof typeof LEAST];
    if (found === undefined || found === Infinity && ENDLESS.includes(name)) continue;
    if (Number.isInteger(found) && found >= least) continue;
    throw new RangeError(`Cannot train with "${name}" ${found}: it is a whole number of at least ${least}`);
  }
  const { l2 = 0 } = recipe;
  if (!(l2 >= 0 && l2 < Infinity)) throw new RangeError(`Cannot train with "l2" ${l2}: it is a number of at least 0`);
}

function restore(sampler: Sampler, saved: Checkpoint["samplerState"]): void {
  if (sampler.restore) return sampler.restore(saved);
  for (const [name, kept] of Object.entries(sampler.state ?? {})) {
    const found = saved[name];
    if ((found?.length ?? 0) !== kept.length) {
      throw new TypeError(
        `Cannot resume: the sampler keeps "${name}" of ${kept.length} elements, the checkpoint has ` +
          (found ? `${found.length}` : `no "${name}"`),
      );
    }
    kept.set(found ?? []);
  }
}

/** Who has met what, as far as it is never drawn as a negative. */
function excludedOf({ data: { userCount, itemCount }, excluded }: Recipe, catalogue: Catalogue): Met {
  if (!excluded) return catalogue;
  const nothing = interactions({ users: [], items: [], userCount, itemCount });
  return catalogueOf(excluded.reduce(joined, nothing));
}
