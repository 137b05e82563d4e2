import type { Dataset } from "../datasets/dataset.ts";
import { openRuntime } from "../runtime/providers.ts";
import type { Protocol } from "../studies/protocol.ts";
import type { Standing } from "../studies/strategy.ts";
import type { Checkpoint } from "../training/checkpoint.ts";
import type { EpochReport } from "../training/recipe.ts";
import { exists, makeFolder } from "./files.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { bar, type Output } from "./output.ts";
import { decisive, digestOfFacts, type RunFacts, runFacts } from "./run_facts.ts";
import { type Named, startOf } from "./start.ts";
import { runFiles } from "./run_files.ts";
import { readCheckpoint, savedConfig, writeConfig } from "./run_folder.ts";
import { readLog } from "./run_log.ts";
import { makeRecipe, namedParts } from "./train_parts.ts";
import type { TrainValues } from "./train_options.ts";
import { runInFolder } from "./trial_run.ts";

/** One configuration of a search: a run of `train` in a folder that its digest names. */
export interface SearchTrial {
  /** With `out` its folder. */
  readonly values: TrainValues;
  readonly folder: string;
  /** What its checkpoints belong to, as those of `train`, and the digest of that. */
  readonly facts: RunFacts;
  readonly fingerprint: string;
  /** The options that were drawn. */
  readonly drawn: Readonly<Record<string, unknown>>;
}

/** What is searched with: the options of a trial, and which of them were drawn. */
export type Drawn = Pick<SearchTrial, "values" | "drawn">;

/** Characters of a digest in a folder's name. */
const SHOWN = 8;

/** Trials under a folder. Epochs decide the digest, too: some samplers go by how many there will be. */
export async function searchTrials(folder: string, each: readonly Drawn[], data: Dataset): Promise<SearchTrial[]> {
  const ofData = each[0] && (await runFacts(each[0].values, data)).data; // the same for all, and long to digest
  return await Promise.all(each.map(async ({ values, drawn }) => {
    const facts = { options: decisive(values), data: ofData! }, fingerprint = await digestOfFacts(facts);
    const { epochs, seed } = values, digest = (await fingerprintOf({ fingerprint, epochs }, [])).slice(0, SHOWN);
    const own = `${folder}/trials/${[...namedParts(values), seed, digest].join("-")}`;
    return { values: { ...values, out: own }, folder: own, facts, fingerprint, drawn };
  }));
}

/** How far a trial is run on. */
export interface TrialStep {
  /** Epochs that it is to have run. */
  readonly until: number;
  /** How a line about it begins. */
  readonly said: string;
}

/** What a trial is run with. */
export interface TrialMeans {
  /** What it sees. */
  readonly protocol: Protocol;
  /** The names of its users and items. */
  readonly names: Named;
  /** Threads of the native provider; 0 is one for each core. */
  readonly threads: number;
  readonly signal: AbortSignal;
  readonly output: Output;
}

/**
 * Runs a trial on until it has so many epochs or ends before, from its checkpoint where there is one. Returns the reports
 * of all its epochs.
 *
 * @throws the signal's reason, where it stops it, and what makes a trial impossible.
 */
export async function runSearchTrial(
  trial: SearchTrial,
  { until, said }: TrialStep,
  { protocol, names, threads, signal, output }: TrialMeans,
): Promise<readonly EpochReport[]> {
  const { values, folder, facts, fingerprint } = trial, recipe = makeRecipe(values), resume = await checkpointOf(trial);
  const start = await startOf(values, recipe.backbone, { data: names, catalogue: protocol.catalogue });
  await makeFolder(folder);
  await writeConfig(folder, savedConfig(values));
  const runtime = await openRuntime({ provider: values.provider, threads, seed: values.seed });
  try {
    return await runInFolder({
      ...{ folder, fingerprint, facts, runtime, protocol, until },
      recipe: { ...recipe, signal, ...start && { initial: start.weights }, ...resume && { resume } },
      onEpoch: () => {},
      onStep: ({ epoch, step, steps }) => output.progress(`${said}: epoch ${epoch} ${bar((step + 1) / steps)}`),
    });
  } finally {
    await runtime.dispose();
  }
}

/** Where a trial can go on; undefined where it begins anew. */
export async function checkpointOf({ folder, fingerprint, facts }: SearchTrial): Promise<Checkpoint | undefined> {
  if (!await exists(`${folder}/${runFiles.checkpoint}`)) return undefined;
  return await readCheckpoint(folder, fingerprint, facts);
}

/** What of a trial's past is on record: nothing where its log lacks epochs. @throws TypeError where it is damaged. */
export async function reportsOf({ folder }: SearchTrial): Promise<readonly EpochReport[]> {
  const reports = await readLog(folder);
  return reports.every(({ epoch }, at) => epoch === at) ? reports : [];
}

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
