import { writeWhole } from "./files.ts";
import type { TrialRecord } from "./search_run.ts";
import { type Columns, writeTable } from "./table.ts";

/** What a search is, beside its trials. */
export interface SearchAbout {
  readonly data: string;
  readonly strategy: string;
  readonly eta: number;
  /** Epochs at whose end trials are compared. */
  readonly rungs: readonly number[];
  readonly selectBy: string;
  readonly seed: number;
  /** A line for each option that is drawn. */
  readonly space: readonly string[];
}

/** Columns of tune.csv before those of the options that were drawn. */
const COLUMNS: Columns = {
  trial: "whole",
  value: "real",
  best_epoch: "whole",
  epochs: "whole",
  rungs: "whole",
  seconds: "real",
  folder: "text",
  error: "text",
};

/** Writes a search as it stands: tune.json has everything, tune.csv a line for each trial. */
export async function writeSearch(
  folder: string,
  about: SearchAbout,
  records: readonly TrialRecord[],
  more: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const trials = records.map(({ trial: { folder: own, drawn }, standing, best, epochs, seconds, error }, trial) => ({
    ...{ trial, options: drawn, epochs, seconds, folder: own.slice(folder.length + 1), error },
    value: finite(standing.at(-1)),
    bestEpoch: best?.epoch ?? null,
    rungs: standing.map(finite),
  }));
  const drawn = [...new Set(trials.flatMap(({ options }) => Object.keys(options)))];
  const columns = { ...COLUMNS, ...Object.fromEntries(drawn.map((name) => [name, "text"])) } as Columns;
  const rows = trials.map(({ trial, value, bestEpoch, epochs, rungs, seconds, folder, error, options }) => [
    ...[trial, value, bestEpoch, epochs, rungs.length, seconds, folder, error],
    ...drawn.map((name) => name in options ? String(options[name]) : null),
  ]);
  await writeWhole(`${folder}/tune.json`, `${JSON.stringify({ ...about, ...more, trials }, null, 2)}\n`);
  await writeTable(`${folder}/tune.csv`, columns, entries());

  async function* entries() {
    yield { record: {}, rows };
  }
}

/** JSON has no NaN. */
const finite = (value: number | undefined): number | null => Number.isFinite(value) ? value! : null;
