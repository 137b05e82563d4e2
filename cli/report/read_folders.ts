import { basename } from "node:path";
import type { Study } from "../../reports/study.ts";
import { exists } from "../files.ts";
import { runFiles } from "../run_files.ts";
import { COMPARED, readCompared } from "./read_compared.ts";
import { readRuns } from "./read_runs.ts";

/**
 * Reads folders of `train` and of `compare`, or that have such in them: a study each of the latter, and one for all of the
 * former that are on the same data.
 *
 * @throws Error where a folder is not there, TypeError where it holds nothing of either.
 */
export async function readFolders(folders: readonly string[]): Promise<Study[]> {
  const found = (await Promise.all(folders.map(within))).flat(), each = [...new Set(found)];
  const kinds = await Promise.all(each.map(kindOf));
  const compared = await Promise.all(each.filter((_, at) => kinds[at] === "compare").map(readCompared));
  const studies = [...compared, ...await readRuns(each.filter((_, at) => kinds[at] === "train"))];
  return studies.map((study) => {
    const alone = studies.filter(({ data }) => data === study.data).length === 1;
    return alone
      ? study
      : { ...study, title: `${study.data} (${study.from.map((folder) => basename(folder)).join(", ")})` };
  });
}

/** What wrote a folder. */
async function kindOf(folder: string): Promise<"compare" | "train" | undefined> {
  if (await exists(`${folder}/${COMPARED}`)) return "compare";
  const wasTrained = await exists(`${folder}/${runFiles.log}`) || await exists(`${folder}/${runFiles.metrics}`);
  return wasTrained ? "train" : undefined;
}

/** The folder, where it is a run or a study; else those in it that are. */
async function within(given: string): Promise<string[]> {
  const folder = given.replace(/(?<=.)\/+$/, "");
  const stat = await Deno.stat(folder).catch(() => undefined);
  if (!stat?.isDirectory) {
    throw new Error(`Cannot report on "${given}": ${stat ? "it is no folder" : "there is no such folder"}`);
  }
  if (await kindOf(folder)) return [folder];
  const inside: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (await kindOf(`${folder}/${name}`)) inside.push(`${folder}/${name}`);
  }
  if (inside.length > 0) return inside.sort();
  throw new TypeError(
    `Cannot report on "${given}": expected what train writes (${runFiles.log}) or compare (${COMPARED}), there or in a ` +
      "folder of it, found neither",
  );
}
