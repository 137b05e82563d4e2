import type { Values } from "../../options/option.ts";
import { openOutput } from "../output.ts";
import { taskName } from "../study_tasks.ts";
import { studyOptions } from "./options.ts";
import { queueOptions, redisUrl, withQueue } from "./queue.ts";
import { counted, standingOf } from "./states.ts";
import { openingParts, planned } from "./study.ts";
import { givenStudy, studyOf } from "./study_file.ts";

export const statusOptions = { ...queueOptions, ...studyOptions } as const;

/** `study status`: how far a study is, by its folder and by the queue, where a server is given. */
export async function statusOfStudy(file: string, values: Values<typeof statusOptions>): Promise<number> {
  const output = openOutput(values), study = studyOf(await givenStudy(file, values.out));
  const parts = await planned(study, openingParts());
  const url = redisUrl(values.redis), tasks = parts.flatMap(({ tasks }) => tasks);
  const standings =
    await (url === null
      ? Promise.all(tasks.map((task) => standingOf(task, undefined)))
      : withQueue(values, (trials) => Promise.all(tasks.map((task) => standingOf(task, trials)))));
  for (const [at, { index, part, task, place }] of tasks.entries()) {
    const { state, note } = standings[at]!, about = note === "" ? "" : ` (${note})`;
    const record = { event: "status", index, data: part.label, label: task.label, seed: task.seed, state };
    const told = ["done", "to do", "waiting"].includes(state)
      ? null
      : `${index}  ${state}  ${part.label}: ${taskName(task)}${about}`;
    output.result({ ...record, folder: place.folder, ...note !== "" && { note } }, told);
  }
  const counts = counted(standings);
  const sum = Object.entries(counts).map(([state, count]) => `${count} ${state}`).join(", ");
  output.result({ event: "sum", trials: tasks.length, ...counts }, `${tasks.length} trials: ${sum}`);
  return 0;
}
