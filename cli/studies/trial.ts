import { integer, type Option, type Values } from "../../options/option.ts";
import { openOutput } from "../output.ts";
import { readOutcome } from "../study_folder.ts";
import { taskName } from "../study_tasks.ts";
import { UnsuitedError } from "../unsuited_error.ts";
import { executor } from "./execute.ts";
import { shownOutcome } from "./run_tasks.ts";
import { studyOptions } from "./options.ts";
import { givenStudy, studyOf } from "./study_file.ts";

const index: Option<number | null> = {
  ...integer(0, "number of the trial, as `study plan` lists them", { min: 0 }),
  default: null,
};
export const trialOptions = { index, ...studyOptions } as const;

/** `study trial`: runs one trial of a study, unless it is done: a command for whatever runs commands. */
export async function runTrialCommand(
  file: string,
  values: Values<typeof trialOptions>,
  signal: AbortSignal,
): Promise<number> {
  const output = openOutput(values), { index } = values;
  if (index === null) throw new TypeError("Cannot run a trial: --index says which, as `study plan` lists them");
  const execute = executor(studyOf(await givenStudy(file, values.out)), output);
  try {
    const asked = { index, fingerprint: null, inTurn: true, said: null };
    const { part, task, place, skipped } = (await execute(asked, signal))!, { wanted } = part.comparison;
    const { facts, metrics } = (await readOutcome(place.folder, place.fingerprint, wanted))!;
    const event = { event: "trial", index, data: part.label, label: task.label, seed: task.seed, skipped };
    const line = `${part.label}: ${taskName(task)}: ${shownOutcome(metrics, wanted)}${skipped ? " (done before)" : ""}`;
    output.result({ ...facts, ...event, folder: place.folder, test: metrics }, line);
    return 0;
  } catch (error) {
    if (!signal.aborted || error instanceof UnsuitedError) throw error;
    output.say("stopped; the same command goes on");
    return 130;
  }
}
