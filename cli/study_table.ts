import { relative } from "node:path";
import type { Dataset } from "../datasets/dataset.ts";
import { parseMetric } from "../evaluation/parse_metric.ts";
import { compareToFirst } from "../studies/comparison.ts";
import type { EpochReport } from "../training/recipe.ts";
import { balancePlot } from "./balance_plot.ts";
import { csv, markdown, type StudyTable } from "./comparison_text.ts";
import { writeWhole } from "./files.ts";
import type { Outcome } from "./study_folder.ts";
import type { CompareValues } from "./study_options.ts";

/** A row of the study as it fills. */
export interface Progress {
  readonly label: string;
  readonly outcomes: Map<number, Outcome>;
  readonly failed: { readonly seed: number; readonly error: string }[];
}

/** What a finished trial says of itself beside what it measured. */
export interface TrialFacts {
  readonly seed: number;
  readonly epochs: number;
  readonly best: EpochReport["best"] | null;
  readonly secondsPerEpoch: number;
  /** What the negatives of the best epoch were. */
  readonly negatives: EpochReport["negatives"] | null;
}

/** The table of a study as it stands. */
export function studyTable(
  progress: readonly Progress[],
  metrics: readonly string[],
  data: Dataset,
  values: CompareValues,
): StudyTable {
  const compared = compareToFirst(progress.map(({ label, outcomes: results }) => ({ label, results })), metrics);
  const rows = compared.map((row, at) => {
    const { outcomes, failed } = progress[at]!, facts = [...outcomes.values()].map((outcome) => outcome.facts);
    const mean = (of: (facts: Partial<TrialFacts>) => number | undefined) => {
      const found = facts.map(of).filter((value) => value !== undefined);
      return found.length > 0 ? found.reduce((a, b) => a + b, 0) / found.length : null;
    };
    const chosen = facts[0]?.chosen, said = new Set(facts.flatMap(({ notes }) => Array.isArray(notes) ? notes : []));
    return {
      ...row,
      said: [...said].map(String),
      chosen: typeof chosen === "string" ? chosen : "",
      bestEpoch: mean(({ best, epochs }) => best?.epoch ?? (epochs === undefined ? undefined : epochs - 1)),
      secondsPerEpoch: mean(({ secondsPerEpoch }) => secondsPerEpoch),
      folders: Object.fromEntries([...outcomes].map(([seed, { folder }]) => [seed, folder])),
      failed,
    };
  });
  return { metrics, rows, notes: notesOn(rows, metrics, data, values) };
}

const selected: Readonly<Record<CompareValues["select"], string>> = {
  valid: "held-out validation interactions, never on test",
  test: "the TEST set, as the papers' code does: all numbers of trained methods are optimistic",
  last: "nothing: it is the last one",
};

function notesOn(rows: StudyTable["rows"], metrics: readonly string[], data: Dataset, values: CompareValues): string[] {
  const { seeds, select, selectBy } = values, { train, valid, test } = data, others = rows.length - 1;
  const picked = select === "last" ? "" : ` by ${selectBy}`;
  const missing = rows.filter(({ seeds: done }) => done.length > 0 && done.length < seeds.length);
  return [
    `Data: ${data.name}, ${train.userCount} users, ${train.itemCount} items; ${train.users.length} interactions to train ` +
    `on${valid ? `, ${valid.users.length} to select by` : ""}, ${test!.users.length} to test on.`,
    `Best epoch: picked${picked} on ${selected[select]}.`,
    values.mask === "none"
      ? "Test: full ranking of all items, also those that the user has met: history is not masked."
      : `Test: full ranking of all items but those the user met in training${valid ? " and validation" : ""}.`,
    ...values.average === "events"
      ? ["Each held-out interaction is ranked by itself; means and tests called users' are over those."]
      : [],
    ...values.evaluateUsers > 0
      ? [
        `Ranked for a sample of ${values.evaluateUsers} users (seed ${values.splitSeed}), to pick epochs and on test, not for all.`,
      ]
      : [],
    ...metrics.some((name) => parseMetric(name).sampled)
      ? [
        "Columns called sampled rank each held-out item among drawn items and not in full: they may order methods otherwise " +
        "(Krichene & Rendle, KDD 2020).",
      ]
      : [],
    ...metrics.some((name) => parseMetric(name).balance)
      ? [
        "balance: 1 - Gini of the hits of head, mid and tail; 1 where they are equal, also if all are 0, 1/3 where one has all.",
      ]
      : [],
    `Mean ± sample standard deviation over ${seeds.length} ${seeds.length === 1 ? "seed" : "seeds"} (${
      seeds.join(", ")
    }).`,
    `p (seeds): paired t-test over seeds; p (users): Wilcoxon signed-rank test over users, each user's ${metrics[0]} ` +
    `averaged over seeds. Both two-sided, against ${rows[0]!.label}, corrected by Holm for ${others} ` +
    `${others === 1 ? "comparison" : "comparisons"}; * below 0.05, ** below 0.01.`,
    ...rows.filter(({ chosen }) => chosen !== "").map(({ label, chosen }) => `${label}: ${chosen}.`),
    ...rows.flatMap(({ label, said }) => said.map((note) => `${label}: ${note}.`)),
    ...missing.map(({ label, seeds: done }) => `${label}: only ${done.length} of ${seeds.length} seeds are done.`),
    ...rows.flatMap(({ label, failed }) => failed.map(({ seed, error }) => `${label}, seed ${seed} failed: ${error}`)),
  ];
}

/** Writes the table as compare.json, compare.csv and compare.md, and balance.svg where it has a balance. */
export async function writeTable(folder: string, table: StudyTable, about: { readonly data: string }) {
  const plot = balancePlot(table, about.data);
  if (plot !== undefined) await writeWhole(`${folder}/balance.svg`, plot);
  await writeWhole(`${folder}/compare.json`, `${JSON.stringify({ ...about, ...within(folder, table) }, null, 2)}\n`);
  await writeWhole(`${folder}/compare.csv`, csv(table));
  await writeWhole(`${folder}/compare.md`, markdown(table));
}

/** The table with folders as they lie in the study's: it may be moved. */
const within = (folder: string, table: StudyTable): StudyTable => ({
  ...table,
  rows: table.rows.map((row) => ({
    ...row,
    folders: Object.fromEntries(Object.entries(row.folders).map(([seed, path]) => [seed, relative(folder, path)])),
  })),
});
