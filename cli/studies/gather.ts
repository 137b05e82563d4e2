import { flag, type Values } from "../../options/option.ts";
import { studyMarkdown } from "../comparison_text.ts";
import { openOutput } from "../output.ts";
import { findingsIn } from "./findings.ts";
import { fetchOutcome } from "./parcel.ts";
import { beginStudy, keepingUsers, tableRecord, writeStudy } from "./part_folder.ts";
import { jobOf, queueOptions, redisUrl, type TrialQueue, withQueue } from "./queue.ts";
import { studyOptions } from "./options.ts";
import { openingParts, planned, type PlannedPart, type PlannedTask } from "./study.ts";
import { givenStudy, studyOf } from "./study_file.ts";

export const gatherOptions = {
  ...queueOptions,
  clear: flag(false, "remove from the server what is now in the folder"),
  ...studyOptions,
} as const;

/** `study gather`: the table of what is done, in the folder or left on a server by workers. */
export async function gatherStudy(file: string, values: Values<typeof gatherOptions>): Promise<number> {
  const output = openOutput(values), given = await givenStudy(file, values.out), study = studyOf(given);
  const parts = await planned(study, keepingUsers(openingParts()));
  await beginStudy(given, parts);
  const failed = redisUrl(values.redis) === null
    ? []
    : await withQueue(values, (trials) => fetchAll(trials, parts, values.clear));
  const findings = await findingsIn(parts);
  for (const [task, error] of failed) findings.failures.set(task, error);
  const tables = await writeStudy(study.folder, parts, findings);
  output.result({ event: "table", ...tableRecord(parts, tables) }, studyMarkdown(tables));
  const tasks = parts.flatMap(({ tasks }) => tasks).length, done = findings.outcomes.size;
  output.say(`${done} of ${tasks} trials are done; the table is in ${study.folder}/study.md, .csv, .json`);
  return findings.failures.size > 0 ? 1 : 0;
}

/** Fetches all outcomes that are not in the folder. @returns the trials that failed, and why. */
async function fetchAll(trials: TrialQueue, parts: readonly PlannedPart[], clear: boolean) {
  const { queue, redis, outcomeKey } = trials, tasks = parts.flatMap(({ tasks }) => tasks);
  const fetched: PlannedTask[] = [], failed = new Map<PlannedTask, string>();
  for (const task of tasks) {
    const { folder, fingerprint } = task.place;
    if (await fetchOutcome(redis, outcomeKey(fingerprint), folder)) fetched.push(task);
    else if (await queue.getJobState(fingerprint) === "failed") {
      failed.set(task, (await jobOf(trials, fingerprint))?.failedReason ?? "it failed");
    }
  }
  if (!clear) return failed;
  for (const { place: { fingerprint } } of fetched) {
    const job = await jobOf(trials, fingerprint);
    await job?.remove().catch(() => {}); // a worker that is at it keeps it
    await redis.del(outcomeKey(fingerprint));
  }
  return failed;
}
