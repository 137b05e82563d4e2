import type { Checkpoint } from "../training/checkpoint.ts";
import { copyWhole, exists, makeFolder } from "./files.ts";
import { readConfig } from "./flags.ts";
import type { Output } from "./output.ts";
import type { OpenedProtocol } from "./protocol_options.ts";
import { runFiles } from "./run_files.ts";
import { readCheckpoint } from "./run_folder.ts";
import { checkpointOf, type SearchTrial } from "./search_trial.ts";
import { makeRecipe } from "./train_parts.ts";
import { forgetResults, trainRun } from "./train_run.ts";
import { withoutTest } from "./search_protocol.ts";

/** The best trial of a search, and where it is to become a run of `train`. */
export interface Winner {
  readonly trial: SearchTrial;
  readonly opened: OpenedProtocol;
  readonly folder: string;
  /** Whether a run that is there may be it, further on. */
  readonly goOn: boolean;
  readonly signal: AbortSignal;
  readonly output: Output;
}

/** Trains the best trial to its end, from where the search left it, and tests it: once. False where `signal` stopped it. */
export async function trainWinner({ trial, opened, folder, goOn, signal, output }: Winner): Promise<boolean> {
  const values = { ...trial.values, out: folder }, { facts, fingerprint } = trial;
  const own = goOn ? await checkpointIn(folder, fingerprint, values.epochs) : undefined;
  if (!own) await forgetResults(folder);
  const resume = own ?? await handedOver(trial, folder);
  const training = withoutTest(opened.protocol), recipe = makeRecipe(values);
  return await trainRun({ values, recipe, opened, training, folder, facts, fingerprint, resume, signal, output });
}

/** The checkpoint of this very run, where it is in the folder: of as many epochs, too, by which some samplers go. */
async function checkpointIn(folder: string, fingerprint: string, epochs: number): Promise<Checkpoint | undefined> {
  if (!await exists(`${folder}/${runFiles.checkpoint}`)) return undefined;
  const had = await readConfig(`${folder}/${runFiles.config}`).catch(() => undefined);
  if (had?.epochs !== epochs) return undefined;
  return await readCheckpoint(folder, fingerprint).catch(() => undefined); // of an earlier winner
}

/** A trial's checkpoint, copied to where it goes on. */
async function handedOver(trial: SearchTrial, folder: string): Promise<Checkpoint | undefined> {
  const found = await checkpointOf(trial);
  if (!found) return undefined;
  await makeFolder(folder);
  await copyWhole(`${trial.folder}/${runFiles.checkpoint}`, `${folder}/${runFiles.checkpoint}`);
  return found;
}
