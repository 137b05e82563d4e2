import { type Comparison, loadComparison, openComparison, type OpenedComparison } from "../study_comparison.ts";
import type { Place } from "../study_places.ts";
import { countsOf, type DataCounts } from "../study_table.ts";
import { type Task, tasksOf } from "../study_tasks.ts";

/** What a study does with one dataset. */
export interface StudyPart {
  /** What the data are called. */
  readonly label: string;
  /** Where its trials and its part of the table lie. */
  readonly folder: string;
  /** As it is given, for its folder. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly comparison: Comparison;
}

/** Comparisons on several datasets, of the same metrics, that go into one table. */
export interface Study {
  readonly folder: string;
  readonly parts: readonly StudyPart[];
}

/** A task, and its number in the study: what plain commands, and machines, call it by. */
export interface NumberedTask {
  readonly index: number;
  readonly part: StudyPart;
  readonly task: Task;
}

/** All tasks of a study, in order: no data are read for it. */
export const numbered = ({ parts }: Study): readonly NumberedTask[] =>
  parts.flatMap((part) => tasksOf(part.comparison).map((task) => ({ part, task })))
    .map((found, index) => ({ index, ...found }));

/** A task that is known to have a place of its own. */
export interface PlannedTask extends NumberedTask {
  readonly place: Place;
}

/** A part whose data have been seen. */
export interface PlannedPart extends StudyPart {
  readonly data: DataCounts;
  readonly tasks: readonly PlannedTask[];
}

/** Opens a part's data. */
export type OpenPart = (part: StudyPart) => Promise<OpenedComparison>;

/** Opens parts, and keeps the last: tasks of one dataset follow each other. */
export function openingParts(): OpenPart {
  let last: { readonly part: StudyPart; readonly opened: Promise<OpenedComparison> } | undefined;
  return async (part) => {
    if (last?.part !== part) {
      last = undefined; // the data before may go before the next are read
      last = { part, opened: loadComparison(part.comparison).then((loaded) => openComparison(loaded, part.folder)) };
    }
    const { opened } = last;
    try {
      return await opened;
    } catch (error) {
      last = undefined;
      throw error;
    }
  };
}

/** Where each task lies: reads each dataset once. */
export async function planned(study: Study, open: OpenPart): Promise<readonly PlannedPart[]> {
  const tasks = numbered(study), parts: PlannedPart[] = [];
  for (const part of study.parts) {
    const { data, places } = await open(part);
    const own = tasks.filter((task) => task.part === part);
    const placed = await Promise.all(own.map(async (task) => ({ ...task, place: await task.task.place(places) })));
    parts.push({ ...part, data: countsOf(data), tasks: placed });
  }
  return parts;
}
