import type { Dataset } from "../datasets/dataset.ts";
import type { Backbone } from "../models/backbone.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { isState } from "../runtime/update.ts";
import { type Protocol, testingOptions } from "../studies/protocol.ts";
import { testTrial } from "../studies/trial.ts";
import { recommenderModel } from "../training/recommender.ts";
import type { EpochReport, Seconds } from "../training/recipe.ts";
import { isModel } from "../training/scopes.ts";
import { curveText } from "./curve_text.ts";
import { writeWhole } from "./files.ts";
import { rankingTables } from "./metrics_text.ts";
import { negativesText } from "./negatives_text.ts";
import type { Output } from "./output.ts";
import { rankedAsRecord, rankedAsText } from "./ranked_as.ts";
import { referenceMetrics } from "./references.ts";
import { removeRefit } from "./refit_run.ts";
import { runFiles } from "./run_files.ts";
import { writeIds, writeModel } from "./run_folder.ts";
import { sampledText } from "./test_ranking.ts";
import { writeLists, writeTested } from "./tested_lists.ts";
import type { Start } from "./start.ts";
import type { TrainValues } from "./train_options.ts";

/** Items that recommender.onnx returns for each user. */
const EXPORTED_TOP = 100;

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

/** A run whose training has ended; the runtime has the weights of the epoch that was picked. */
export interface Finished {
  readonly values: TrainValues;
  readonly data: Dataset;
  readonly protocol: Protocol;
  readonly runtime: Runtime;
  readonly folder: string;
  readonly backbone: Backbone;
  readonly reports: readonly EpochReport[];
  /** What it started from, where that was another run. */
  readonly start?: Start;
  readonly output: Output;
}

/** Removes what was measured of the model in a folder: beside another it would be read as that one's. */
export async function forgetMeasured(folder: string): Promise<void> {
  for (const name of [runFiles.metrics, runFiles.lists, runFiles.tested]) {
    await Deno.remove(`${folder}/${name}`).catch(() => {});
  }
}

/** Saves the model, tests it, and says how good it is beside what needs no training. */
export async function finishRun(
  { values, data, protocol, runtime, folder, backbone, reports, start, output }: Finished,
): Promise<void> {
  const { catalogue, testing } = protocol, isWeight = (name: string) => !isState(name) && isModel(name);
  const weights = await runtime.save(isWeight);
  const model = backbone.written?.(weights);
  const recommender = await recommenderModel(backbone, catalogue, weights, { top: EXPORTED_TOP });
  await forgetMeasured(folder); // of a run that is prolonged it is of the model before
  const ids = await writeIds(folder, data); // right before the weights that are of them
  const saved = { backbone: values.backbone!, dataset: data.name, catalogue, weights, ids };
  await writeModel(folder, { ...saved, ...start && { past: start.past } }, backbone.reads);
  if (model) await writeWhole(`${folder}/${runFiles.model}`, model);
  else await Deno.remove(`${folder}/${runFiles.model}`).catch(() => {}); // of a run that was here before
  if (!values.refit) await removeRefit(folder);
  await writeWhole(`${folder}/${runFiles.recommender}`, recommender);
  const best = reports.at(-1)?.best;
  const summary: Record<string, unknown> = {
    data: data.name,
    epochs: reports.length,
    selectedOn: values.select,
    ...values.refit && { refit: true },
    ...start && { init: { run: values.init, seen: start.seen } },
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
      : `epoch ${best?.epoch ?? "last"}, selected on ${values.select}${
        values.refit ? ", then trained on that, too" : ""
      }`;
    output.result(
      { event: "test", ...summary },
      rankingTables(`test (${note})`, rankedAsText(values, testing), {
        model: summary.test as Record<string, number>,
        ...references,
      }),
    );
    for (const said of [...sampledText(tested), ...tested.notes, ...start?.notes ?? []]) output.say(said);
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
