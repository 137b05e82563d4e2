import { exists } from "../files.ts";
import { runFiles } from "../run_files.ts";
import { isClaimed } from "../study_claim.ts";
import { isDone, readFailure } from "../study_folder.ts";
import { jobOf, type TrialQueue } from "./queue.ts";
import type { PlannedTask } from "./study.ts";

/** How far a trial is: `sent` where a worker has left its outcome on the server, and none is in the folder yet. */
export type TaskState = "done" | "sent" | "running" | "waiting" | "stopped" | "failed" | "to do";

export interface Standing {
  readonly state: TaskState;
  /** Who runs it, or why it failed. */
  readonly note: string;
}

const standing = (state: TaskState, note = ""): Standing => ({ state, note });

/** How far a trial is, by its folder, and by a queue where one is given. */
export async function standingOf(
  { place: { folder, fingerprint } }: PlannedTask,
  trials: TrialQueue | undefined,
): Promise<Standing> {
  if (await isDone(folder)) return standing("done");
  const queued = trials && await onQueue(trials, fingerprint);
  if (queued) return queued;
  if (await isClaimed(folder)) return standing("running");
  const failure = await readFailure(folder, fingerprint);
  if (failure !== undefined) return standing("failed", failure);
  return standing(await exists(`${folder}/${runFiles.checkpoint}`) ? "stopped" : "to do");
}

/** How far it is by the queue alone; undefined where the queue does not have it. */
async function onQueue(trials: TrialQueue, fingerprint: string): Promise<Standing | undefined> {
  const { queue, redis, outcomeKey } = trials, state = await queue.getJobState(fingerprint);
  if (state === "unknown") return undefined;
  if (state === "completed") return await redis.exists(outcomeKey(fingerprint)) > 0 ? standing("sent") : undefined;
  const job = await jobOf(trials, fingerprint);
  if (state === "failed") return standing("failed", job?.failedReason);
  return state === "active" ? standing("running", job?.processedBy) : standing("waiting");
}

/** So many of each. */
export function counted(standings: readonly Standing[]): Readonly<Partial<Record<TaskState, number>>> {
  const counts: Partial<Record<TaskState, number>> = {};
  for (const { state } of standings) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}
