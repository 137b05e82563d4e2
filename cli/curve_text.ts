import { sparkline } from "../reports/sparkline.ts";
import type { EpochReport } from "../training/recipe.ts";

/** How the loss, and the metric that picks the epoch, went over epochs, for people; nothing of fewer than two values. */
export function curveText(reports: readonly EpochReport[], selectBy: string): string[] {
  const metric = reports.flatMap(({ metrics }) => metrics?.[selectBy] ?? []), loss = reports.map(({ loss }) => loss);
  const curves = [[selectBy, metric], ["loss", loss]] as const;
  const shown = curves.filter(([, values]) => values.length > 1);
  const width = Math.max(...shown.map(([name]) => name.length));
  return shown.map(([name, values]) =>
    `${name.padEnd(width)}  ${sparkline(values)}  ${values[0]!.toFixed(4)} to ${values.at(-1)!.toFixed(4)}`
  );
}
