import type { EpochReport } from "../training/recipe.ts";
import { exists, readText } from "./files.ts";
import { jsonObject } from "./json_object.ts";
import { runFiles } from "./run_files.ts";

/** The epochs in the log of a folder; none where it has no log. @throws TypeError naming file and line where it is damaged. */
export async function readLog(folder: string): Promise<EpochReport[]> {
  const path = `${folder}/${runFiles.log}`;
  if (!await exists(path)) return [];
  return (await readText(path, "the log of")).split("\n").flatMap((line, at) =>
    line.trim() === "" ? [] : [epochOf(line, `"${path}", line ${at + 1}`)]
  );
}

function epochOf(line: string, where: string): EpochReport {
  const found = jsonObject(line, where), { epoch, loss, seconds } = found as Partial<EpochReport>;
  if (typeof epoch === "number" && typeof loss === "number" && typeof seconds === "object") {
    return found as unknown as EpochReport;
  }
  throw new TypeError(
    `Cannot read ${where}: expected an epoch's "epoch", "loss" and "seconds", found ${line.slice(0, 40)}`,
  );
}
