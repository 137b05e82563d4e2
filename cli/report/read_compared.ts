import { basename, dirname, resolve } from "node:path";
import { styleOf } from "../../reports/palette.ts";
import type { Method, Study, Trial } from "../../reports/study.ts";
import type { StudyRow } from "../comparison_text.ts";
import { exists, readText } from "../files.ts";
import { jsonObject } from "../json_object.ts";
import { runFiles } from "../run_files.ts";
import { readLists } from "../tested_lists.ts";
import { readTrial, settledOptions } from "./read_trial.ts";

/** The file by which a folder is one of `compare`. */
export const COMPARED = "compare.json";

interface Compared extends Pick<Study, "data" | "selectedOn" | "selectBy" | "seeds" | "metrics" | "notes"> {
  /** Earlier versions name no folders, and test against the first row. */
  readonly rows: readonly (Omit<StudyRow, "folders"> & Partial<Pick<StudyRow, "folders">> & {
    readonly reference?: string | null;
  })[];
}

/** Reads a folder of `compare`, with those of its trials that are there. @throws TypeError where it is damaged. */
export async function readCompared(folder: string): Promise<Study> {
  const path = `${folder}/${COMPARED}`;
  const found = jsonObject(await readText(path, "the study"), `"${path}"`) as unknown as Compared;
  if (!Array.isArray(found.rows) || !Array.isArray(found.metrics)) {
    throw new TypeError(`Cannot read "${path}": expected "rows" and "metrics", as compare writes them`);
  }
  const { selectedOn, selectBy, seeds, metrics, notes, rows } = found, data = await labelOf(folder) ?? found.data;
  const methods = await Promise.all(
    rows.map((row, at) => methodOf(folder, { reference: at === 0 ? null : rows[0]!.label, ...row }, at)),
  );
  return { data, title: data, from: [folder], compared: true, selectedOn, selectBy, seeds, metrics, notes, methods };
}

/** What the study that a folder is of calls its data, which may be read from files of one name; undefined where it is of none. */
async function labelOf(folder: string): Promise<string | undefined> {
  const path = `${dirname(resolve(folder))}/study.json`;
  if (!await exists(path)) return undefined;
  const { parts } = jsonObject(await readText(path, "the study"), `"${path}"`);
  const own = Array.isArray(parts) ? parts.find((part) => part?.folder === basename(resolve(folder))) : undefined;
  return typeof own?.label === "string" ? own.label : undefined;
}

async function methodOf(folder: string, row: Compared["rows"][number], at: number): Promise<Method> {
  const { label, cells, reference = null, bestEpoch, secondsPerEpoch } = row;
  const places = Object.entries(row.folders ?? {}).map(([seed, place]) => ({
    seed: Number(seed),
    place: `${folder}/${place}`,
  })).sort((a, b) => a.seed - b.seed);
  const trained = !(cells !== null && bestEpoch === null), trials: Trial[] = [];
  let options: Method["options"] = {}, lists: Method["lists"] = null;
  // a baseline has one result for all seeds
  for (const { seed, place } of trained ? places : places.slice(0, 1)) {
    if (!await exists(`${place}/${runFiles.metrics}`)) continue;
    const { trial, config } = await readTrial(place);
    trials.push({ ...trial, seed });
    if (Object.keys(config).length > 0) options = settledOptions(config);
    if (!lists && await exists(`${place}/${runFiles.lists}`)) lists = { seed, kept: await readLists(place) };
  }
  const told = { label, cells, reference, bestEpoch, secondsPerEpoch };
  return { ...told, trained, style: styleOf(at), options, trials, lists };
}
