import { find } from "../options/method.ts";
import { factsOf } from "../recipes/facts.ts";
import { openRuntime } from "../runtime/providers.ts";
import { baselines, testBaseline } from "../studies/baselines.ts";
import { refitted } from "../studies/refitted.ts";
import { testTrial } from "../studies/trial.ts";
import { type EpochReport, trainingSeconds } from "../training/recipe.ts";
import { exists, makeFolder } from "./files.ts";
import { bar } from "./output.ts";
import { checkRefitBatches, refitInFolder } from "./refit_run.ts";
import { startOf } from "./start.ts";
import { runFiles } from "./run_files.ts";
import { readCheckpoint, writeConfig } from "./run_folder.ts";
import type { OpenedComparison } from "./study_comparison.ts";
import { type Outcome, settledOutcome, writeOutcome } from "./study_folder.ts";
import type { StudyMethod } from "./study_methods.ts";
import type { Place } from "./study_places.ts";
import type { TrialFacts } from "./study_table.ts";
import type { Running } from "./study_tasks.ts";
import { makeRecipe } from "./train_parts.ts";
import { goesOn, runInFolder, type StepDone } from "./trial_run.ts";

/** What a baseline comes to. */
export async function baselineOutcome(
  name: string,
  { folder, fingerprint }: Place,
  { protocol, values: { refit } }: OpenedComparison,
): Promise<Outcome> {
  const whole = refit ? refitted(protocol) : protocol;
  const { label, chosen, scoresOf } = await find(baselines, "baseline", name)(protocol, whole);
  const measured = await testBaseline(whole, scoresOf), facts = { label, chosen, notes: measured.notes };
  await makeFolder(folder);
  await writeOutcome(folder, fingerprint, measured, facts);
  return { ...measured, folder, facts };
}

/** One method under one seed, and where it lies. */
export interface Trial extends Place {
  readonly method: StudyMethod;
  readonly seed: number;
}

/** Trains and tests one trial, from its checkpoint on where there is one. */
export async function trialOutcome(trial: Trial, { opened, signal, output, said }: Running): Promise<Outcome> {
  const { values, protocol, wanted } = opened;
  const { folder, fingerprint, seed, method } = trial, { label } = method;
  const checkpoint = `${folder}/${runFiles.checkpoint}`, own = method.settled(factsOf(opened.data.train));
  const made = makeRecipe({ ...values, ...own, seed });
  if (values.refit) checkRefitBatches({ ...values, ...own }, made.backbone, protocol);
  const start = await startOf({ ...own, seed }, made.backbone, { data: opened.data, catalogue: protocol.catalogue });
  const recipe = { ...made, ...start && { initial: start.weights } };
  const resume = await exists(checkpoint) ? await readCheckpoint(folder, fingerprint) : undefined;
  if (resume) output.say(`${said}: ${goesOn(resume)}`);
  for (const line of start ? [start.said, ...start.notes] : []) output.say(`${said}: ${line}`);
  await makeFolder(folder);
  await writeConfig(folder, { label, ...own, seed });
  const open = () => openRuntime({ provider: values.provider, threads: values.threads, seed });
  const picking = {
    ...{ folder, fingerprint, protocol, recipe: { ...recipe, signal } },
    onStep: ({ epoch, step, steps }: StepDone, last: EpochReport | undefined) => {
      const best = last?.best ? `, best ${values.selectBy} ${last.best.metrics[protocol.selectBy]!.toFixed(4)}` : "";
      output.progress(`${said}: epoch ${epoch} ${bar((step + 1) / steps)}${best}`);
    },
  };
  let runtime = await open(), trained = protocol;
  try {
    const reports = await runInFolder({
      ...{ ...picking, runtime, recipe: { ...picking.recipe, ...resume && { resume } } },
      onEpoch: (report) => output.result({ event: "epoch", label, seed, ...report }, null),
    });
    if (values.refit) {
      await runtime.dispose();
      ({ runtime, protocol: trained } = await refitInFolder({ ...picking, reports, goOn: resume !== undefined, open }));
    }
    const tested = await testTrial(runtime, trained, recipe.backbone), facts = trialFacts(reports, seed);
    const about = { label, ...facts, notes: [...tested.notes, ...start?.notes ?? []], provider: runtime.provider };
    await writeOutcome(folder, fingerprint, tested, about);
    return (await settledOutcome(folder, fingerprint, wanted))!;
  } finally {
    await runtime.dispose();
  }
}

function trialFacts(reports: readonly EpochReport[], seed: number): TrialFacts {
  const best = reports.at(-1)?.best ?? null,
    of = best ? reports.find(({ epoch }) => epoch === best.epoch) : reports.at(-1);
  const seconds = reports.reduce((sum, { seconds }) => sum + trainingSeconds(seconds), 0);
  return {
    seed,
    epochs: reports.length,
    best,
    secondsPerEpoch: seconds / reports.length,
    negatives: of?.negatives ?? null,
  };
}
