import { exists } from "./files.ts";
import { runFiles } from "./run_files.ts";

/** What is done with a run that `--init` names, for errors. */
export const START_FROM = "start from run";

/** Where the best run of a search lies in its folder, and trials in that of a search or a comparison. */
const BEST = "best", TRIALS = "trials";

/**
 * Sees that a folder is that of a run which has ended.
 *
 * @param what what was to be done with it, as in `start from run`.
 * @throws Error saying what it is instead, and what to give.
 */
export async function checkTrained(folder: string, what: string): Promise<void> {
  const why = await whyNot(folder);
  if (why !== undefined) throw new Error(`Cannot ${what} "${folder}": ${why}`);
}

async function whyNot(folder: string): Promise<string | undefined> {
  const here = (name: string) => exists(`${folder}/${name}`);
  if (folder.trim() === "") return "no folder is named";
  const found = await Deno.stat(folder).catch(() => undefined);
  if (!found) return "there is no such folder";
  if (!found.isDirectory) return "it is a file; give the folder of a run";
  if (await here(runFiles.weights)) {
    return await here(runFiles.ids) ? undefined : `its ${runFiles.ids} is missing, which says whose its weights are`;
  }
  if (await here(`${BEST}/${runFiles.weights}`)) return `it is that of a search, whose best run is "${folder}/${BEST}"`;
  if (await here(TRIALS)) return "it is that of a search or a comparison, whose trials keep no weights";
  if (await here(runFiles.checkpoint)) return "that run has not ended; the same command with --resume ends it";
  return `it is no run's: it has no ${runFiles.weights}`;
}
