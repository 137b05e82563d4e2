import type { Output } from "../output.ts";
import { shownName } from "../metrics_text.ts";
import { isDone, type Outcome, readOutcome } from "../study_folder.ts";
import { taskName } from "../study_tasks.ts";
import { type Findings, noFindings } from "./findings.ts";
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
  /** Called after each task that ended, one call at a time. */
  readonly onFound: (findings: Findings) => Promise<void>;
}

/**
 * Runs all tasks of a study: first those that are done, so that the table has them however soon the rest is stopped, last
 * those that another process is at. One that fails does not keep the others from being run.
 *
 * @returns what was found, and how many of the tasks have ended: fewer than there are where it was stopped.
 */
export async function runTasks({ parts, lanes, signal, output, onFound }: Run) {
  const tasks = parts.flatMap(({ tasks }) => tasks),
    done = await Promise.all(tasks.map(({ place }) => isDone(place.folder)));
  const waiting = [...tasks.filter((_, at) => done[at]), ...tasks.filter((_, at) => !done[at])];
  const busy: PlannedTask[] = [], findings = noFindings(), several = parts.length > 1;
  let ended = 0, told = Promise.resolve();
  const tell = (found: () => void): Promise<void> =>
    told = told.then(() => {
      found();
      return onFound(findings);
    });
  const numbers = new Map<PlannedTask, number>();
  const one = async (task: PlannedTask, inTurn: boolean): Promise<void> => {
    if (!numbers.has(task)) numbers.set(task, numbers.size + 1);
    const { part, place, task: { label, seed } } = task, { wanted } = part.comparison;
    const said = `[${numbers.get(task)}/${tasks.length}] ${several ? `${part.label}: ` : ""}${taskName(task.task)}`;
    const about = { ...several && { data: part.label }, label, seed };
    let found: () => void;
    try {
      const ran = await lanes.run(task, said, inTurn);
      if (!ran) return void busy.push(task);
      const outcome = (await readOutcome(place.folder, place.fingerprint, wanted))!;
      const event = seed === null
        ? { event: "baseline", ...about, label: outcome.facts.label }
        : { event: "trial", ...about, folder: place.folder, skipped: ran.skipped };
      const line = `${said}: ${shownOutcome(outcome.metrics, wanted)}${ran.skipped ? " (done before)" : ""}`;
      output.result({ ...outcome.facts, ...event, test: outcome.metrics }, line);
      found = () => findings.outcomes.set(task, outcome);
    } catch (error) {
      if (signal.aborted) return;
      const { message } = error as Error;
      output.result({ event: "failed", ...about, error: message }, `${said} failed: ${message}`);
      found = () => findings.failures.set(task, message);
    }
    ended++;
    await tell(found);
  };
  const lane = async () => {
    while (!signal.aborted) {
      const fresh = waiting.shift(), next = fresh ?? busy.shift();
      if (!next) return;
      await one(next, fresh === undefined);
    }
  };
  await Promise.all(Array.from({ length: lanes.count }, lane));
  return { findings, ended, tasks: tasks.length };
}

/** What was measured, in the columns of a table. */
export const shownOutcome = (metrics: Outcome["metrics"], wanted: readonly string[]): string =>
  wanted.map((name) => `${shownName(name)} ${metrics[name]!.toFixed(4)}`).join(", ");
