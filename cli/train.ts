import type { Catalogue } from "../datasets/catalogue.ts";
import { catalogue as catalogueOf } from "../datasets/catalogue.ts";
import type { Dataset } from "../datasets/dataset.ts";
import { fullRanking } from "../evaluation/full_ranking.ts";
import { parseMetric } from "../evaluation/metrics.ts";
import { losses } from "../losses/mod.ts";
import { backbones } from "../models/mod.ts";
import { openRuntime } from "../runtime/providers.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { samplers } from "../samplers/mod.ts";
import type { Policy } from "../samplers/sampler.ts";
import { optimizers } from "../training/optimizers.ts";
import { recommenderModel } from "../training/recommender.ts";
import type { EpochReport } from "../training/recipe.ts";
import { isModel } from "../training/scopes.ts";
import { train } from "../training/trainer.ts";
import { openData, withValidation } from "./data_options.ts";
import { makeFolder, readText, writeWhole } from "./files.ts";
import { makeMethod, methodSpec } from "./method_spec.ts";
import { metricNames, metricsLine, metricsTable } from "./metrics_text.ts";
import { bar, duration, openOutput, type Output } from "./output.ts";
import { referenceMetrics } from "./references.ts";
import {
  fingerprintOf,
  readCheckpoint,
  runFiles,
  writeCheckpoint,
  writeConfig,
  writeIds,
  writeModel,
} from "./run_folder.ts";
import type { TrainValues } from "./train_options.ts";

/** Items that recommender.onnx returns for each user. */
const EXPORTED_TOP = 100;

