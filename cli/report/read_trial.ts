import type { OptionValue, Trial } from "../../reports/study.ts";
import type { EpochReport } from "../../training/recipe.ts";
import { exists, readText } from "../files.ts";
import { readConfig } from "../flags.ts";
import { jsonObject } from "../json_object.ts";
import { runFiles } from "../run_files.ts";
import { readLog } from "../run_log.ts";
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
  const [facts, config, epochs] = [await readFacts(folder), await configOf(folder), await readLog(folder)];
  const { test = null, best = epochs.at(-1)?.best } = facts as { test?: Trial["test"]; best?: EpochReport["best"] };
  return {
    trial: { seed: Number(facts.seed ?? config.seed ?? 0), epochs, best: best?.epoch ?? null, test },
    facts,
    config,
  };
}

async function readFacts(folder: string): Promise<Record<string, unknown>> {
  const path = `${folder}/${runFiles.metrics}`;
  return await exists(path) ? jsonObject(await readText(path, "the metrics of"), `"${path}"`) : {};
}

async function configOf(folder: string): Promise<Record<string, unknown>> {
  const path = `${folder}/${runFiles.config}`;
  return await exists(path) ? await readConfig(path) : {};
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
