import { parseMetric } from "../evaluation/parse_metric.ts";

/** The metric names that `--metrics` and `--at` ask for, such as ndcg@20. @throws TypeError where one is unknown. */
export function metricNames(
  { metrics, at }: { readonly metrics: string | null; readonly at: string | null },
): string[] {
  const words = (text: string | null) =>
    (text ?? "").split(",").map((word) => word.trim()).filter((word) => word !== "");
  const names = words(metrics).flatMap((name) => words(at).map((k) => `${name}@${k}`.toLowerCase()));
  names.forEach(parseMetric);
  return names;
}

/** The deciding metric first, then its list length's others: enough for a line. */
export function metricsLine(metrics: Readonly<Record<string, number>>, first: string): string {
  const k = first.split("@")[1];
  const names = [first, ...["recall", "ndcg"].map((name) => `${name}@${k}`)].filter((name) => name in metrics);
  return [...new Set(names)].map((name) => `${name} ${metrics[name]!.toFixed(4)}`).join("  ");
}

/** A table: a row for each metric, a column for each of `results`. */
export function metricsTable(
  title: string,
  results: Readonly<Record<string, Readonly<Record<string, number>>>>,
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
