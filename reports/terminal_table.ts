import { overSeeds } from "./charts/by_epoch.ts";
import { sparkline } from "./sparkline.ts";
import type { Study } from "./study.ts";
import { epochText, meanText } from "./summary_table.ts";

/** Bars of a sparkline. */
const BARS = 24;
/** Letters of a method's name. */
const NAME = 36;

/** A study for a terminal: a line for each method, with the metric that picks its epoch as a sparkline. */
export function terminalTable(study: Study): string {
  const { methods, metrics, selectBy, title } = study;
  const curves = methods.map((method) => {
    const values = overSeeds(method, ({ metrics }) => metrics?.[selectBy]).map(({ y }) => y);
    return values.length > 1 ? sparkline(values, BARS) : "";
  });
  const drawn = curves.some((curve) => curve !== "");
  const head = [title, ...metrics, "epoch", "s/epoch", ...drawn ? [`${selectBy} by epoch`] : []];
  const rows = methods.map((method, at) => [
    method.label.length > NAME ? `${method.label.slice(0, NAME - 1)}…` : method.label,
    ...metrics.map((metric) => meanText(method, metric) ?? "–"),
    epochText(method) ?? "–",
    method.secondsPerEpoch?.toPrecision(2) ?? "–",
    ...drawn ? [curves[at]!] : [],
  ]);
  const widths = head.map((cell, column) =>
    Math.max(...[cell, ...rows.map((row) => row[column]!)].map(({ length }) => length))
  );
  const line = (row: readonly string[]) =>
    row.map((cell, column) =>
      column === 0 || column === metrics.length + 3 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)
    ).join("  ").trimEnd();
  return [head, ...rows].map(line).join("\n");
}
