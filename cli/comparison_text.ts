import { parseMetric } from "../evaluation/parse_metric.ts";
import { shownP } from "../reports/summary_table.ts";
import type { Against, Cell, ComparedRow } from "../studies/comparison.ts";
import { csvCell } from "./csv_cell.ts";
import { shownName } from "./metrics_text.ts";

/** A method's row, with what its trials said beside the measurements. */
export interface StudyRow extends ComparedRow {
  /** What a baseline was chosen to be. */
  readonly chosen: string;
  /** What must be known of its numbers. */
  readonly said: readonly string[];
  /** Means over seeds; null for a method that has no epochs. */
  readonly bestEpoch: number | null;
  readonly secondsPerEpoch: number | null;
  /** Folders of its trials, or of the baseline, by seed. */
  readonly folders: Readonly<Record<number, string>>;
  /** Seeds whose trial stopped with an error, and the error; of a baseline, null. */
  readonly failed: readonly { readonly seed: number | null; readonly error: string }[];
}

/** A comparison as it is told. */
export interface StudyTable {
  readonly metrics: readonly string[];
  readonly rows: readonly StudyRow[];
  /** Sentences on how the numbers came about. */
  readonly notes: readonly string[];
}

/** The tables of one study, of the same metrics, by what their data are called. */
export type StudyTables = Readonly<Record<string, StudyTable>>;

const NONE = "–";

/** The table in Markdown: differences and tests of the first metric, means of all; notes below. */
export const markdown = (table: StudyTable): string =>
  `${aligned(shownRows(table, [table]))}\n\n${bullets(table.notes)}\n`;

/** The tables of a study as one, with a column of whose data a row is; below it the notes on all, then on each. */
export function studyMarkdown(tables: StudyTables): string {
  const all = Object.values(tables),
    common = all[0]!.notes.filter((note) => all.every(({ notes }) => notes.includes(note)));
  const rows = Object.entries(tables).flatMap(([data, table], at) => {
    const [head, ...body] = shownRows(table, all);
    return [...at === 0 ? [["data", ...head!]] : [], ...body.map((row) => [data, ...row])];
  });
  const own = Object.entries(tables).map(([data, { notes }]) =>
    [data, notes.filter((note) => !common.includes(note))] as const
  );
  const below = own.filter(([, notes]) => notes.length > 0).map(([data, notes]) => `${data}:\n\n${bullets(notes)}`);
  return `${[aligned(rows), bullets(common), ...below].join("\n\n")}\n`;
}

const bullets = (notes: readonly string[]) => notes.map((note) => `- ${note}`).join("\n");

/** The rows of a table, with a head that all tables shown together have. */
function shownRows({ metrics, rows }: StudyTable, together: readonly StudyTable[]): string[][] {
  const [first, ...others] = metrics;
  const references = new Set(
    together.flatMap(({ rows }) => rows.map(({ reference }) => reference)).filter((label) => label !== null),
  );
  const [base = together[0]!.rows[0]!.label] = references, several = references.size > 1;
  const best = (metric: string) => {
    const sign = parseMetric(metric).dispersion ? -1 : 1; // less is better
    return sign * Math.max(...rows.map(({ cells }) => sign * (cells?.[metric]?.mean ?? -sign * Infinity)));
  };
  const mean = (row: StudyRow, metric: string) => {
    const cell = row.cells?.[metric], text = cell ? spread(cell, row.bestEpoch !== null) : NONE;
    return cell && cell.mean === best(metric) ? `**${text}**` : text;
  };
  const [shownFirst, ...shownOthers] = metrics.map(shownName);
  const head = [
    "method",
    shownFirst!,
    ...several ? ["against", "difference"] : [`vs. ${base}`],
    "p (seeds)",
    "p (users)",
    ...shownOthers,
    "best epoch",
    "s/epoch",
  ];
  const body = rows.map((row) => {
    const against = row.cells?.[first!]?.against ?? null;
    return [
      row.label,
      mean(row, first!),
      ...several ? [row.reference ?? NONE] : [],
      against?.percent == null ? NONE : `${against.percent >= 0 ? "+" : ""}${against.percent.toFixed(1)}%`,
      shownP(against?.overSeeds.holm) ?? NONE,
      shownP(against?.overUsers?.holm) ?? NONE,
      ...others.map((metric) => mean(row, metric)),
      row.bestEpoch === null ? NONE : String(Number(row.bestEpoch.toFixed(1))),
      row.secondsPerEpoch === null ? NONE : row.secondsPerEpoch.toFixed(2),
    ];
  });
  return [head, ...body];
}

/** One line for each method and metric, with every test. */
export const csv = (table: StudyTable): string => csvText(csvRows(table));

/** The same of a study's tables, with a column of whose data a line is. */
export const studyCsv = (tables: StudyTables): string =>
  csvText(
    Object.entries(tables).flatMap(([data, table], at) => {
      const [head, ...body] = csvRows(table);
      return [...at === 0 ? [["data", ...head!]] : [], ...body.map((line) => [data, ...line])];
    }),
  );

type CsvCell = string | number | null | undefined;

function csvRows({ metrics, rows }: StudyTable): CsvCell[][] {
  const head = ["method", "metric", "seeds", "mean", "sd", "difference", "percent"];
  const tests = ["t_seeds", "p_seeds", "p_seeds_holm", "w_users", "p_users", "p_users_holm"];
  const body = rows.flatMap((row) =>
    metrics.map((metric) => {
      const { values, mean, sd, against }: Partial<Cell> = row.cells?.[metric] ?? {};
      return [
        ...[row.label, metric, values?.length ?? 0, mean, sd, against?.difference, against?.percent],
        ...tested(against ?? null),
        ...[row.bestEpoch, row.secondsPerEpoch, row.reference],
      ];
    })
  );
  return [[...head, ...tests, "best_epoch", "seconds_per_epoch", "against"], ...body];
}

const csvText = (lines: readonly (readonly CsvCell[])[]) =>
  lines.map((line) => `${line.map(csvCell).join(",")}\r\n`).join("");

const tested = (against: Against | null) => {
  if (!against) return Array.from({ length: 6 }, () => null);
  const { overSeeds, overUsers } = against;
  return [overSeeds.t, overSeeds.p, overSeeds.holm, overUsers?.w, overUsers?.p, overUsers?.holm];
};

/** A method with one seed, or without randomness, has no spread to show. */
const spread = ({ mean, sd }: Cell, drawn: boolean) =>
  drawn && sd !== null ? `${mean.toFixed(4)} ± ${sd.toFixed(4)}` : mean.toFixed(4);

/** A Markdown table whose columns line up; the first row is its head. */
function aligned(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = cells[0]!.map((_, column) => Math.max(3, ...cells.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, at) => cell.padEnd(widths[at]!)).join(" | ")} |`;
  const [head, ...body] = cells;
  return [head!, widths.map((width) => "-".repeat(width)), ...body].map(line).join("\n");
}
