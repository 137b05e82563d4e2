import type { Dataset } from "../datasets/dataset.ts";
import { openRuntime } from "../runtime/providers.ts";
import type { Backbone } from "../models/backbone.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { type Protocol, testingOptions } from "../studies/protocol.ts";
import { testTrial } from "../studies/trial.ts";
import { recommenderModel } from "../training/recommender.ts";
import { type EpochReport, type Seconds, trainingSeconds } from "../training/recipe.ts";
import { isModel } from "../training/scopes.ts";
import { withDataFor } from "./backbone_spec.ts";
import { curveText } from "./curve_text.ts";
import { DiskError } from "./disk_error.ts";
import { exists, makeFolder, writeWhole } from "./files.ts";
import { methodSpec, shortName } from "./method_spec.ts";
import { negativesText } from "./negatives_text.ts";
import { metricNames, metricsLine, rankingTables } from "./metrics_text.ts";
import { bar, duration, openOutput, type Output } from "./output.ts";
import { describe, openProtocol, OPTIMISTIC } from "./protocol_options.ts";
import { referenceMetrics } from "./references.ts";
import { rankedAsRecord, rankedAsText } from "./ranked_as.ts";
import { digestOfFacts, runFacts } from "./run_facts.ts";
import { readCheckpoint, runFiles, writeConfig, writeIds, writeModel } from "./run_folder.ts";
import { sampledText } from "./test_ranking.ts";
import { writeLists, writeTested } from "./tested_lists.ts";
import { makeRecipe } from "./train_parts.ts";
import type { TrainValues } from "./train_options.ts";
import { goesOn, runInFolder, type StepDone } from "./trial_run.ts";

/** Items that recommender.onnx returns for each user. */
const EXPORTED_TOP = 100;

/** `train`: from interactions to a folder with a trained recommender. Returns the exit code. */
export async function trainCommand(given: TrainValues, signal: AbortSignal): Promise<number> {
  const values = withDataFor(given, [given.backbone]), output = openOutput(values), started = performance.now();
  const recipe = makeRecipe(values), opened = await openProtocol(values, metricNames(values));
  const { data, protocol } = opened;
  describe(opened, output);
  for (const note of recipe.backbone.notes ?? []) output.say(note);
  const runtime = await openRuntime({ provider: values.provider, threads: values.threads, seed: values.seed });
  output.say(`runs on ${runtime.provider} (${runtime.reason})`);
  if (values.select === "test") output.say(OPTIMISTIC);

  const folder = values.out ?? `runs/${[data.name, ...named(values), values.seed].join("-")}`;
  const facts = await runFacts(values, data), fingerprint = await digestOfFacts(facts);
  const resume = values.resume ? await readCheckpoint(folder, fingerprint, facts) : undefined;
  if (values.resume) output.say(resume ? goesOn(resume) : `no checkpoint is in ${folder}: starts at the beginning`);
  await makeFolder(folder);
  await writeConfig(folder, savedConfig(values));
  await writeIds(folder, data);

  const meter = progressMeter(values.epochs, output, values.selectBy!);
  try {
    const reports = await runInFolder({
      folder,
      fingerprint,
      facts,
      runtime,
      protocol,
      recipe: { ...recipe, signal, ...resume && { resume } },
      onEpoch: (report) => output.result({ event: "epoch", ...report }, epochLine(report, values.selectBy!)),
      onStep: meter,
    });
    await finish({ values, data, protocol, runtime, folder, backbone: recipe.backbone, reports, output });
  } catch (error) {
    if (signal.aborted && error === signal.reason) {
      output.say(`stopped; go on with: the same command and --resume --out ${folder}`);
      return 130;
    }
    if (!(error instanceof DiskError && await exists(`${folder}/${runFiles.checkpoint}`))) throw error;
    throw new Error(`${error.message}. The checkpoint there is whole: --resume goes on from it`, { cause: error });
  }
  output.say(`took ${duration((performance.now() - started) / 1000)}; everything is in ${folder}`);
  await runtime.dispose();
  return 0;
}

/** The names of what is trained, in the order of a run's name. */
const named = ({ backbone, sampler, loss }: TrainValues): string[] =>
  Object.entries({ backbone, sampler, loss }).map(([kind, given]) => shortName(methodSpec(kind, given)));

/** The options as a YAML file that `--config` reads back. */
function savedConfig(values: TrainValues): Record<string, unknown> {
  const { json: _json, quiet: _quiet, resume: _resume, ...rest } = values;
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));
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

/** What epochs took on average. */
function meanSeconds(reports: readonly EpochReport[]): Seconds {
  const mean = (of: keyof Seconds) => reports.reduce((sum, { seconds }) => sum + seconds[of], 0) / reports.length;
  return {
    sampling: mean("sampling"),
    scoring: mean("scoring"),
    updating: mean("updating"),
    evaluating: mean("evaluating"),
  };
}

interface Finished {
  readonly values: TrainValues;
  readonly data: Dataset;
  readonly protocol: Protocol;
  readonly runtime: Runtime;
  readonly folder: string;
  readonly backbone: Backbone;
  readonly reports: readonly EpochReport[];
  readonly output: Output;
}

/** Saves the model, tests it, and says how good it is beside what needs no training. */
async function finish(
  { values, data, protocol, runtime, folder, backbone, reports, output }: Finished,
): Promise<void> {
  const { catalogue, testing } = protocol, isWeight = (name: string) => !name.includes("#") && isModel(name);
  const weights = await runtime.save(isWeight);
  await writeModel(folder, { backbone: values.backbone!, dataset: data.name, catalogue, weights }, backbone.reads);
  if (backbone.written) await writeWhole(`${folder}/${runFiles.model}`, backbone.written(weights));
  await writeWhole(
    `${folder}/${runFiles.recommender}`,
    await recommenderModel(backbone, catalogue, weights, { top: EXPORTED_TOP }),
  );
  const best = reports.at(-1)?.best;
  const summary: Record<string, unknown> = {
    data: data.name,
    epochs: reports.length,
    selectedOn: values.select,
    ...best && { best },
    ...rankedAsRecord(values),
  };
  if (testing) {
    const tested = await testTrial(runtime, protocol, backbone);
    summary.test = { ...tested.metrics, ...tested.catalogue };
    await writeTested(folder, protocol);
    await writeLists(folder, tested.lists!);
    const references = await referenceMetrics(data, catalogue, testingOptions(protocol, testing));
    summary.references = references;
    const note = values.select === "test"
      ? "selected on this very test set"
      : `epoch ${best?.epoch ?? "last"}, selected on ${values.select}`;
    output.result(
      { event: "test", ...summary },
      rankingTables(`test (${note})`, rankedAsText(values), {
        model: summary.test as Record<string, number>,
        ...references,
      }),
    );
    for (const said of [...sampledText(tested), ...tested.notes]) output.say(said);
  }
  const shown = reports[best?.epoch ?? reports.length - 1];
  if (shown?.negatives) {
    summary.negatives = { epoch: shown.epoch, ...shown.negatives };
    output.say(negativesText(shown.negatives, shown.epoch));
  }
  for (const line of curveText(reports, protocol.selectBy)) output.say(line);
  const spent = meanSeconds(reports);
  summary.secondsPerEpoch = spent;
  output.say(`seconds an epoch: ${Object.entries(spent).map(([on, of]) => `${on} ${of.toFixed(2)}`).join(", ")}`);
  await writeWhole(`${folder}/${runFiles.metrics}`, `${JSON.stringify(summary, null, 2)}\n`);
}
