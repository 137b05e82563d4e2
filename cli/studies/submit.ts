import type { Values } from "../../options/option.ts";
import { openOutput } from "../output.ts";
import { isDone } from "../study_folder.ts";
import { taskName } from "../study_tasks.ts";
import { beginStudy } from "./part_folder.ts";
import { jobOf, queueOptions, type TrialQueue, type WaitingTrial, withQueue } from "./queue.ts";
import { studyOptions } from "./options.ts";
import { openingParts, planned, type PlannedTask } from "./study.ts";
import { type GivenStudy, givenStudy, studyOf } from "./study_file.ts";

export const submitOptions = { ...queueOptions, ...studyOptions } as const;

/** `study submit`: puts the trials of a study that are not done into a queue. Those that are there already stay as they are. */
export async function submitStudy(file: string, values: Values<typeof submitOptions>): Promise<number> {
  const output = openOutput(values), given = await givenStudy(file, values.out), study = studyOf(given);
  const parts = await planned(study, openingParts()), tasks = parts.flatMap(({ tasks }) => tasks);
  await beginStudy(given, parts);
  return await withQueue(values, async (trials) => {
    const missing: PlannedTask[] = [];
    for (const task of tasks) if (!await isDone(task.place.folder) && await isWanted(trials, task)) missing.push(task);
    await trials.queue.addBulk(missing.map((task) => {
      const data = waiting(given, task);
      return { name: data.name, data, opts: { jobId: data.fingerprint } };
    }));
    const counts = { submitted: missing.length, of: tasks.length };
    output.result(
      { event: "submitted", queue: trials.name, ...counts },
      `${counts.submitted} of ${counts.of} trials are new in queue "${trials.name}"`,
    );
    return 0;
  });
}

const waiting = (given: GivenStudy, { index, part, task, place: { fingerprint } }: PlannedTask): WaitingTrial => ({
  ...{ given, index, fingerprint, name: `${part.label}: ${taskName(task)}` },
});

/** Whether a queue has neither a trial nor its outcome. One that failed is tried again. */
async function isWanted(trials: TrialQueue, { place: { fingerprint } }: PlannedTask): Promise<boolean> {
  const { queue, redis, outcomeKey } = trials, state = await queue.getJobState(fingerprint);
  if (state === "unknown") return true;
  const sent = state === "completed" && await redis.exists(outcomeKey(fingerprint)) > 0;
  if (sent || (state !== "completed" && state !== "failed")) return false;
  await (await jobOf(trials, fingerprint))?.remove();
  return true;
}
