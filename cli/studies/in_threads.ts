import type { Output } from "../output.ts";
import { openCrew } from "./crew.ts";
import type { Lanes } from "./run_tasks.ts";
import type { GivenStudy } from "./study_file.ts";

/** Runs tasks on threads of this process, so many at a time. */
export function inThreads(count: number, given: GivenStudy, signal: AbortSignal, output: Output) {
  const crew = openCrew(count, output);
  const lanes: Lanes = {
    count,
    async run({ index, place: { fingerprint } }, said, inTurn) {
      const ended = await crew.run(given, { index, fingerprint, said, inTurn }, signal);
      if (ended.kind === "done") return ended;
      if (ended.kind === "busy") return undefined;
      throw ended.kind === "stopped" ? signal.reason : new Error(ended.error);
    },
  };
  return { lanes, dispose: () => crew.dispose() };
}
