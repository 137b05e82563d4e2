import { pause } from "./pause.ts";
import { claim } from "./study_claim.ts";
import { type Outcome, removeFailure, settledOutcome, writeFailure } from "./study_folder.ts";
import type { Place } from "./study_places.ts";
import type { Running, Task } from "./study_tasks.ts";

/** What a task came to, and whether that was so before. */
export interface Attempted {
  readonly outcome: Outcome;
  readonly skipped: boolean;
}

/** Between looks at whether another process has let go of a task. */
const LOOK_MS = 500;

/**
 * Runs a task that is not done: whoever calls, and however often, its outcome is there once. Undefined where another
 * process of this file system is at it.
 *
 * @throws the signal's reason where it is stopped; what was wrong, which is noted in its folder, too.
 */
export async function attempt(task: Task, place: Place, running: Running): Promise<Attempted | undefined> {
  const { folder, fingerprint } = place, { signal, output, said, opened: { wanted } } = running;
  const before = async () => {
    const outcome = await settledOutcome(folder, fingerprint, wanted);
    return outcome && { outcome, skipped: true };
  };
  signal.throwIfAborted();
  const found = await before();
  if (found) return found;
  const claimed = await claim(folder);
  if (!claimed) return undefined;
  if (!claimed.exclusive) {
    output.say(`${said}: "${folder}" is on a file system without locks; let no other process run this trial there`);
  }
  try {
    return await before() ?? await run(task, place, running); // another may have ended just now
  } finally {
    claimed.release();
  }
}

async function run(task: Task, place: Place, running: Running): Promise<Attempted> {
  const { folder, fingerprint } = place;
  await removeFailure(folder);
  try {
    return { outcome: await task.run(place, running), skipped: false };
  } catch (error) {
    if (!running.signal.aborted) await writeFailure(folder, fingerprint, (error as Error).message).catch(() => {});
    throw error;
  }
}

/** The same, once another process that is at it has ended. */
export async function attemptInTurn(task: Task, place: Place, running: Running): Promise<Attempted> {
  const { signal, output, said } = running;
  for (let waited = false;; waited = true) {
    const attempted = await attempt(task, place, running);
    if (attempted) return attempted;
    if (!waited) output.say(`${said}: another process is at it; waits for that`);
    await pause(LOOK_MS, signal);
  }
}
