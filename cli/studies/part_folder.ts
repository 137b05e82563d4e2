import { studyCsv, studyMarkdown, type StudyTable, type StudyTables } from "../comparison_text.ts";
import { writeWhole } from "../files.ts";
import { checkOwnFolder } from "../own_folder.ts";
import { rankedAsRecord } from "../ranked_as.ts";
import { writeConfig } from "../run_folder.ts";
import { inTurn } from "../study_claim.ts";
import type { CompareValues } from "../study_options.ts";
import { writeTable } from "../study_table.ts";
import { type Findings, tablesOf } from "./findings.ts";
import { writeUsers } from "../tested_lists.ts";
import type { OpenPart, PlannedPart, StudyPart } from "./study.ts";
import type { GivenStudy } from "./study_file.ts";

/** The file of a study's table for programs, in the study's folder. */
export const STUDY = "study.json";

/** Begins the folder of a study, and those of its parts: each keeps its options, as a file that says them again. */
export async function beginStudy({ given, out }: GivenStudy, parts: readonly StudyPart[]): Promise<void> {
  await checkOwnFolder(out, [], "study");
  await inTurn(out, () => writeConfig(out, { ...given, out }));
  for (const part of parts) await writePart(part);
}

export const writePart = ({ folder, config }: StudyPart): Promise<void> =>
  inTurn(folder, () => writeConfig(folder, config));

/** Opens parts, and keeps in the folder of each who is tested, once: what a report reads lists beside. */
export function keepingUsers(open: OpenPart): OpenPart {
  const kept = new Set<string>();
  return async (part) => {
    const opened = await open(part);
    if (!kept.has(part.label)) await inTurn(part.folder, () => writeUsers(part.folder, opened));
    kept.add(part.label);
    return opened;
  };
}

/** What a table's file says beside the table. */
export const aboutTable = (data: string, { select, selectBy, refit, seeds, ...values }: CompareValues) => ({
  ...{ data, selectedOn: select, selectBy, ...refit && { refit }, seeds },
  ...rankedAsRecord(values),
});

const aboutPart = ({ data: { name }, comparison: { values } }: PlannedPart) => aboutTable(name, values);

/** A study's tables for programs: those of its parts as `compare` writes them. */
export const tableRecord = (parts: readonly PlannedPart[], tables: StudyTables) => ({
  parts: parts.map((part) => ({ label: part.label, folder: part.label, ...aboutPart(part), ...tables[part.label] })),
});

/**
 * Writes a study's table: study.md, study.csv and study.json in its folder, and in the folder of each part the part of it
 * that is of these data, as `compare` does.
 */
export async function writeStudy(
  folder: string,
  parts: readonly PlannedPart[],
  findings: Findings,
): Promise<StudyTables> {
  const tables: readonly StudyTable[] = tablesOf(parts, findings);
  const named = Object.fromEntries(parts.map(({ label }, at) => [label, tables[at]!]));
  await inTurn(folder, async () => {
    for (const part of parts) await writeTable(part.folder, named[part.label]!, aboutPart(part));
    await writeWhole(`${folder}/${STUDY}`, `${JSON.stringify(tableRecord(parts, named), null, 2)}\n`);
    await writeWhole(`${folder}/study.csv`, studyCsv(named));
    await writeWhole(`${folder}/study.md`, studyMarkdown(named));
  });
  return named;
}
