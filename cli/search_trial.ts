import type { Dataset } from "../datasets/dataset.ts";
import { openRuntime } from "../runtime/providers.ts";
import type { Protocol } from "../studies/protocol.ts";
import type { Standing } from "../studies/strategy.ts";
import type { Checkpoint } from "../training/checkpoint.ts";
import type { EpochReport } from "../training/recipe.ts";
import { exists, makeFolder, readText } from "./files.ts";
import { decisiveColumns, fingerprintOf } from "./fingerprint.ts";
import { bar, type Output } from "./output.ts";
import { readCheckpoint, runFiles, writeConfig } from "./run_folder.ts";
import { decisive, namedParts, runFingerprint, savedConfig } from "./run_identity.ts";
import { makeRecipe } from "./train_parts.ts";
import type { TrainValues } from "./train_options.ts";
import { runInFolder } from "./trial_run.ts";

/** One configuration of a search: a run of `train` in a folder that its digest names. */
export interface SearchTrial {
  /** With `out` its folder. */
  readonly values: TrainValues;
  readonly folder: string;
  /** What its checkpoints belong to, as those of `train`. All data are read for it. */
  readonly fingerprint: () => Promise<string>;
  /** The options that were drawn. */
  readonly drawn: Readonly<Record<string, unknown>>;
}

/** What is searched with: the options of a trial, and which of them were drawn. */
export type Drawn = Pick<SearchTrial, "values" | "drawn">;

/** Characters of a digest in a folder's name. */
const SHOWN = 8;

/** Trials under a folder. Epochs decide the digest, too: some samplers go by how many there will be. */
export async function searchTrials(folder: string, each: readonly Drawn[], data: Dataset): Promise<SearchTrial[]> {
  const ofData = await fingerprintOf({}, decisiveColumns(data));
  return await Promise.all(each.map(async ({ values, drawn }) => {
    const { epochs, seed } = values, digest = await fingerprintOf({ ofData, epochs, ...decisive(values) }, []);
    const own = `${folder}/trials/${[...namedParts(values), seed, digest.slice(0, SHOWN)].join("-")}`;
    const fingerprint = () => runFingerprint(values, data);
    return { values: { ...values, out: own }, folder: own, fingerprint, drawn };
  }));
}

/** How a trial is run on. */
export interface TrialStep {
  /** What it sees. */
  readonly protocol: Protocol;
  /** Epochs that it is to have run. */
  readonly until: number;
  readonly signal: AbortSignal;
  readonly output: Output;
  /** How a line about it begins. */
  readonly said: string;
}

/**
 * Runs a trial on until it has so many epochs or ends before, from its checkpoint where there is one. Returns the reports
 * of all its epochs.
 *
 * @throws the signal's reason, where it stops it, and what makes a trial impossible.
 */
export async function runSearchTrial(
  trial: SearchTrial,
  { protocol, until, signal, output, said }: TrialStep,
): Promise<readonly EpochReport[]> {
  const { values, folder } = trial, recipe = makeRecipe(values), fingerprint = await trial.fingerprint();
  const resume = await checkpointOf(trial, fingerprint);
  await makeFolder(folder);
  await writeConfig(folder, savedConfig(values));
  const runtime = await openRuntime({ provider: values.provider, threads: values.threads, seed: values.seed });
  try {
    return await runInFolder({
      ...{ folder, fingerprint, runtime, protocol, until },
      recipe: { ...recipe, signal, ...resume && { resume } },
      onEpoch: () => {},
      onStep: ({ epoch, step, steps }) => output.progress(`${said}: epoch ${epoch} ${bar((step + 1) / steps)}`),
    });
  } finally {
    await runtime.dispose();
  }
}

/**
 * Where a trial can go on; undefined where it begins anew, as it does where its log is behind its checkpoint: whoever is
 * killed between the two leaves it so.
 */
export async function checkpointOf(trial: SearchTrial, fingerprint: string): Promise<Checkpoint | undefined> {
  if (!await exists(`${trial.folder}/${runFiles.checkpoint}`)) return undefined;
  const found = await readCheckpoint(trial.folder, fingerprint), logged = (await reportsOf(trial)).length;
  return found && found.epoch <= logged ? found : undefined;
}

/** What of a trial's past is on record: nothing where its log is not whole. */
export async function reportsOf({ folder }: SearchTrial): Promise<readonly EpochReport[]> {
  const path = `${folder}/${runFiles.log}`;
  if (!await exists(path)) return [];
  const reports = jsonLines(await readText(path, "the log of a trial"));
  return reports.every(({ epoch }, at) => epoch === at) ? reports : [];
}

const jsonLines = (text: string) => text.split("\n").filter(Boolean).map((line) => JSON.parse(line) as EpochReport);

/** Whether a trial has come to its end: all its epochs, or none better for too long. */
export function hasEnded(reports: readonly EpochReport[], { epochs, patience }: TrainValues): boolean {
  const best = reports.at(-1)?.best?.epoch ?? Infinity;
  const waited = reports.filter(({ epoch, metrics }) => metrics && epoch > best).length;
  return reports.length >= epochs || waited >= patience;
}

/** How a trial stands: at the end of each rung, in epochs, the deciding metric of the best epoch by then. */
export function standingOf(reports: readonly EpochReport[], values: TrainValues, rungs: readonly number[]): Standing {
  const ended = hasEnded(reports, values), reached = rungs.filter((epochs) => ended || reports.length >= epochs);
  const metric = values.selectBy!.toLowerCase();
  return reached.map((epochs) => reports[Math.min(epochs, reports.length) - 1]!.best!.metrics[metric]!);
}
