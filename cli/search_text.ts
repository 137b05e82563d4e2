import type { TrialRecord } from "./search_run.ts";

/** The options that were drawn, in a line; those of methods that have none of their own in it. */
export const optionsText = (drawn: Readonly<Record<string, unknown>>): string =>
  Object.entries(drawn).map(([name, value]) => `${name}=${value}`).join(" ");

/** Trials that a table shows. */
const SHOWN = 10;
const NONE = "–";

/** The best trials first, with the metric at the end of each rung that they came to, and what was drawn. */
export function rungTable(records: readonly TrialRecord[], rungs: readonly number[], metric: string): string {
  const value = ({ standing }: TrialRecord) => standing.at(-1) ?? NaN;
  const ordered = [...records.entries()].filter(([, record]) => record.standing.length > 0).toSorted(([, a], [, b]) =>
    (Number.isNaN(value(a)) ? 1 : 0) - (Number.isNaN(value(b)) ? 1 : 0) || value(b) - value(a)
  );
  const shownAt = ({ standing }: TrialRecord, rung: number) => {
    const found = standing[rung];
    return found === undefined ? NONE : Number.isNaN(found) ? "failed" : found.toFixed(4);
  };
  const rows = ordered.slice(0, SHOWN).map(([number, record]) => [
    `${number}`,
    ...rungs.map((_, rung) => shownAt(record, rung)),
    record.best ? `${record.best.epoch}` : NONE,
    optionsText(record.trial.drawn),
  ]);
  const head = ["trial", ...rungs.map((epochs) => `to ${epochs}`), "best epoch", "options"];
  const widths = head.map((name, at) => Math.max(name.length, ...rows.map((row) => row[at]!.length)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, at) => at === cells.length - 1 ? cell : cell.padStart(widths[at]!)).join("  ");
  const rest = ordered.length - rows.length;
  return [
    `${metric} on validation, of the best epoch by then:`,
    line(head),
    ...rows.map(line),
    ...rest > 0 ? [`and ${rest} more`] : [],
  ].join("\n");
}
