import type { EpochReport } from "../training/recipe.ts";
import { foundBy, openCrew } from "./crew.ts";
import { threadsOfEach } from "./jobs.ts";
import type { Output } from "./output.ts";
import type { OpenedProtocol, ProtocolValues } from "./protocol_options.ts";
import { searched } from "./search_protocol.ts";
import { runSearchTrial, type SearchTrial, type TrialStep } from "./search_trial.ts";
import type { TrainValues } from "./train_options.ts";

/** Where the trials of a search are run. */
export interface SearchLanes {
  /** So many at a time. */
  readonly count: number;
  /** Runs a trial on: see {@link runSearchTrial}. @throws UnsuitedError where none can be run, as well. */
  run(trial: SearchTrial, step: TrialStep, signal: AbortSignal): Promise<readonly EpochReport[]>;
  dispose(): Promise<void>;
}

/** Runs trials on this thread, one at a time. */
export const searchHere = (opened: OpenedProtocol, output: Output): SearchLanes => ({
  count: 1,
  run: (trial, step, signal) =>
    runSearchTrial(trial, step, { ...searched(opened), threads: trial.values.threads, signal, output }),
  dispose: () => Promise.resolve(),
});

/** How each thread opens the data of a search. */
export interface ThreadData {
  readonly values: ProtocolValues & Pick<TrainValues, "threads">;
  readonly metrics: readonly string[];
}

/** What a thread of a search is asked for. */
export interface AskedTrial {
  readonly data: ThreadData;
  readonly trial: SearchTrial;
  readonly step: TrialStep;
}

/** Runs trials on threads of this process, so many at a time, each of which has the data for itself. */
export function searchInThreads(count: number, { values, metrics }: ThreadData, output: Output): SearchLanes {
  const crew = openCrew<AskedTrial, readonly EpochReport[]>(new URL("./search_thread.ts", import.meta.url), output);
  const data = { values: { ...values, ...threadsOfEach(values, count) }, metrics };
  return {
    count,
    run: async (trial, step, signal) =>
      foundBy(await crew.run({ data, trial, step }, trial.values.provider, signal), signal),
    dispose: () => crew.dispose(),
  };
}
