import { fileURLToPath } from "node:url";
import { flag, type Values } from "../../options/option.ts";
import { openOutput } from "../output.ts";
import { shellWord } from "../shell_word.ts";
import { taskName } from "../study_tasks.ts";
import { studyOptions } from "./options.ts";
import { standingOf } from "./states.ts";
import { openingParts, planned } from "./study.ts";
import { givenStudy, studyOf } from "./study_file.ts";

export const planOptions = {
  commands: flag(false, "print the commands of the trials that are not done, a line each, and nothing else"),
  ...studyOptions,
} as const;

/** `study plan`: what a study's trials are, where they lie, how far they are, and the command of each. */
export async function planStudy(file: string, values: Values<typeof planOptions>): Promise<number> {
  const output = openOutput(values), study = studyOf(await givenStudy(file, values.out));
  const parts = await planned(study, openingParts());
  const tasks = parts.flatMap(({ tasks }) => tasks), width = `${tasks.length - 1}`.length;
  for (const each of tasks) {
    const { index, part, task, place: { folder } } = each, { state } = await standingOf(each, undefined);
    const command = commandOf(file, values.out, index);
    const record = {
      event: "plan",
      index,
      data: part.label,
      label: task.label,
      seed: task.seed,
      state,
      folder,
      command,
    };
    if (!values.commands) {
      output.result(
        record,
        `${`${index}`.padStart(width)}  ${state.padEnd(7)}  ${part.label}: ${taskName(task)}  ${folder}`,
      );
    } else if (state !== "done") output.result(record, command);
  }
  return 0;
}

/** A trial as a command of its own. */
function commandOf(file: string, out: string | null, index: number): string {
  const cli = new URL("../../cli.ts", import.meta.url);
  const program = cli.protocol === "file:" ? fileURLToPath(cli) : cli.href;
  const words = ["deno", "run", "-A", program, "study", "trial", file, ...out === null ? [] : ["--out", out]];
  return [...words, "--index", `${index}`].map(shellWord).join(" ");
}
