import type { Output } from "../output.ts";
import { shownName } from "../metrics_text.ts";
import { isDone, type Outcome, readOutcome, settledOutcome } from "../study_folder.ts";
import { taskName } from "../study_tasks.ts";
import { UnsuitedError } from "../unsuited_error.ts";
import { type Findings, noFindings } from "./findings.ts";
import { sparingly } from "./sparingly.ts";
import type { PlannedPart, PlannedTask } from "./study.ts";

/** How tasks are run. */
export interface Lanes {
  /** So many at a time. */
  readonly count: number;
  /**
   * Runs one that is not done. Undefined where another process is at it, unless its end is to be waited for.
   *
   * @throws the signal's reason where it is stopped; what is wrong with the task.
   */
  run(task: PlannedTask, said: string, inTurn: boolean): Promise<{ readonly skipped: boolean } | undefined>;
}

/** A study under way. */
export interface Run {
  readonly parts: readonly PlannedPart[];
  readonly lanes: Lanes;
  readonly signal: AbortSignal;
  readonly output: Output;
  /** Called after tasks that ended, once at a time, and at the end. */
  readonly onFound: (findings: Findings) => Promise<unknown>;
}

/**
 * Runs all tasks of a study: first those that are done, so that the table has them however soon the rest is stopped, last
 * those that another process is at. One that fails does not keep the others from being run.
 *
 * @throws UnsuitedError where none can be run here, or one that is stopped cannot keep its checkpoint.
 * @returns what was found, and how many of the tasks have ended: fewer than there are where it was stopped.
 */
export async function runTasks({ parts, lanes, signal, output, onFound }: Run) {
  const tasks = parts.flatMap(({ tasks }) => tasks), several = parts.length > 1;
  const done = await Promise.all(tasks.map(({ place }) => isDone(place.folder)));
  const waiting = [...tasks.filter((_, at) => done[at]), ...tasks.filter((_, at) => !done[at])];
  const busy: PlannedTask[] = [], findings = noFindings(), numbers = new Map<PlannedTask, number>();
  let unkept: UnsuitedError | undefined; // of what was stopped and could not keep a checkpoint
  const table = sparingly(() => onFound(findings));
  const one = async (task: PlannedTask, inTurn: boolean): Promise<void> => {
    if (!numbers.has(task)) numbers.set(task, numbers.size + 1);
    const { part, task: { label, seed } } = task, about = { ...several && { data: part.label }, label, seed };
    const said = `[${numbers.get(task)}/${tasks.length}] ${several ? `${part.label}: ` : ""}${taskName(task.task)}`;
    try {
      const ran = await found(task, lanes, said, inTurn);
      if (!ran) return void busy.push(task);
      const { outcome, skipped } = ran, { wanted } = part.comparison;
      const event = seed === null
        ? { event: "baseline", ...about, label: outcome.facts.label }
        : { event: "trial", ...about, folder: task.place.folder, skipped };
      const line = `${said}: ${shownOutcome(outcome.metrics, wanted)}${skipped ? " (done before)" : ""}`;
      output.result({ ...outcome.facts, ...event, test: outcome.metrics }, line);
      findings.outcomes.set(task, outcome);
    } catch (error) {
      if (signal.aborted) {
        if (error instanceof UnsuitedError) unkept = error;
        return;
      }
      if (error instanceof UnsuitedError) throw error; // it is not the method that failed, and the next would, too
      const { message } = error as Error;
      output.result({ event: "failed", ...about, error: message }, `${said} failed: ${message}`);
      findings.failures.set(task, message);
    }
    await table.changed();
  };
  const lane = async () => {
    while (!signal.aborted) {
      const fresh = waiting.shift(), next = fresh ?? busy.shift();
      if (!next) return;
      await one(next, fresh === undefined);
    }
  };
  await Promise.all(Array.from({ length: lanes.count }, lane));
  if (unkept) throw unkept;
  await table.ended();
  return { findings, ended: findings.outcomes.size + findings.failures.size, tasks: tasks.length };
}

/** A task's outcome: as it lies in its folder, for which no data are read, or run. */
async function found(task: PlannedTask, lanes: Lanes, said: string, inTurn: boolean) {
  const { part: { comparison: { wanted } }, place: { folder, fingerprint } } = task;
  const before = await settledOutcome(folder, fingerprint, wanted);
  if (before) return { outcome: before, skipped: true };
  const ran = await lanes.run(task, said, inTurn);
  return ran && { outcome: (await readOutcome(folder, fingerprint, wanted))!, skipped: ran.skipped };
}

/** What was measured, in the columns of a table. */
export const shownOutcome = (metrics: Outcome["metrics"], wanted: readonly string[]): string =>
  wanted.map((name) => `${shownName(name)} ${metrics[name]!.toFixed(4)}`).join(", ");
