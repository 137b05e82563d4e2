import type { EpochReport } from "../training/recipe.ts";
import { serveCrew } from "./crew_thread.ts";
import { type OpenedProtocol, openProtocol } from "./protocol_options.ts";
import type { AskedTrial } from "./search_lanes.ts";
import { runSearchTrial } from "./search_trial.ts";
import { suited } from "./unsuited_error.ts";
import { searched } from "./search_protocol.ts";

/** The data of the search that this thread is of. */
let opening: Promise<OpenedProtocol> | undefined;

serveCrew<AskedTrial, readonly EpochReport[]>(async ({ data: { values, metrics }, trial, step }, signal, output) => {
  const opened = await (opening ??= suited(() => openProtocol(values, metrics)));
  const { threads } = values;
  return await runSearchTrial(trial, step, { ...searched(opened), threads, signal, output });
});
