import type { Figure } from "../chart.ts";
import { dots } from "../forms/dots.ts";
import { selectedText, type Study } from "../study.ts";

/** What others found on a dataset. */
export interface Published {
  /** Where they say so. */
  readonly source: string;
  /** By metric, then by method as the study calls it. */
  readonly metrics: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Metrics that have a figure; the table has all. */
const MOST_METRICS = 3;

/** What methods measured on test: a figure for each of the first metrics of the table. */
export function results(study: Study, published?: Published): readonly Figure[] {
  const tested = study.methods.filter(({ cells }) => cells !== null);
  if (tested.length === 0) {
    return [{ title: "Test metrics", takes: "data with test interactions, and a run that came to its end" }];
  }
  const measured = study.metrics.filter((metric) => tested.some(({ cells }) => metric in cells!));
  return measured.slice(0, MOST_METRICS).map((metric) => {
    const rows = tested.filter(({ cells }) => metric in cells!).map(({ label, style, trained, cells }) => {
      const { mean, sd, values } = cells![metric]!, found = published?.metrics[metric]?.[label];
      return { label, style, mean, sd: trained ? sd : null, values, ...found !== undefined && { published: found } };
    });
    const told = rows.some((row) => row.published !== undefined);
    return {
      id: `test-${metric.replaceAll(/[^a-z0-9]+/g, "-")}`,
      title: `${metric} on test`,
      caption: `Results of trained methods are of ${selectedText(study)}. ${spreadText(study)}` +
        `${told ? ` Diamonds: ${published!.source}.` : ""} The axis does not begin at 0.`,
      table: {
        head: ["method", "mean", "sd", "seeds", ...told ? ["published", "difference"] : []],
        rows: rows.map(({ label, mean, sd, values, published: theirs }) => [
          ...[label, mean.toFixed(4), sd === null ? null : sd.toFixed(4), values.length],
          ...told
            ? theirs === undefined ? [null, null] : [theirs.toFixed(4), `${(100 * (mean / theirs - 1)).toFixed(1)}%`]
            : [],
        ]),
      },
      spec: dots({ description: `${metric} on test, by method`, x: metric, dots: rows }),
    };
  });
}

/** What points and bars are, of so many seeds. */
export function spreadText({ methods, metrics }: Pick<Study, "methods" | "metrics">): string {
  const trained = methods.filter(({ trained }) => trained);
  const counts = trained.map(({ cells }) => cells?.[metrics[0]!]?.values.length ?? 0).filter((count) => count > 0);
  const most = Math.max(1, ...counts), fewest = Math.min(...counts);
  if (most === 1) return "One seed: how much another would differ is not known.";
  const over = fewest === most ? `${most} seeds` : `${fewest} to ${most} seeds, as many as are done`;
  return `Points are means over ${over}, bars a sample standard deviation each way, rings the seeds.`;
}
