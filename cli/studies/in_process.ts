import type { Output } from "../output.ts";
import { attempt, attemptInTurn } from "../study_attempt.ts";
import type { Lanes } from "./run_tasks.ts";
import type { OpenPart } from "./study.ts";

/** Runs tasks in this process, one at a time. */
export const inProcess = (open: OpenPart, signal: AbortSignal, output: Output): Lanes => ({
  count: 1,
  async run({ part, task, place }, said, inTurn) {
    const running = { opened: await open(part), signal, output, said };
    return await (inTurn ? attemptInTurn : attempt)(task, place, running);
  },
});
