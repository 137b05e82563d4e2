import { foundBy } from "../crew.ts";
import type { Output } from "../output.ts";
import { openStudyCrew } from "./crew.ts";
import type { Lanes } from "./run_tasks.ts";
import type { GivenStudy } from "./study_file.ts";

/** Runs tasks on threads of this process, so many at a time. */
export function inThreads(count: number, given: GivenStudy, signal: AbortSignal, output: Output) {
  const crew = openStudyCrew(output);
  const lanes: Lanes = {
    count,
    async run({ index, part, place: { fingerprint } }, said, inTurn) {
      const asked = { index, fingerprint, said, inTurn };
      const { provider } = part.comparison.values;
      return foundBy(await crew.run({ given, lanes: count, asked }, provider, signal), signal);
    },
  };
  return { lanes, dispose: () => crew.dispose() };
}
