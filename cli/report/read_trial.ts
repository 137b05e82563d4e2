import type { OptionValue, Trial } from "../../reports/study.ts";
import type { EpochReport } from "../../training/recipe.ts";
import { exists, readText } from "../files.ts";
import { readConfig } from "../flags.ts";
import { runFiles } from "../run_files.ts";
import { trainOptions } from "../train_options.ts";
import { type PartValues, settledParts } from "../train_parts.ts";

/** What is read of a folder that was trained in. */
export interface ReadTrial {
  readonly trial: Trial;
  /** Of metrics.json; empty where the run is not done. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** As they are in config.yaml; empty where there is none. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** Reads a folder of `train`, or of a trial. @throws TypeError naming file and line where one is damaged. */
export async function readTrial(folder: string): Promise<ReadTrial> {
  const [facts, config, epochs] = [await readFacts(folder), await configOf(folder), await readEpochs(folder)];
  const { test = null, best = epochs.at(-1)?.best } = facts as { test?: Trial["test"]; best?: EpochReport["best"] };
  return {
    trial: { seed: Number(facts.seed ?? config.seed ?? 0), epochs, best: best?.epoch ?? null, test },
    facts,
    config,
  };
}

async function readFacts(folder: string): Promise<Record<string, unknown>> {
  const path = `${folder}/${runFiles.metrics}`;
  return await exists(path) ? parsed(await readText(path, "the metrics of"), `"${path}"`) : {};
}

async function configOf(folder: string): Promise<Record<string, unknown>> {
  const path = `${folder}/${runFiles.config}`;
  return await exists(path) ? await readConfig(path) : {};
}

async function readEpochs(folder: string): Promise<EpochReport[]> {
  const path = `${folder}/${runFiles.log}`;
  if (!await exists(path)) return [];
  return (await readText(path, "the log of")).split("\n").flatMap((line, at) =>
    line.trim() === "" ? [] : [epochOf(line, `"${path}", line ${at + 1}`)]
  );
}

function epochOf(line: string, where: string): EpochReport {
  const found = parsed(line, where), { epoch, loss, seconds } = found as Partial<EpochReport>;
  if (typeof epoch === "number" && typeof loss === "number" && typeof seconds === "object") {
    return found as unknown as EpochReport;
  }
  throw new TypeError(
    `Cannot read ${where}: expected an epoch's "epoch", "loss" and "seconds", found ${line.slice(0, 40)}`,
  );
}

/** An object in JSON. @throws TypeError naming where it stands. */
export function parsed(text: string, where: string): Record<string, unknown> {
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found === "object" && found !== null && !Array.isArray(found)) return found as Record<string, unknown>;
  } catch { /* said below */ }
  throw new TypeError(`Cannot read ${where}: expected a JSON object, found ${JSON.stringify(text.slice(0, 40))}`);
}

/** What decides a trial's numbers and is no option of a method; of a study all but the first eight hold for all its trials. */
const DECIDING = [
  ...["epochs", "batchSize", "dropLast", "visit", "l2", "exclude", "distinct", "init"],
  ...["evaluateEvery", "patience", "refit", "provider"],
] as const satisfies readonly (keyof typeof trainOptions)[];

/** What a trial is made of, by name: `sampler` and `sampler.pool`, every option in it. Empty where it cannot be known. */
export function settledOptions(config: Readonly<Record<string, unknown>>): Record<string, OptionValue> {
  const given = { backbone: "mf", freeze: null, sampler: "dns", loss: "bpr", optimizer: "adam", lr: null, ...config };
  try {
    const parts = Object.entries(settledParts(given as PartValues)).flatMap(([kind, { name, options }]) => [
      [kind, name] as const,
      ...Object.entries(options).map(([option, value]) => [`${kind}.${option}`, value as OptionValue] as const),
    ]);
    const others = DECIDING.map((name) => [name, (config[name] ?? trainOptions[name].default) as OptionValue] as const);
    return Object.fromEntries([...parts, ...others]);
  } catch {
    return {}; // a backbone's file is gone, or options are of another version
  }
}
