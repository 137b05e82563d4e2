import { openRuntime } from "../runtime/providers.ts";
import type { Protocol } from "../studies/protocol.ts";
import type { Checkpoint } from "../training/checkpoint.ts";
import { type EpochReport, trainingSeconds } from "../training/recipe.ts";
import { DiskError } from "./disk_error.ts";
import { exists } from "./files.ts";
import { finishRun, forgetMeasured } from "./finished_run.ts";
import { metricsLine } from "./metrics_text.ts";
import { bar, duration, type Output } from "./output.ts";
import type { OpenedProtocol } from "./protocol_options.ts";
import { refitInFolder, removeRefit } from "./refit_run.ts";
import type { RunFacts } from "./run_facts.ts";
import { startOf } from "./start.ts";
import { claim } from "./study_claim.ts";
import { runFiles } from "./run_files.ts";
import { savedConfig, writeConfig } from "./run_folder.ts";
import type { makeRecipe } from "./train_parts.ts";
import type { TrainValues } from "./train_options.ts";
import { goesOn, runInFolder, type StepDone } from "./trial_run.ts";

/** A run of `train`, and where it lies. */
export interface TrainRun {
  readonly values: TrainValues;
  readonly recipe: ReturnType<typeof makeRecipe>;
  readonly opened: OpenedProtocol;
  /** What training sees of it, where that is not all. */
  readonly training?: Protocol;
  readonly folder: string;
  /** What its checkpoints belong to, and the digest of that. */
  readonly facts: RunFacts;
  readonly fingerprint: string;
  /** Where it stopped before. */
  readonly resume: Checkpoint | undefined;
  readonly signal: AbortSignal;
  readonly output: Output;
}

/**
 * Trains, tests, and leaves in the folder all that a run has. False where `signal` stopped it.
 *
 * @throws Error where something cannot be written; it says whether the run can go on from its checkpoint.
 */
export async function trainRun(run: TrainRun): Promise<boolean> {
  const { values, recipe, opened, folder, facts, fingerprint, resume, signal, output } = run;
  const { data, protocol } = opened, { training = protocol } = run;
  for (const note of recipe.backbone.notes ?? []) output.say(note);
  const start = await startOf(values, recipe.backbone, { data, catalogue: protocol.catalogue });
  const open = () => openRuntime({ provider: values.provider, threads: values.threads, seed: values.seed });
  let runtime = await open(), trained = protocol;
  output.say(`runs on ${runtime.provider} (${runtime.reason})`);
  if (start) {
    const { seen, said, notes } = start;
    output.result({ event: "init", run: values.init, seen, said }, null);
    for (const line of [said, ...notes]) output.say(line);
  }
  if (resume) output.say(goesOn(resume));
  const claimed = await claim(folder);
  if (!claimed) {
    await runtime.dispose();
    throw new Error(`Cannot train in "${folder}": another process is at it`);
  }
  const picking = { folder, fingerprint, facts, recipe: { ...recipe, ...start && { initial: start.weights }, signal } };
  try {
    const reports = await runInFolder({
      ...{ ...picking, runtime, protocol: training, recipe: { ...picking.recipe, ...resume && { resume } } },
      async begin() {
        if (!resume) await forgetResults(folder);
        await writeConfig(folder, savedConfig(values));
      },
      onEpoch: (report) => output.result({ event: "epoch", ...report }, epochLine(report, values.selectBy!)),
      onStep: progressMeter(values.epochs, output, values.selectBy!),
    });
    if (values.refit) {
      await runtime.dispose();
      const picked = reports.at(-1)!.best!.epoch;
      output.say(
        `trains anew for ${
          picked === 0 ? "the 1 epoch that was" : `the ${picked + 1} epochs that were`
        } picked, on what picked ${picked === 0 ? "it" : "them"} as well`,
      );
      const onStep = progressMeter(picked + 1, output, values.selectBy!);
      ({ runtime, protocol: trained } = await refitInFolder({
        ...{ ...picking, protocol, reports, goOn: resume !== undefined, open, onStep },
      }));
    }
    await finishRun({
      ...{ values, data, protocol: trained, runtime, folder, backbone: recipe.backbone, reports, output },
      ...start && { start },
    });
  } catch (error) {
    if (signal.aborted && error === signal.reason) return false;
    if (!(error instanceof DiskError && await exists(`${folder}/${runFiles.checkpoint}`))) throw error;
    throw new Error(`${error.message}. The checkpoint there is whole: --resume goes on from it`, { cause: error });
  } finally {
    await claimed.drop();
  }
  await runtime.dispose();
  return true;
}

/** Removes what there is of a run that another takes the place of, beside its model. */
export async function forgetResults(folder: string): Promise<void> {
  await forgetMeasured(folder);
  await removeRefit(folder);
}

function progressMeter(epochs: number, output: Output, selectBy: string) {
  const started = performance.now();
  let first: number | undefined;
  return ({ epoch, step, steps }: StepDone, last: EpochReport | undefined) => {
    const position = epoch + (step + 1) / steps;
    first ??= position - 1 / steps;
    const done = position - first, seconds = (performance.now() - started) / 1000;
    const eta = duration(seconds / done * (epochs - position));
    const { loss, best } = last ?? {};
    const facts = [
      loss === undefined ? "" : `loss ${loss.toFixed(4)}`,
      best ? `${selectBy} ${best.metrics[selectBy.toLowerCase()]!.toFixed(4)}` : "",
      `at most ${eta} to go`,
    ].filter(Boolean);
    output.progress(`epoch ${epoch} ${bar((step + 1) / steps)} ${facts.join(", ")}`);
  };
}

function epochLine({ epoch, loss, lossSum, measures, seconds, metrics, best }: EpochReport, selectBy: string): string {
  const measured = Object.entries(measures ?? {}).map(([name, value]) => `  ${name} ${value.toPrecision(4)}`).join("");
  const head = `epoch ${epoch}  loss ${loss.toFixed(5)} (sum ${lossSum.toFixed(2)})  ${
    trainingSeconds(seconds).toFixed(2)
  }s`;
  if (!metrics) return `${head}${measured}`;
  const mark = best?.epoch === epoch ? "  best" : "";
  return `${head}${measured}  ${metricsLine(metrics, selectBy.toLowerCase())}  (ranked in ${
    seconds.evaluating.toFixed(2)
  }s)${mark}`;
}
