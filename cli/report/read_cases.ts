import { type Case, casesOf, typicalUsers } from "../../reports/case_study.ts";
import type { Missing } from "../../reports/chart.ts";
import { type Study, takesTrials } from "../../reports/study.ts";
import { exists } from "../files.ts";
import { runFiles } from "../run_files.ts";
import { readIds, type RunIds } from "../run_folder.ts";
import { readTested } from "../tested_lists.ts";

export interface CasesWanted {
  /** Ids of the log; null leaves the choice to {@link typicalUsers}. */
  readonly users: readonly string[] | null;
  readonly count: number;
  readonly top: number;
}

/** A case study, and how it came about; or what it takes. */
export type ReadCases = { readonly cases: readonly Case[]; readonly says: string } | Missing;

/** The case study of a study, of the lists that its trials kept. @throws TypeError naming users that are not among those tested. */
export async function readCases(study: Study, { users, count, top }: CasesWanted): Promise<ReadCases> {
  const listed = study.methods.flatMap(({ label, lists }) => lists ? [{ label, ...lists }] : []);
  const [folder] = study.from;
  if (listed.length === 0 || folder === undefined || !await exists(`${folder}/${runFiles.tested}`)) {
    return {
      title: "Case study",
      takes: takesTrials(study, `what this version of Foil keeps of the lists on test (${runFiles.lists})`),
    };
  }
  const tested = await readTested(folder), ids = await readIds(folder);
  const rows = users === null
    ? typicalUsers(tested.metCounts, count)
    : users.map((name) => rowOf(name, tested.users, ids, study.data));
  const says = [
    users === null
      ? "Users chosen by how much they had met, at even steps from least to most, not by how well they are served."
      : "Users as they were asked for.",
    `Lists are the first ${top} on test${
      study.seeds.length > 1 ? `, of the first seed (${[...new Set(listed.map(({ seed }) => seed))].join(", ")})` : ""
    }; a hit is an item that was held out.`,
  ].join(" ");
  return { cases: casesOf(tested, listed, ids, { rows, top }), says };
}

function rowOf(name: string, users: Int32Array, ids: RunIds, data: string): number {
  const user = ids.users.indexOf(name), row = user < 0 ? -1 : users.indexOf(user);
  if (row >= 0) return row;
  throw new TypeError(
    user < 0
      ? `Cannot look at user "${name}": "${data}" has none (its first is "${ids.users[0]}")`
      : `Cannot look at user "${name}": expected one of the ${users.length} users of "${data}" whose lists on test were ` +
        "kept, found another; recommend lists items for anybody",
  );
}
