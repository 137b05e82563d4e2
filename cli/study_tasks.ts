import type { Comparison, OpenedComparison } from "./study_comparison.ts";
import type { Outcome } from "./study_folder.ts";
import type { StudyMethod } from "./study_methods.ts";
import { baselineOutcome, trialOutcome } from "./study_outcomes.ts";
import type { Place, Places } from "./study_places.ts";
import type { Output } from "./output.ts";

/** What a task is run with. */
export interface Running {
  readonly opened: OpenedComparison;
  readonly signal: AbortSignal;
  readonly output: Output;
  /** How a line about it begins. */
  readonly said: string;
}

/** One thing to do in a comparison, independent of the others: a trial, or a baseline. */
export interface Task {
  /** Of the method, or the name of the baseline. */
  readonly label: string;
  /** Null for a baseline: it draws nothing. */
  readonly seed: number | null;
  /** Where its outcome lies. */
  readonly place: (places: Places) => Promise<Place>;
  readonly run: (place: Place, running: Running) => Promise<Outcome>;
}

/**
 * Baselines, then trials seed by seed: of a study that stops early, methods have the same seeds. The order is that of the
 * options alone, so that a task has a number before any data are read.
 */
export const tasksOf = ({ baselines, methods, values: { seeds } }: Comparison): readonly Task[] => [
  ...baselines.map(baselineTask),
  ...seeds.flatMap((seed) => methods.map((method) => trialTask(method, seed))),
];

const baselineTask = (name: string): Task => ({
  ...{ label: name, seed: null },
  place: (places) => places.baseline(name),
  run: (place, { opened }) => baselineOutcome(name, place, opened),
});

const trialTask = (method: StudyMethod, seed: number): Task => ({
  ...{ label: method.label, seed },
  place: (places) => places.trial(method, seed),
  run: (place, running) => trialOutcome({ ...place, method, seed }, running),
});

/** A task in words. */
export const taskName = ({ label, seed }: Task): string => seed === null ? label : `${label}, seed ${seed}`;
