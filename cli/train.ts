import { resolve } from "node:path";
import { makeBackbone, withDataFor } from "./backbone_spec.ts";
import { metricNames } from "./metrics_text.ts";
import { duration, openOutput } from "./output.ts";
import { describe, openProtocol, OPTIMISTIC } from "./protocol_options.ts";
import { checkOwnFolder } from "./own_folder.ts";
import { askedRecipe, type Given, settledValues, withoutRecipe, withRecipe } from "./recipe_values.ts";
import { exists } from "./files.ts";
import { runFiles } from "./run_files.ts";
import { checkRefit, checkRefitBatches } from "./refit_run.ts";
import { readCheckpoint } from "./run_folder.ts";
import { digestOfFacts, runFacts } from "./run_facts.ts";
import { AUTO } from "./search_axes.ts";
import { samplerTrials, trainAuto } from "./train_auto.ts";
import type { TrainValues } from "./train_options.ts";
import { makeRecipe, namedParts } from "./train_parts.ts";
import { type TrainRun, trainRun } from "./train_run.ts";

/**
 * `train`: from interactions to a folder with a trained recommender. Returns the exit code.
 *
 * @param given the names of the options that are not to be a recipe's.
 */
export async function trainCommand(
  options: TrainValues,
  signal: AbortSignal,
  given: Given = new Set(Object.keys(options)),
): Promise<number> {
  const output = openOutput(options), started = performance.now(), asked = await askedRecipe(options, given);
  const begun = asked ? withRecipe(options, asked.options, given) : options;
  trainerOf(begun); // what cannot be made is said before data are read
  const opened = await openProtocol(withDataFor(begun, [begun.backbone]), metricNames(options));
  describe(opened, output);
  const none = asked === null ? withoutRecipe(options, given) : null;
  if (none !== null) output.say(none);
  const settled = asked === null ? begun : await settledValues(options, opened, { asked, given, output });
  const values = withDataFor(settled, [settled.backbone]), train = trainerOf(values);
  if (values.refit) checkRefitBatches(values, makeBackbone(values), opened.protocol);
  if (values.select === "test") output.say(OPTIMISTIC);
  const folder = values.out ?? `runs/${[opened.data.name, ...namedParts(values), values.seed].join("-")}`;
  await checkOwnFolder(folder, [values.data, values.valid, values.test]);
  if (!values.resume && await exists(`${folder}/${runFiles.weights}`)) {
    output.say(`writes over the run that is in ${folder}`);
  }
  if (values.init !== null && resolve(values.init) === resolve(folder)) {
    throw new TypeError(`Cannot start from run "${values.init}" and write to it: --out names another folder`);
  }
  if (!await train({ opened, folder, signal, output })) {
    output.say(`stopped; go on with: the same command and --resume --out ${folder}`);
    return 130;
  }
  output.say(`took ${duration((performance.now() - started) / 1000)}; everything is in ${folder}`);
  return 0;
}

/** What trains with these options. @throws TypeError where they do not go together. */
function trainerOf(values: TrainValues) {
  checkRefit(values);
  return values.sampler === AUTO ? auto(values) : one(values);
}

type Place = Pick<TrainRun, "opened" | "folder" | "signal" | "output">;

/** With the sampler that is given. */
function one(values: TrainValues) {
  const recipe = makeRecipe(values);
  return async (place: Place) => {
    const { folder, opened, output } = place;
    const facts = await runFacts(values, opened.data), fingerprint = await digestOfFacts(facts);
    const resume = values.resume ? await readCheckpoint(folder, fingerprint, facts) : undefined;
    if (values.resume && !resume) output.say(`no checkpoint is in ${folder}: starts at the beginning`);
    return await trainRun({ ...place, values, recipe, facts, fingerprint, resume });
  };
}

/** With the sampler that suits the data best. */
function auto(values: TrainValues) {
  const each = samplerTrials(values);
  return (place: Place) => trainAuto({ ...place, each, goOn: values.resume });
}