/** `train`: from interactions to a folder with a trained recommender. Returns the exit code. */
export async function trainCommand(values: TrainValues, signal: AbortSignal): Promise<number> {
  const output = openOutput(values), started = performance.now();
  const methods = {
    backbone: methodSpec("backbone", values.backbone),
    sampler: methodSpec("sampler", values.sampler),
    loss: methodSpec("loss", values.loss),
    optimizer: methodSpec("optimizer", values.optimizer),
  };
  const rate = values.lr === null ? {} : { lr: values.lr };
  const parts = {
    backbone: makeMethod(backbones, "backbone", methods.backbone),
    sampler: makeMethod<Policy>(samplers, "sampler", methods.sampler),
    loss: makeMethod(losses, "loss", methods.loss),
    optimizer: makeMethod(optimizers, "optimizer", {
      name: methods.optimizer.name,
      options: { ...methods.optimizer.options, ...rate },
    }),
  };
  const metrics = metricNames(values);
  if (values.select !== "last") parseMetric(values.selectBy ?? "");

  const found = await openData(values);
  const data = values.select === "valid" ? withValidation(found, values) : found;
  const held = values.select === "valid" ? data.valid : values.select === "test" ? data.test : undefined;
  if (values.select === "test" && !data.test) {
    throw new TypeError(`Cannot select by test: "${data.name}" has no test interactions`);
  }
  if (values.select === "valid" && !(held && held.users.length > 0)) {
    throw new TypeError(
      `Cannot select by validation: no interactions of "${data.name}" could be held out; --select last trains without`,
    );
  }
  const catalogue = catalogueOf(data.train, data.metadata);
  describe(data, catalogue, output);
  const runtime = await openRuntime({ provider: values.provider, seed: values.seed });
  output.say(`runs on ${runtime.provider} (${runtime.reason})`);
  if (values.select === "test") {
    output.say("selects the best epoch on the TEST set, as the papers' code does: its numbers are optimistic");
  }

  const folder = values.out ??
    `runs/${[data.name, methods.backbone.name, methods.sampler.name, methods.loss.name, values.seed].join("-")}`;
  const config = savedConfig(values);
  const fingerprint = await fingerprintOf(decisive(values), [
    data.train.users,
    data.train.items,
    held?.items ?? new Int32Array(),
  ]);
  const resume = values.resume ? await readCheckpoint(folder, fingerprint) : undefined;
  if (resume) output.say(`goes on at epoch ${resume.epoch}, step ${resume.step}`);
  await makeFolder(folder);
  await writeConfig(folder, config);
  await writeIds(folder, data);

  const ranking = { metrics, memory: values.memory * 2 ** 20 };
  const evaluator = held
    ? await fullRanking(runtime, parts.backbone, catalogue, held, {
      ...ranking,
      metrics: [...new Set([...metrics, values.selectBy!.toLowerCase()])],
      alsoSeen: values.select === "test" ? heldOutBefore(data) : [],
    })
    : undefined;
  const reports: EpochReport[] = resume ? await readLog(folder, resume.epoch) : [];
  const saveLog = () =>
    writeWhole(`${folder}/${runFiles.log}`, reports.map((report) => `${JSON.stringify(report)}\n`).join(""));
  const meter = progressMeter(values.epochs, output, () => reports.at(-1), values.selectBy!);
  try {
    for await (
      const report of train({
        runtime,
        data: data.train,
        ...data.metadata && { metadata: data.metadata },
        heldOut: [data.valid, data.test].filter((part) => part !== undefined),
        ...parts,
        batchSize: values.batchSize,
        dropLast: values.dropLast,
        epochs: values.epochs,
        l2: values.l2,
        seed: values.seed,
        evaluateEvery: values.evaluateEvery,
        patience: values.patience,
        signal,
        onStep: meter,
        ...evaluator &&
          { evaluate: async () => (await evaluator.evaluate()).metrics, selectBy: values.selectBy!.toLowerCase() },
        ...resume && { resume },
        keep: (checkpoint) => writeCheckpoint(folder, checkpoint, fingerprint),
      })
    ) {
      reports.push(report);
      if (report.metrics || report.epoch === values.epochs - 1) await saveLog();
      output.result({ event: "epoch", ...report }, epochLine(report, values.selectBy!));
    }
  } catch (error) {
    await saveLog();
    if (!signal.aborted) throw error;
    output.say(`stopped; go on with: ${resumeHint(folder)}`);
    return 130;
  } finally {
    await evaluator?.dispose();
  }
  const result = await finish({ values, data, catalogue, runtime, folder, parts, ranking, reports, output });
  output.say(`took ${duration((performance.now() - started) / 1000)}; everything is in ${folder}`);
  await runtime.dispose();
  return result;
}

/** When the test set is ranked, what was held out to select by is known. */
const heldOutBefore = ({ valid }: Dataset) => valid ? [valid] : [];

const resumeHint = (folder: string) => `the same command and --resume --out ${folder}`;

/** The reports of the epochs before `epoch`, as an earlier part of the run logged them. */
async function readLog(folder: string, epoch: number): Promise<EpochReport[]> {
  const lines = (await readText(`${folder}/${runFiles.log}`, "the log of run")).split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as EpochReport).filter((report) => report.epoch < epoch);
}

/** What a person should know of the data before training starts. */
function describe({ name, train, valid, test, notes }: Dataset, { items, offsets }: Catalogue, output: Output): void {
  const held = [valid && `${valid.users.length} to select by`, test && `${test.users.length} to test on`].filter(
    Boolean,
  );
  output.say(
    `${name}: ${train.userCount} users, ${train.itemCount} items, ${train.users.length} interactions to train on` +
      held.map((part) => `, ${part}`).join(""),
  );
  for (const note of notes) output.say(`  ${note}`);
  const sated = train.users.reduce((rows, user) => offsets[user + 1]! - offsets[user]! === items ? rows + 1 : rows, 0);
  if (sated > 0) {
    output.say(`  ${sated} interactions of users who have met every item train nothing: they have no negatives`);
  }
}

/** Options that say how a run talks or where it lies do not decide its numbers. */
function decisive(values: TrainValues): Record<string, unknown> {
  const { json: _json, quiet: _quiet, resume: _resume, out: _out, epochs: _epochs, memory: _memory, ...rest } = values;
  return rest;
}

