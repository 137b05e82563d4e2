import { parseMetric } from "../evaluation/parse_metric.ts";
import type { StudyTable } from "./comparison_text.ts";
import { shownName } from "./metrics_text.ts";
import { scatter } from "./scatter.ts";

/**
 * The accuracy of a study's methods against their balance, means over seeds with standard deviations: the first metric of
 * all held-out items, and the first balance. Undefined where the table lacks one of them, or nothing is done yet.
 */
export function balancePlot({ metrics, rows }: StudyTable, data: string): string | undefined {
  const parsed = metrics.map((name) => ({ name, at: parseMetric(name) }));
  const even = parsed.find(({ at }) => at.balance)?.name;
  const accuracy = parsed.find(({ at: { balance, cohort, cold } }) => !balance && !cohort && cold === undefined)?.name;
  if (even === undefined || accuracy === undefined) return undefined;
  const points = rows.flatMap(({ label, cells }) => {
    const x = cells?.[accuracy], y = cells?.[even];
    return x && y ? [{ label, x: x.mean, y: y.mean, dx: x.sd ?? 0, dy: y.sd ?? 0 }] : [];
  });
  if (points.length === 0) return undefined;
  const [xLabel, yLabel] = [shownName(accuracy), shownName(even)];
  return scatter({ title: `${data}: ${xLabel} against ${yLabel}`, xLabel, yLabel, points });
}
