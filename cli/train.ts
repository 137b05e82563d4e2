import { withDataFor } from "./backbone_spec.ts";
import { metricNames } from "./metrics_text.ts";
import { duration, openOutput } from "./output.ts";
import { describe, openProtocol, OPTIMISTIC } from "./protocol_options.ts";
import { checkRefit } from "./refit_run.ts";
import { readCheckpoint } from "./run_folder.ts";
import { digestOfFacts, runFacts } from "./run_facts.ts";
import { namedParts } from "./run_identity.ts";
import { AUTO } from "./search_axes.ts";
import { samplerTrials, trainAuto } from "./train_auto.ts";
import type { TrainValues } from "./train_options.ts";
import { makeRecipe } from "./train_parts.ts";
import { type TrainRun, trainRun } from "./train_run.ts";

/** `train`: from interactions to a folder with a trained recommender. Returns the exit code. */
export async function trainCommand(given: TrainValues, signal: AbortSignal): Promise<number> {
  const values = withDataFor(given, [given.backbone]), output = openOutput(values), started = performance.now();
  checkRefit(values);
  const train = values.sampler === AUTO ? auto(values) : one(values); // what cannot be made is said before data are read
  const opened = await openProtocol(values, metricNames(values));
  describe(opened, output);
  if (values.select === "test") output.say(OPTIMISTIC);
  const folder = values.out ?? `runs/${[opened.data.name, ...namedParts(values), values.seed].join("-")}`;
  if (!await train({ opened, folder, signal, output })) {
    output.say(`stopped; go on with: the same command and --resume --out ${folder}`);
    return 130;
  }
  output.say(`took ${duration((performance.now() - started) / 1000)}; everything is in ${folder}`);
  return 0;
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
