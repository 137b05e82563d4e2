import type { Output } from "../output.ts";
import { attempt, attemptInTurn } from "../study_attempt.ts";
import type { Place } from "../study_places.ts";
import { taskName } from "../study_tasks.ts";
import { suited } from "../unsuited_error.ts";
import { numbered, type NumberedTask, openingParts, type Study } from "./study.ts";

/** A task that is asked for, maybe by another machine. */
export interface Asked {
  readonly index: number;
  /** The digest of what decides its numbers, as who asks has it; null where that is not known. */
  readonly fingerprint: string | null;
  /** Whether the end of another process that is at it is waited for. */
  readonly inTurn: boolean;
  /** How a line about it begins; null: by what it is. */
  readonly said: string | null;
}

/** A task that was run, or had been. */
export interface Executed extends NumberedTask {
  readonly place: Place;
  readonly skipped: boolean;
}

/** Runs tasks of a study by their numbers: see {@link attempt}. */
export function executor(study: Study, output: Output) {
  const tasks = numbered(study), open = openingParts();
  return async ({ index, fingerprint, inTurn, said }: Asked, signal: AbortSignal): Promise<Executed | undefined> => {
    const found = tasks[index];
    if (!found) throw new RangeError(`Cannot run trial ${index}: the study has trials 0 to ${tasks.length - 1}`);
    const { part, task } = found;
    const { opened, place } = await suited(async () => {
      const opened = await open(part), place = await task.place(opened.places);
      if (fingerprint === null || fingerprint === place.fingerprint) return { opened, place };
      throw new Error(
        `Cannot run ${taskName(task)} on "${part.label}": its data are others here, or Foil's version is`,
      );
    });
    const running = { opened, signal, output, said: said ?? `${part.label}: ${taskName(task)}` };
    const attempted = await (inTurn ? attemptInTurn : attempt)(task, place, running);
    return attempted && { ...found, place, skipped: attempted.skipped };
  };
}
