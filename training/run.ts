import type { Batch } from "../datasets/batching.ts";
import { type Catalogue, catalogue as catalogueOf } from "../datasets/catalogue.ts";
import { interactions } from "../datasets/interactions.ts";
import { joined } from "../datasets/joined.ts";
import { type Met, SeenItems } from "../datasets/negatives.ts";
import type { TensorData } from "../graphs/tensor.ts";
import { historyFeeds } from "../models/history_inputs.ts";
import { Rng } from "../random/rng.ts";
import type { Result } from "../runtime/runtime.ts";
import type { Draw, Proposed, Sampler } from "../samplers/sampler.ts";
import { batchesOf } from "./batches.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { openDrawThread } from "./draw_ahead.ts";
import { compilePlayers, type Player } from "./players.ts";
import { openProbe } from "./probe.ts";
import type { NegativesReport } from "./negatives_report.ts";
import type { Recipe, Seconds } from "./recipe.ts";
import { SCOPES } from "./scopes.ts";
import { proposedInput, stepInputs } from "./step.ts";
import { openWatch } from "./watch.ts";

/** On WebGPU a readback waits about 11 ms, so losses are read this many steps at a time. */
const STEPS_PER_READ = 32;

/** The random stream of samplers. */
const STREAM = "sampler";

/** How far into an epoch a run is. */
export interface Position {
  readonly step: number;
  /** Sums over the steps before, by output of a step: `loss`, `auxiliary` and what was measured. */
  readonly sums: Readonly<Record<string, number>>;
}

/** Where an epoch starts. */
export const START: Position = { step: 0, sums: {} };

