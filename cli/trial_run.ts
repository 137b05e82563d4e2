import type { Runtime } from "../runtime/runtime.ts";
import type { Protocol } from "../studies/protocol.ts";
import { runTrial, type TrialRecipe } from "../studies/trial.ts";
import type { Checkpoint } from "../training/checkpoint.ts";
import type { EpochReport } from "../training/recipe.ts";
import { writeWhole } from "./files.ts";
import type { RunFacts } from "./run_facts.ts";
import { runFiles } from "./run_files.ts";
import { writeCheckpoint } from "./run_folder.ts";

/** A step that was made. */
export type StepDone = Parameters<NonNullable<TrialRecipe["onStep"]>>[0];

/** Where a run that stopped goes on, in words. */
export const goesOn = ({ epoch, step }: Checkpoint): string => `goes on at epoch ${epoch}, step ${step}`;

/** A trial whose log and checkpoints lie in a folder. */
export interface TrialRun {
  readonly folder: string;
  /** What its checkpoints belong to. */
  readonly fingerprint: string;
  /** What that is a digest of, to say what has become another. */
  readonly facts?: RunFacts;
  readonly runtime: Runtime;
  readonly protocol: Protocol;
  readonly recipe: Omit<TrialRecipe, "onStep" | "keep"> & { readonly epochs: number };
  /** Stops after so many epochs, of which the last must be one that is evaluated: its checkpoint is then written. */
  readonly until?: number;
  /** Called once, before anything is written: whatever fails earlier leaves the folder as it was. */
  readonly begin?: () => Promise<void>;
  readonly onEpoch: (report: EpochReport) => void;
  /** Called after each step, with the last epoch that is done. */
  readonly onStep: (step: StepDone, last: EpochReport | undefined) => void;
}

/**
 * Trains in a folder, which must be there. Returns the reports of every epoch, those of a resumed run included.
 *
 * @throws the signal's reason, where it stops the run; the checkpoint and the log are then written.
 */
export async function runInFolder(
  { folder, fingerprint, facts, runtime, protocol, recipe, until, begin, onEpoch, onStep }: TrialRun,
): Promise<readonly EpochReport[]> {
  const reports = [...recipe.resume?.reports ?? []];
  // the log is written out of what the checkpoint holds, so whenever a run is killed they tell of the same epochs
  const log = (reports: readonly EpochReport[]) =>
    writeWhole(`${folder}/${runFiles.log}`, reports.map((report) => `${JSON.stringify(report)}\n`).join(""));
  let begun = begin === undefined;
  const start = async () => {
    if (!begun) await begin?.();
    begun = true;
  };
  const keep = async (checkpoint: Checkpoint) => {
    await start();
    await writeCheckpoint(folder, checkpoint, fingerprint, facts);
    await log(checkpoint.reports);
  };
  const following = {
    ...{ ...recipe, keep, onStep: (step: StepDone) => onStep(step, reports.at(-1)) },
    ...until !== undefined && { until },
  };
  try {
    for await (const report of runTrial(runtime, protocol, following)) {
      reports.push(report);
      onEpoch(report);
    }
  } catch (error) {
    if (begun) await log(reports).catch(() => {}); // what went wrong first is what is told
    throw error;
  }
  await start();
  await log(reports);
  return reports;
}
