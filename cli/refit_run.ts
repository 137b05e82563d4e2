import { historyBatches } from "../datasets/history_batches.ts";
import { SeenItems } from "../datasets/negatives.ts";
import type { Backbone } from "../models/backbone.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Protocol } from "../studies/protocol.ts";
import { refitted } from "../studies/refitted.ts";
import type { EpochReport } from "../training/recipe.ts";
import { makeFolder, removeWritten } from "./files.ts";
import { runFiles } from "./run_files.ts";
import { readCheckpoint } from "./run_folder.ts";
import type { TrainValues } from "./train_options.ts";
import { runInFolder, type TrialRun } from "./trial_run.ts";

/** A run that picked an epoch, and what it is trained anew with. */
export interface Refit extends Omit<TrialRun, "runtime" | "until" | "onEpoch" | "recipe"> {
  readonly recipe: Omit<TrialRun["recipe"], "resume">;
  /** What the first run came to. */
  readonly reports: readonly EpochReport[];
  /** Whether what is in its folder may be it, further on. */
  readonly goOn: boolean;
  /** Opens a runtime whose variables are as at the start of the first run. */
  readonly open: () => Promise<Runtime>;
}

/** @throws TypeError where there is no epoch that held-out interactions could pick. */
export function checkRefit({ refit, select }: { readonly refit: boolean; readonly select: string }): void {
  if (!refit || select === "valid") return;
  throw new TypeError(
    `Cannot use --refit with --select ${select}: only held-out interactions can be trained on as well`,
  );
}

/**
 * What was held out makes histories longer: a batch that holds those of the first training may be too small for them,
 * which is said before either.
 *
 * @throws RangeError naming the size that it takes.
 */
export function checkRefitBatches(
  { batchSize: size, dropLast, exclude }: Pick<TrainValues, "batchSize" | "dropLast" | "exclude">,
  { history }: Backbone,
  protocol: Protocol,
): void {
  if (!history) return;
  const { catalogue } = refitted(protocol), seen = new SeenItems(catalogue);
  const learns = (user: number) => exclude === "none" || seen.unseenCount(user) > 0;
  historyBatches(catalogue.sequences(), history, { size, dropLast }, learns);
}

/** Removes what a refit has left in a run's folder, and nothing else that may lie there. */
export async function removeRefit(folder: string): Promise<void> {
  const own = `${folder}/${runFiles.refit}`;
  for (const file of [runFiles.checkpoint, runFiles.log]) await removeWritten(`${own}/${file}`);
  await Deno.remove(own).catch(() => {}); // what is not empty stays, and so does a file
}

/**
 * Trains anew, in a folder of its own within the run's, on what was held out to select by as well, for as many epochs as
 * were picked. What sampler and loss do by the number of epochs stays as it was.
 *
 * @throws the signal's reason, where it stops the run.
 */
export async function refitInFolder(
  { folder, protocol, recipe, reports, goOn, open, ...rest }: Refit,
): Promise<{ readonly runtime: Runtime; readonly protocol: Protocol }> {
  const own = `${folder}/${runFiles.refit}`, whole = refitted(protocol), until = reports.at(-1)!.best!.epoch + 1;
  if (!goOn) await removeRefit(folder);
  await makeFolder(own);
  const resume = await readCheckpoint(own, rest.fingerprint, rest.facts);
  const runtime = await open();
  try {
    await runInFolder({
      ...{ ...rest, folder: own, protocol: whole, runtime, until },
      recipe: { ...recipe, ...resume && { resume } },
      onEpoch: () => {},
    });
  } catch (error) {
    await runtime.dispose();
    throw error;
  }
  return { runtime, protocol: whole };
}
