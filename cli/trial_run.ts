import type { Runtime } from "../runtime/runtime.ts";
import type { Protocol } from "../studies/protocol.ts";
import { runTrial, type TrialRecipe } from "../studies/trial.ts";
import type { Checkpoint } from "../training/checkpoint.ts";
import type { EpochReport } from "../training/recipe.ts";
import { exists, readText, writeWhole } from "./files.ts";
import { runFiles, writeCheckpoint } from "./run_folder.ts";

/** A step that was made. */
export type StepDone = Parameters<NonNullable<TrialRecipe["onStep"]>>[0];

/** Where a run that stopped goes on, in words. */
export const goesOn = ({ epoch, step }: Checkpoint): string => `goes on at epoch ${epoch}, step ${step}`;

/** A trial whose log and checkpoints lie in a folder. */
export interface TrialRun {
  readonly folder: string;
  /** What its checkpoints belong to. */
  readonly fingerprint: string;
  readonly runtime: Runtime;
  readonly protocol: Protocol;
  readonly recipe: Omit<TrialRecipe, "onStep" | "keep"> & { readonly epochs: number };
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
  { folder, fingerprint, runtime, protocol, recipe, onEpoch, onStep }: TrialRun,
): Promise<readonly EpochReport[]> {
  const reports = recipe.resume ? await readLog(folder, recipe.resume.epoch) : [];
  const saveLog = () =>
    writeWhole(`${folder}/${runFiles.log}`, reports.map((report) => `${JSON.stringify(report)}\n`).join(""));
  const keep = (checkpoint: Checkpoint) => writeCheckpoint(folder, checkpoint, fingerprint);
  const following = { ...recipe, keep, onStep: (step: StepDone) => onStep(step, reports.at(-1)) };
  try {
    for await (const report of runTrial(runtime, protocol, following)) {
      reports.push(report);
      if (report.metrics || report.epoch === recipe.epochs - 1) await saveLog();
      onEpoch(report);
    }
  } catch (error) {
    await saveLog();
    throw error;
  }
  return reports;
}

/** The reports of the epochs before `epoch`, as an earlier part of the run logged them: none where it was killed first. */
async function readLog(folder: string, epoch: number): Promise<EpochReport[]> {
  if (!await exists(`${folder}/${runFiles.log}`)) return [];
  const lines = (await readText(`${folder}/${runFiles.log}`, "the log of run")).split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as EpochReport).filter((report) => report.epoch < epoch);
}
