import type { Batch, Batches } from "../datasets/batching.ts";
import type { Rng } from "../random/rng.ts";
import type { Result } from "../runtime/runtime.ts";
import { isState } from "../runtime/update.ts";
import type { Draw, Probe, Proposed, Sampler } from "../samplers/sampler.ts";
import type { DrawThread } from "./draw_ahead.ts";
import { EpochSums, type EpochTotals, type Sums } from "./epoch_sums.ts";
import type { NegativesReport } from "./negatives_report.ts";
import type { Players } from "./players.ts";
import type { Recipe, Seconds } from "./recipe.ts";
import { SCOPES } from "./scopes.ts";
import type { StepFeeds } from "./step_feeds.ts";
import { Stopwatch } from "./stopwatch.ts";
import type { Watch } from "./watch.ts";

/** On WebGPU a readback waits about 11 ms, so losses are read this many steps at a time. */
const STEPS_PER_READ = 32;

/** How far into an epoch a run is. */
export interface Position {
  readonly step: number;
  readonly sums: Sums;
}

/** Where an epoch starts. */
export const START: Position = { step: 0, sums: {} };

/** What an epoch did. */
export interface EpochDone extends EpochTotals {
  readonly steps: number;
  readonly negatives?: NegativesReport;
  readonly seconds: Seconds;
}

/** What an epoch works with: all that a run has opened. */
export interface Opened {
  readonly recipe: Recipe;
  readonly batches: Batches;
  /** Decides the order of the batches' rows. */
  readonly order: Rng;
  readonly sampler: Sampler;
  readonly drawing: Omit<Draw, "epoch" | "ahead">;
  readonly ahead: DrawThread | undefined;
  readonly players: Players;
  readonly feeds: StepFeeds;
  readonly watch: Watch | undefined;
  readonly probe: Probe;
}

/** A step that has been started, and whose outputs have not been read. */
interface Pending {
  readonly batch: Batch;
  readonly step: number;
  readonly proposed: Proposed;
  readonly result: Result;
}

/**
 * Runs an epoch from `start` on. Where the recipe's signal stops it, `keep` is told how far it has come.
 *
 * @throws RangeError where a loss is not finite, or the sampler proposes NaN, naming epoch and step.
 * @throws the signal's reason, where it stops the run; `keep` has then been called.
 */
export async function runEpoch(
  run: Opened,
  epoch: number,
  start: Position,
  keep: (at: Position & { epoch: number }) => Promise<void>,
): Promise<EpochDone> {
  const { recipe, sampler, players, ahead, watch } = run, { runtime, loss, signal } = recipe;
  const player = players.of(epoch), visiting = run.batches.plan(epoch, run.order), { steps } = visiting;
  const draw: Draw = { ...run.drawing, epoch, ...ahead && { ahead } };
  const spent = new Stopwatch(), sums = new EpochSums(players.measures, start.sums), pending: Pending[] = [];
  const perRead = sampler.observe || runtime.provider !== "webgpu" ? 1 : STEPS_PER_READ;

  const settle = async () => {
    spent.start();
    const found = await runtime.read(pending.map(({ result }) => result));
    spent.lap("scoring");
    for (const [at, outputs] of found.entries()) {
      const { batch, step, proposed } = pending[at]!;
      sums.add(outputs, epoch, step);
      spent.start();
      await sampler.observe?.(outputs as Parameters<NonNullable<Sampler["observe"]>>[0], batch, proposed);
      spent.lap("sampling");
      watch?.see(outputs, batch);
      spent.lap("evaluating");
    }
    pending.length = 0;
  };

  if (start.step === 0) {
    spent.start();
    if (loss.frozen && isDue(loss.frozen.refresh, epoch)) await freeze(recipe);
    await sampler.beginEpoch?.(draw);
    spent.lap("sampling");
  }
  let upcoming: Batch | undefined;
  for (let step = start.step; step < steps; step++) {
    spent.start();
    const batch: Batch = upcoming ?? visiting.at(step), proposed = await sampler.propose(batch, draw);
    upcoming = step + 1 < steps ? visiting.at(step + 1) : undefined;
    if (upcoming) ahead?.expect(upcoming, epoch);
    const feeds = run.feeds.of(batch, proposed, epoch, step);
    spent.lap("sampling");
    const result = await player.start(feeds);
    spent.lap("scoring", result.updating);
    pending.push({ batch, step, proposed, result });
    if (pending.length === perRead || step === steps - 1) await settle();
    recipe.onStep?.({ epoch, step, steps });
    if (signal?.aborted) {
      await settle();
      await keep({ epoch, step: step + 1, sums: sums.sofar });
      signal.throwIfAborted();
    }
  }
  spent.start();
  const negatives = await watch?.report(run.probe);
  spent.lap("evaluating");
  return { steps, ...sums.over(steps), ...negatives && { negatives }, seconds: spent.seconds() };
}

const isDue = (refresh: number, epoch: number) => epoch === 0 || (refresh > 0 && epoch % refresh === 0);

/** Copies the model into the variables that the loss compares with. */
async function freeze({ runtime }: Recipe): Promise<void> {
  const prefix = `${SCOPES.frozen}/`, saved = await runtime.save((name) => !isState(name));
  const copies = [...saved].flatMap(([name]): [string, NonNullable<ReturnType<typeof saved.get>>][] => {
    const model = name.startsWith(prefix) ? saved.get(name.slice(prefix.length)) : undefined;
    return model ? [[name, model]] : [];
  });
  await runtime.load(new Map(copies));
}