/** The options as a YAML file that `--config` reads back. */
function savedConfig(values: TrainValues): Record<string, unknown> {
  const { json: _json, quiet: _quiet, resume: _resume, ...rest } = values;
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));
}

function progressMeter(epochs: number, output: Output, last: () => EpochReport | undefined, selectBy: string) {
  const started = performance.now();
  let first: number | undefined;
  return ({ epoch, step, steps }: { readonly epoch: number; readonly step: number; readonly steps: number }) => {
    const position = epoch + (step + 1) / steps;
    first ??= position - 1 / steps;
    const done = position - first, seconds = (performance.now() - started) / 1000;
    const eta = duration(seconds / done * (epochs - position));
    const { loss, best } = last() ?? {};
    const facts = [
      loss === undefined ? "" : `loss ${loss.toFixed(4)}`,
      best ? `${selectBy} ${best.metrics[selectBy.toLowerCase()]!.toFixed(4)}` : "",
      `at most ${eta} to go`,
    ].filter(Boolean);
    output.progress(`epoch ${epoch} ${bar((step + 1) / steps)} ${facts.join(", ")}`);
  };
}

function epochLine({ epoch, loss, lossSum, seconds, metrics, best }: EpochReport, selectBy: string): string {
  const spent = seconds.sampling + seconds.stepping;
  const head = `epoch ${epoch}  loss ${loss.toFixed(5)} (sum ${lossSum.toFixed(2)})  ${spent.toFixed(2)}s`;
  if (!metrics) return head;
  const mark = best?.epoch === epoch ? "  best" : "";
  return `${head}  ${metricsLine(metrics, selectBy.toLowerCase())}  (ranked in ${
    seconds.evaluating.toFixed(2)
  }s)${mark}`;
}

interface Finished {
  readonly values: TrainValues;
  readonly data: Dataset;
  readonly catalogue: Catalogue;
  readonly runtime: Runtime;
  readonly folder: string;
  readonly parts: { readonly backbone: Parameters<typeof recommenderModel>[0] };
  readonly ranking: { readonly metrics: readonly string[]; readonly memory: number };
  readonly reports: readonly EpochReport[];
  readonly output: Output;
}

/** Saves the model, tests it, and says how good it is beside what needs no training. */
async function finish(
  { values, data, catalogue, runtime, folder, parts, ranking, reports, output }: Finished,
): Promise<number> {
  const saved = await runtime.save();
  const weights = new Map([...saved].filter(([name]) => !name.includes("#") && isModel(name)));
  await writeModel(folder, { backbone: values.backbone!, dataset: data.name, catalogue, weights });
  await writeWhole(
    `${folder}/${runFiles.recommender}`,
    await recommenderModel(parts.backbone, catalogue, weights, { top: EXPORTED_TOP }),
  );
  const best = reports.at(-1)?.best;
  const summary: Record<string, unknown> = { epochs: reports.length, selectedOn: values.select, ...best && { best } };
  if (data.test && data.test.users.length > 0) {
    const options = { ...ranking, alsoSeen: heldOutBefore(data) };
    const tester = await fullRanking(runtime, parts.backbone, catalogue, data.test, options);
    const tested = await tester.evaluate();
    await tester.dispose();
    summary.test = { ...tested.metrics, ...tested.catalogue };
    const references = await referenceMetrics(data, catalogue, options);
    summary.references = references;
    const note = values.select === "test"
      ? "selected on this very test set"
      : `epoch ${best?.epoch ?? "last"}, selected on ${values.select}`;
    output.result(
      { event: "test", ...summary },
      metricsTable(`test (${note})`, { model: summary.test as Record<string, number>, ...references }),
    );
  }
  await writeWhole(`${folder}/${runFiles.metrics}`, `${JSON.stringify(summary, null, 2)}\n`);
  return 0;
}
