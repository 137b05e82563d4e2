import type { Values } from "../../options/option.ts";
import { studyMarkdown } from "../comparison_text.ts";
import { jobOptions } from "../jobs.ts";
import { duration, openOutput, type Output } from "../output.ts";
import { checkOwnFolder } from "../own_folder.ts";
import { describe, OPTIMISTIC } from "../protocol_options.ts";
import { inProcess } from "./in_process.ts";
import { inThreads } from "./in_threads.ts";
import { studyOptions } from "./options.ts";
import { beginStudy, keepingUsers, tableRecord, writeStudy } from "./part_folder.ts";
import { runTasks } from "./run_tasks.ts";
import { openingParts, type OpenPart, planned } from "./study.ts";
import { givenStudy, studyOf } from "./study_file.ts";

export const runOptions = {
  ...jobOptions,
  ...studyOptions,
} as const;

/** `study run`: runs what is not done of a study, on this machine. Returns the exit code. */
export async function runStudy(file: string, values: Values<typeof runOptions>, signal: AbortSignal): Promise<number> {
  const output = openOutput(values), started = performance.now(), { jobs } = values;
  const given = await givenStudy(file, values.out),
    study = studyOf(given),
    open = telling(keepingUsers(openingParts()), output);
  await checkOwnFolder(study.folder, [], "study");
  const parts = await planned(study, open);
  if (parts.some(({ comparison }) => comparison.values.select === "test")) output.say(OPTIMISTIC);
  await beginStudy(given, parts);

  const threads = jobs > 1 ? inThreads(jobs, given, signal, output) : undefined;
  const lanes = threads?.lanes ?? inProcess(open, signal, output);
  const { findings, ended, tasks } = await runTasks({
    ...{ parts, lanes, signal, output },
    onFound: (findings) => writeStudy(study.folder, parts, findings),
  }).finally(() => threads?.dispose());
  if (ended < tasks) {
    output.say(`stopped after ${ended} of ${tasks} trials; the same command goes on`);
    return 130;
  }
  const tables = await writeStudy(study.folder, parts, findings);
  output.result({ event: "table", ...tableRecord(parts, tables) }, `\n${studyMarkdown(tables)}`);
  output.say(
    `took ${duration((performance.now() - started) / 1000)}; the table is in ${study.folder}/study.md, .csv, .json`,
  );
  return findings.failures.size > 0 ? 1 : 0;
}

/** Says of each dataset what a person should know before training starts. */
function telling(open: OpenPart, output: Output): OpenPart {
  const told = new Set<string>();
  return async (part) => {
    const opened = await open(part);
    if (!told.has(part.label)) describe(opened, output);
    told.add(part.label);
    return opened;
  };
}
