import type { Runtime } from "../runtime/runtime.ts";
import { indexedNearest, readIndex } from "./ann.ts";
import { type Answers, type FoldIn, openAnswers } from "./answers.ts";
import { checkIndexed } from "./index_run.ts";
import type { OpenedRun } from "./opened_run.ts";

/**
 * A model's answers by the index of its run folder.
 *
 * @throws Error where there is none, or it is of another model; TypeError where scores are not what an index finds.
 */
export async function indexedAnswers(runtime: Runtime, run: OpenedRun, foldIn: FoldIn): Promise<Answers> {
  checkIndexed(run);
  return await openAnswers(
    runtime,
    run,
    foldIn,
    async (items) => indexedNearest(await readIndex(run.folder, items), items),
  );
}
