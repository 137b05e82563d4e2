import type { Options, Values } from "../options/option.ts";
import { gatherOptions, gatherStudy } from "./studies/gather.ts";
import { planOptions, planStudy } from "./studies/plan.ts";
import { runOptions, runStudy } from "./studies/run.ts";
import { statusOfStudy, statusOptions } from "./studies/status.ts";
import { submitOptions, submitStudy } from "./studies/submit.ts";
import { runTrialCommand, trialOptions } from "./studies/trial.ts";
import { studyWorker, workerOptions } from "./studies/worker.ts";

/** A command under `study`. */
export interface StudyCommand {
  readonly name: string;
  readonly description: string;
  readonly options: Options;
  /** Whether it is about the study of a file; a worker runs whatever is queued. */
  readonly ofFile: boolean;
  /** Whether it acts on the signal that stops it, to keep what it has; others are ended. */
  readonly heeds: boolean;
  readonly run: (file: string, values: Readonly<Record<string, unknown>>, signal: AbortSignal) => Promise<number>;
}

const ofFile = <O extends Options>(
  name: string,
  description: string,
  options: O,
  run: (file: string, values: Values<O>, signal: AbortSignal) => Promise<number>,
  { heeds = false } = {},
): StudyCommand => ({ name, description, options, ofFile: true, heeds, run: run as StudyCommand["run"] });

/** The commands under `study`. */
export const studyCommands: readonly StudyCommand[] = [
  ofFile("run", "run what is not done of a study on this machine, and write its table", runOptions, runStudy, {
    heeds: true,
  }),
  ofFile("plan", "list the trials of a study, with the command of each", planOptions, planStudy),
  ofFile("trial", "run one trial of a study, unless it is done", trialOptions, runTrialCommand, { heeds: true }),
  ofFile("submit", "put the trials of a study that are not done into a queue", submitOptions, submitStudy),
  {
    ...{ name: "worker", description: "run trials from a queue", options: workerOptions, ofFile: false, heeds: true },
    run: (_file, values, signal) => studyWorker(values as Values<typeof workerOptions>, signal),
  },
  ofFile("status", "how far a study is", statusOptions, statusOfStudy),
  ofFile("gather", "write the table of a study, of what is done", gatherOptions, gatherStudy),
];
