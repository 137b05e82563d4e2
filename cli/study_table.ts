import { relative } from "node:path";
import type { Dataset } from "../datasets/dataset.ts";
import { parseMetric } from "../evaluation/parse_metric.ts";
import { compared, type ComparedRow, type Contender } from "../studies/comparison.ts";
import type { EpochReport } from "../training/recipe.ts";
import { balancePlot } from "./balance_plot.ts";
import { csv, markdown, type StudyRow, type StudyTable } from "./comparison_text.ts";
import { writeWhole } from "./files.ts";
import { tiesText } from "./ranked_as.ts";
import type { Outcome } from "./study_folder.ts";
import type { CompareValues } from "./study_options.ts";

/** A row of the study as it fills. */
export interface Progress {
  readonly label: string;
  /** The label of the row that it is tested against, in its section; null for one that others are tested against. */
  readonly against: string | null;
  readonly outcomes: ReadonlyMap<number, Outcome>;
  readonly failed: StudyRow["failed"];
}

/** The rows of one dataset. */
export interface Section {
  /** Where it lies: its rows name folders as they lie in this one, which may be moved. */
  readonly folder: string;
  readonly rows: readonly Progress[];
  readonly data: DataCounts;
  readonly values: CompareValues;
}

/** What a table says of its data. */
export interface DataCounts {
  readonly name: string;
  readonly users: number;
  readonly items: number;
  /** Interactions. */
  readonly train: number;
  readonly valid: number | null;
  readonly test: number;
}

export const countsOf = ({ name, train, valid, test }: Dataset): DataCounts => ({
  ...{ name, users: train.userCount, items: train.itemCount },
  ...{ train: train.users.length, valid: valid ? valid.users.length : null, test: test ? test.users.length : 0 },
});

/** What a finished trial says of itself beside what it measured. */
export interface TrialFacts {
  readonly seed: number;
  readonly epochs: number;
  readonly best: EpochReport["best"] | null;
  readonly secondsPerEpoch: number;
  /** What the negatives of the best epoch were. */
  readonly negatives: EpochReport["negatives"] | null;
}

/** The table of a study as it stands, in sections of one dataset each: one correction is over all of them. */
export function studyTables(sections: readonly Section[], metrics: readonly string[]): readonly StudyTable[] {
  const contenders = sections.map(contendersOf), flat = compared(contenders.flat(), metrics);
  // what has failed, or is not done yet, is tested against nothing, and counts for no correction
  const tests = flat.filter(({ cells }) => cells?.[metrics[0]!]?.against).length;
  let at = 0;
  return sections.map((section, which) => {
    const found = flat.slice(at, at += contenders[which]!.length);
    const rows = found.map((row, at) => studyRow(row, section.rows[at]!, section.folder));
    return { metrics, rows, notes: notesOn(rows, metrics, section, tests) };
  });
}

/** A section's rows, each with the one that it is tested against. */
function contendersOf({ rows }: Section): readonly Contender[] {
  const contender = ({ label, outcomes: results }: Progress): Contender => ({ label, results });
  const references = new Map(rows.map((row) => [row.label, contender(row)]));
  return rows.map((row) => {
    const against = row.against === null ? undefined : references.get(row.against);
    return { ...contender(row), ...against && { against } };
  });
}

function studyRow(row: ComparedRow, { outcomes, failed }: Progress, within: string): StudyRow {
  const facts = [...outcomes.values()].map((outcome) => outcome.facts);
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
    folders: Object.fromEntries([...outcomes].map(([seed, { folder }]) => [seed, relative(within, folder)])),
    failed,
  };
}

const selected: Readonly<Record<CompareValues["select"], string>> = {
  valid: "held-out validation interactions, never on test",
  test: "the TEST set, as the papers' code does: all numbers of trained methods are optimistic",
  last: "nothing: it is the last one",
};

/** Sentences on how a section's numbers came about; `tests` are those of the whole table. */
function notesOn(
  rows: StudyTable["rows"],
  metrics: readonly string[],
  { data, values }: Section,
  tests: number,
): string[] {
  const { seeds, select, selectBy } = values, { users, items, train, valid, test } = data;
  const references = new Set(rows.map(({ reference }) => reference).filter((reference) => reference !== null));
  const [only = rows[0]?.label] = references;
  const picked = select === "last" ? "" : ` by ${selectBy}`;
  const missing = rows.filter(({ seeds: done, failed }) => failed.length === 0 && done.length < seeds.length);
  return [
    `Data: ${data.name}, ${users} users, ${items} items; ${train} interactions to train ` +
    `on${valid === null ? "" : `, ${valid} to select by`}, ${test} to test on.`,
    `Best epoch: picked${picked} on ${selected[select]}.`,
    ...values.refit ? ["Tested is a model trained anew for that many epochs, on train and validation together."] : [],
    `Test: full ranking of all items${
      values.mask === "none"
        ? ", also those that the user has met: history is not masked"
        : ` but those the user met in training${valid === null || values.mask === "train" ? "" : " and validation"}`
    }.`,
    ...values.average === "events"
      ? ["Each held-out interaction is ranked by itself; means and tests called users' are over those."]
      : [],
    ...values.ties === "by-id" ? [] : [`Ties: ${tiesText[values.ties]}.`],
    ...values.evaluateUsers > 0
      ? [
        `Ranked for at most ${values.evaluateUsers} users, drawn where there are more (seed ${values.splitSeed}), to pick epochs and on test.`,
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
    `p (seeds): paired t-test over seeds; ${overUsersText(metrics[0]!)}, against ${
      references.size > 1 ? "what the row says" : only
    }, corrected by Holm for ` +
    `${tests} ${tests === 1 ? "comparison" : "comparisons"}; * below 0.05, ** below 0.01.`,
    ...rows.filter(({ chosen }) => chosen !== "").map(({ label, chosen }) => `${label}: ${chosen}.`),
    ...rows.flatMap(({ label, said }) => said.map((note) => `${label}: ${note}.`)),
    ...missing.map(({ label, seeds: done }) => `${label}: only ${done.length} of ${seeds.length} seeds are done.`),
    ...rows.flatMap(({ label, failed }) =>
      failed.map(({ seed, error }) => `${label}${seed === null ? "" : `, seed ${seed}`} failed: ${error}`)
    ),
  ];
}

/** What is tested over users, and that tests are two-sided. */
function overUsersText(metric: string): string {
  const { balance, coverage, dispersion } = parseMetric(metric);
  return balance || coverage || dispersion
    ? `${metric} is no mean over users, and has no p of theirs. Two-sided`
    : `p (users): Wilcoxon signed-rank test over users, each user's ${metric} averaged over seeds. Both two-sided`;
}

/** Writes the table as compare.json, compare.csv and compare.md, and balance.svg where it has a balance. */
export async function writeTable(folder: string, table: StudyTable, about: { readonly data: string }) {
  const plot = balancePlot(table, about.data);
  if (plot !== undefined) await writeWhole(`${folder}/balance.svg`, plot);
  await writeWhole(`${folder}/compare.json`, `${JSON.stringify({ ...about, ...table }, null, 2)}\n`);
  await writeWhole(`${folder}/compare.csv`, csv(table));
  await writeWhole(`${folder}/compare.md`, markdown(table));
}
