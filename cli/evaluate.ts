import { isDeepStrictEqual } from "node:util";
import { type Catalogue, catalogue as catalogueOf } from "../datasets/catalogue.ts";
import { flag, text, type Values } from "../options/option.ts";
import { dataOptions } from "./data_options.ts";
import { evaluateFile } from "./evaluate_file.ts";
import { evaluateOn } from "./evaluate_on.ts";
import { exists } from "./files.ts";
import { readConfig } from "./flags.ts";
import { openRun } from "./opened_run.ts";
import { openOutput } from "./output.ts";
import { OPTIMISTIC } from "./protocol_options.ts";
import { rankRun } from "./rank_run.ts";
import { rankedAsOptions } from "./ranked_as.ts";
import { heldOut, openTested } from "./test_ranking.ts";
import { runFiles } from "./run_files.ts";
import { metricOptions, outputOptions, providerOptions, trainOptions } from "./train_options.ts";

export const evaluateOptions = {
  run: text(null, "folder of a run of `train`"),
  model: text(null, "instead of a run: an ONNX file, as --backbone takes it"),
  on: text(
    null,
    "file of interactions that came after the run, to test on in the place of what it held out: users and items by their ids",
  ),
  ...dataOptions,
  select: trainOptions.select,
  refit: flag(false, "the model was trained on what was held out to select by, too"),
  ...metricOptions,
  ...providerOptions,
  ...outputOptions,
} as const;
export type EvaluateValues = Values<typeof evaluateOptions>;

const OF_TRAINING: readonly string[] = ["select", "refit"];

/** Options of the run's own config.yaml that say what data it was trained on, and how it was ranked: `evaluate` starts from those. */
export async function evaluateDefaults(flags: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
  if (typeof flags.run !== "string" || !await exists(`${flags.run}/${runFiles.config}`)) return {};
  const saved = await readConfig(`${flags.run}/${runFiles.config}`);
  return Object.fromEntries(
    Object.entries(saved).filter(([name]) =>
      name in dataOptions || name in rankedAsOptions || OF_TRAINING.includes(name)
    ),
  );
}

/** `evaluate`: ranks the whole catalogue for the users of a test set with a trained model. */
export async function evaluateCommand(values: EvaluateValues): Promise<number> {
  const output = openOutput(values);
  if (values.on !== null && values.run === null) {
    throw new TypeError(
      "Cannot evaluate --on other interactions without --run: it says whose users and items they are of",
    );
  }
  if (values.run !== null && values.model !== null) {
    throw new TypeError("Cannot evaluate: --model is instead of --run, found both");
  }
  if (values.model !== null) return await evaluateFile(values, values.model, output);
  if (values.run === null) throw new TypeError("Cannot evaluate: --run says which folder holds the trained model");
  if (values.on !== null) return await evaluateOn(values, values.run, values.on, output);
  const run = await openRun(values.run, "evaluate run"), { catalogue, ids } = run;
  const data = await openTested(values), test = heldOut(data);
  if (ids.items.length !== data.train.itemCount || ids.users.length !== data.train.userCount) {
    throw new TypeError(
      `Cannot evaluate: the model knows ${ids.users.length} users and ${ids.items.length} items, ` +
        `"${data.name}" has ${data.train.userCount} and ${data.train.itemCount}; --on tests on interactions that came after it`,
    );
  }
  if (!isDeepStrictEqual(columnsOf(catalogueOf(data.train)), columnsOf(catalogue))) {
    throw new TypeError(
      `Cannot evaluate: the train interactions are not those that "${values.run}" was trained on; its config.yaml says which; --on tests on interactions that came after it`,
    );
  }
  await rankRun(values, run, data, test, output);
  if (await selectedOn(values.run) === "test") output.say(`its run ${OPTIMISTIC}`);
  return 0;
}

/** What picked the epoch of a run, as its config.yaml says. */
async function selectedOn(folder: string): Promise<unknown> {
  const path = `${folder}/${runFiles.config}`;
  return await exists(path) ? (await readConfig(path)).select : undefined;
}

/** What decides whether two catalogues are of the same train interactions. */
const columnsOf = ({ offsets, positives, popularity }: Catalogue) => ({ offsets, positives, popularity });
