import { parseMetric } from "../evaluation/parse_metric.ts";

/**
 * The metric names that `--metrics` and `--at` ask for, such as ndcg@20; one that has a list length is taken as it is.
 *
 * @throws TypeError where one is unknown.
 */
export function metricNames(
  { metrics, at }: { readonly metrics: string | null; readonly at: string | null },
): string[] {
  const words = (text: string | null) =>
    (text ?? "").split(",").map((word) => word.trim()).filter((word) => word !== "");
  const names = words(metrics).flatMap((name) =>
    name.includes("@") ? [name.toLowerCase()] : words(at).map((k) => `${name}@${k}`.toLowerCase())
  );
  names.forEach(parseMetric);
  return withFull(names);
}

/** What is before the name of a metric among drawn candidates. */
const SAMPLED = /^sampled([0-9]+)\//;

/** The names, and behind each metric among drawn candidates the same of full ranking: the one is not shown alone. */
export const withFull = (names: readonly string[]): string[] => [
  ...new Set(names.flatMap((name) => SAMPLED.test(name) ? [name, name.replace(SAMPLED, "")] : [name])),
];

/** A metric's name as people read it: `hit@10 (1+100 sampled)`. */
export const shownName = (name: string): string => {
  const count = SAMPLED.exec(name)?.[1];
  return count === undefined ? name : `${name.replace(SAMPLED, "")} (1+${count} sampled)`;
};

/** The deciding metric first, then its list length's others: enough for a line. */
export function metricsLine(metrics: Readonly<Record<string, number>>, first: string): string {
  const k = first.split("@")[1];
  const names = [first, ...["recall", "ndcg"].map((name) => `${name}@${k}`)].filter((name) => name in metrics);
  return [...new Set(names)].map((name) => `${name} ${metrics[name]!.toFixed(4)}`).join("  ");
}

type Results = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** A table of full ranking, and apart from it one of metrics among drawn candidates, where there are such. */
export function rankingTables(title: string, rankedAs: string, results: Results): string {
  const only = (sampled: boolean): Results =>
    Object.fromEntries(
      Object.entries(results).map(([column, found]) => [
        column,
        Object.fromEntries(
          Object.entries(found).filter(([name]) => SAMPLED.test(name) === sampled)
            .map(([name, value]) => [shownName(name), value]),
        ),
      ]),
    );
  const table = metricsTable(`${title}, full ranking`, only(false)), sampled = only(true);
  const full = rankedAs === "" ? table : `${rankedAs}\n${table}`;
  if (Object.values(sampled).every((found) => Object.keys(found).length === 0)) return full;
  return `${full}\n\n${metricsTable("among drawn candidates: NOT full ranking", sampled)}`;
}

/** A table: a row for each metric, a column for each of `results`. */
export function metricsTable(
  title: string,
  results: Results,
): string {
  const columns = Object.keys(results), rows = [...new Set(columns.flatMap((column) => Object.keys(results[column]!)))];
  const wide = Math.max(title.length, ...rows.map((row) => row.length));
  const widths = columns.map((column) => Math.max(8, column.length));
  const cell = (value: number | undefined) =>
    value === undefined ? "" : Math.abs(value) >= 100 ? value.toFixed(1) : value.toFixed(4);
  return [
    [title.padEnd(wide), ...columns.map((column, at) => column.padStart(widths[at]!))].join("  "),
    ...rows.map((row) =>
      [row.padEnd(wide), ...columns.map((column, at) => cell(results[column]![row]).padStart(widths[at]!))].join("  ")
    ),
  ].join("\n");
}