/** What an epoch did. */
export interface EpochDone {
  readonly steps: number;
  readonly lossSum: number;
  /** What is lost beside it, averaged over steps. */
  readonly auxiliary?: number;
  /** What the sampler and the loss measured, and side tasks lost, averaged likewise. */
  readonly measures?: Readonly<Record<string, number>>;
  readonly negatives?: NegativesReport;
  readonly seconds: Seconds;
}

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
  const { runtime, backbone, loss, seed = 0, batchSize = 2048, dropLast = false, epochs = 100 } = recipe;
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
  const rng = new Rng(seed, STREAM), ahead = drawAhead ? openDrawThread(seen, seed, STREAM) : undefined;
  const noises = players.noises.map((noise) => ({ ...noise, rng: new Rng(seed, noise.name) }));
  const drawn = (epoch: number, step: number, batch: Batch) => {
    const fed = noises.map(({ name, length, normal, rng }): [string, TensorData] => {
      const stream = rng.seek(epoch, step), noise = new Float32Array(length);
      if (normal) { for (let at = 0; at < length; at++) noise[at] = stream.normal(); }
      else stream.fillUniform(noise);
      return [name, noise];
    });
    return { ...Object.fromEntries(fed), ...alike(batch, fed.filter((_, at) => noises[at]!.perRow)) };
  };
  /** What rows are fed, each by itself. */
  const perRow = Object.entries(sampler.proposes).flatMap(([name, feed]) =>
    typeof feed === "number" || (feed.shape[0] === batchSize && !feed.shared) ? [name] : []
  );

  return {
    samplerState: () =>
      Object.fromEntries(Object.entries(sampler.state ?? {}).map(([name, data]) => [name, data.slice()])),
    dispose: async () => {
      ahead?.dispose();
      await players.dispose();
      await probe.dispose();
    },
    async epoch(epoch, start, keep) {
      const visiting = batches.plan(epoch, order),
        { steps } = visiting,
        draw: Draw = { catalogue, seen, rng, epoch, probe, ...ahead && { ahead } };
      const player: Player = players.of(epoch), pending: Pending[] = [];
      const spent = { sampling: 0, scoring: 0, updating: 0, evaluating: 0 };
      const perRead = sampler.observe || runtime.provider !== "webgpu" ? 1 : STEPS_PER_READ;
      const sums: Record<string, number> = { ...start.sums };
      const summed = ["loss", "auxiliary", ...players.measures.map(({ output }) => output)];
      const settle = async () => {
        const since = performance.now(), found = await runtime.read(pending.map(({ result }) => result));
        spent.scoring += performance.now() - since;
        found.forEach((outputs, at) => {
          const { batch, step, proposed } = pending[at]!;
          const loss = (outputs.loss![0] as number) + (outputs.auxiliary?.[0] as number ?? 0);
          if (!Number.isFinite(loss)) throw notFinite(loss, epoch, step);
          for (const output of summed) {
            const value = outputs[output]?.[0] as number | undefined;
            if (value !== undefined) sums[output] = (sums[output] ?? 0) + value;
          }
          const t0 = performance.now();
          sampler.observe?.(outputs as Record<string, Int32Array | Float32Array>, batch, proposed);
          const t1 = performance.now();
          watch?.see(outputs, batch);
          spent.sampling += t1 - t0;
          spent.evaluating += performance.now() - t1;
        });
        pending.length = 0;
      };
      if (start.step === 0) {
        const since = performance.now();
        if (loss.frozen && isDue(loss.frozen.refresh, epoch)) await freeze(recipe);
        await sampler.beginEpoch?.(draw);
        spent.sampling += performance.now() - since;
      }
      let upcoming: Batch | undefined;
      for (let step = start.step; step < steps; step++) {
        const t0 = performance.now();
        const batch: Batch = upcoming ?? visiting.at(step);
        const proposed = await sampler.propose(batch, draw), tasks = players.taskFeeds(batch, epoch);
        upcoming = step + 1 < steps ? visiting.at(step + 1) : undefined;
        if (upcoming) ahead?.expect(upcoming, epoch);
        const t1 = performance.now();
        const feeds = {
          ...feedsOf(batch, { ...proposed, ...alike(batch, perRow.map((name) => [name, proposed[name]!])) }, epoch),
          ...{ ...tasks, ...alike(batch, Object.entries(tasks)) },
          ...drawn(epoch, step, batch),
        };
        const result = await player.start(feeds), { updating = 0 } = result;
        spent.sampling += t1 - t0;
        spent.scoring += performance.now() - t1 - updating;
        spent.updating += updating;
        pending.push({ batch, step, proposed, result });
        if (pending.length === perRead || step === steps - 1) await settle();
        recipe.onStep?.({ epoch, step, steps });
        if (recipe.signal?.aborted) {
          await settle();
          await keep({ epoch, step: step + 1, sums });
          recipe.signal.throwIfAborted();
        }
      }
      const since = performance.now(), negatives = watch && await watch.report(probe);
      spent.evaluating += performance.now() - since;
      const mean = (output: string) => sums[output]! / steps;
      const inSeconds = (of: keyof typeof spent) => spent[of] / 1000;
      return {
        steps,
        lossSum: sums.loss!,
        ...sums.auxiliary !== undefined && { auxiliary: mean("auxiliary") },
        ...players.measures.length > 0 && {
          measures: Object.fromEntries(players.measures.map(({ name, output }) => [name, mean(output)])),
        },
        ...negatives && { negatives },
        seconds: {
          sampling: inSeconds("sampling"),
          scoring: inSeconds("scoring"),
          updating: inSeconds("updating"),
          evaluating: inSeconds("evaluating"),
        },
      };
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
  for (const [name, kept] of Object.entries(sampler.state ?? {})) kept.set(saved[name] ?? []);
}

interface Pending {
  readonly batch: Batch;
  readonly step: number;
  readonly proposed: Proposed;
  readonly result: Result;
}

const isDue = (refresh: number, epoch: number) => epoch === 0 || (refresh > 0 && epoch % refresh === 0);

/** Copies the model into the variables that the loss compares with. */
async function freeze({ runtime }: Recipe): Promise<void> {
  const prefix = `${SCOPES.frozen}/`, saved = await runtime.save((name) => !name.includes("#"));
  const copies = [...saved].flatMap(([name]): [string, NonNullable<ReturnType<typeof saved.get>>][] => {
    const model = name.startsWith(prefix) ? saved.get(name.slice(prefix.length)) : undefined;
    return model ? [[name, model]] : [];
  });
  await runtime.load(new Map(copies));
}

/**
 * What is fed where rows pad a batch: they are as its first row, as their user and positive are. So they choose no item that
 * the batch would not, and an optimiser that moves the rows a step touches moves no others.
 */
function alike(
  { users: { length }, rows }: Batch,
  fed: readonly (readonly [string, TensorData])[],
): Readonly<Record<string, TensorData>> {
  return Object.fromEntries(
    (rows < length ? fed : []).map(([name, given]) => {
      const data = given.slice(), width = data.length / length;
      for (let row = rows; row < length; row++) data.copyWithin(row * width, 0, width);
      return [name, data];
    }),
  );
}

function feedsOf(
  batch: Batch,
  proposed: Readonly<Record<string, TensorData>>,
  epoch: number,
): Record<string, TensorData> {
  const size = batch.users.length;
  return {
    [stepInputs.users]: batch.users,
    [stepInputs.positives]: batch.positives,
    [stepInputs.rows]: new Float32Array(size).fill(1, 0, batch.rows),
    [stepInputs.epoch]: Float32Array.of(epoch),
    ...batch.history && historyFeeds(batch.history),
    ...Object.fromEntries(Object.entries(proposed).map(([name, fed]) => [proposedInput(name), fed])),
  };
}

/** Who has met what, as far as it is never drawn as a negative. */
function excludedOf({ data: { userCount, itemCount }, excluded }: Recipe, catalogue: Catalogue): Met {
  if (!excluded) return catalogue;
  const nothing = interactions({ users: [], items: [], userCount, itemCount });
  return catalogueOf(excluded.reduce(joined, nothing));
}

function notFinite(value: number, epoch: number, step: number): RangeError {
  return new RangeError(
    `Training stopped: the loss is ${value} at epoch ${epoch}, step ${step}; a smaller learning rate often helps`,
  );
}
