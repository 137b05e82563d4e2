import { type Outcome, readFailure, readOutcome } from "../study_folder.ts";
import { type Progress, type Section, studyTables } from "../study_table.ts";
import type { StudyTable } from "../comparison_text.ts";
import type { PlannedPart, PlannedTask } from "./study.ts";

/** What is known of a study's tasks: of each that was run its outcome, or why it has none. */
export interface Findings {
  readonly outcomes: Map<PlannedTask, Outcome>;
  readonly failures: Map<PlannedTask, string>;
}

export const noFindings = (): Findings => ({ outcomes: new Map(), failures: new Map() });

/** What lies in a study's folders. */
export async function findingsIn(parts: readonly PlannedPart[]): Promise<Findings> {
  const found = noFindings();
  for (const { tasks, comparison: { wanted } } of parts) {
    for (const task of tasks) {
      const { folder, fingerprint } = task.place;
      const outcome = await readOutcome(folder, fingerprint, wanted);
      if (outcome) found.outcomes.set(task, outcome);
      const failure = outcome ? undefined : await readFailure(folder, fingerprint);
      if (failure !== undefined) found.failures.set(task, failure);
    }
  }
  return found;
}

/** The tables of what is found, a part each. */
export const tablesOf = (parts: readonly PlannedPart[], findings: Findings): readonly StudyTable[] =>
  studyTables(parts.map((part) => sectionOf(part, findings)), parts[0]!.comparison.wanted);

function sectionOf(part: PlannedPart, findings: Findings): Section {
  const { folder, data, tasks, comparison: { values, methods } } = part;
  const { outcomes, failures } = findings;
  const row = (label: string, against: string | null, own: readonly PlannedTask[]): Progress => ({
    ...{ label, against },
    outcomes: new Map(own.flatMap((task) => {
      const outcome = outcomes.get(task), { seed } = task.task;
      return outcome ? (seed === null ? values.seeds : [seed]).map((seed) => [seed, outcome] as const) : [];
    })),
    failed: own.flatMap((task) => {
      const error = failures.get(task);
      return error === undefined ? [] : [{ seed: task.task.seed, error }];
    }),
  });
  const trained = methods.map(({ label, against }) =>
    row(label, against, tasks.filter(({ task }) => task.seed !== null && task.label === label))
  );
  const untrained = tasks.filter(({ task }) => task.seed === null).map((task) =>
    row(String(outcomes.get(task)?.facts.label ?? task.task.label), methods[0]!.label, [task])
  );
  return { folder, data, values, rows: [...trained, ...untrained] };
}
