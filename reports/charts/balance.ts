import { parseMetric } from "../../evaluation/parse_metric.ts";
import type { Figure } from "../chart.ts";
import { scatter } from "../forms/scatter.ts";
import type { Study } from "../study.ts";
import { spreadText } from "./results.ts";

/** Accuracy against balance over popularity cohorts (Prakash, Bermperidis & Chennu, 2024). */
export function balance(study: Study): Figure {
  const { metrics, methods } = study;
  const title = "Accuracy against balance", parsed = metrics.map((name) => ({ name, at: parseMetric(name) }));
  const y = parsed.find(({ at }) => at.balance)?.name;
  const x = parsed.find(({ at: { balance, cohort, cold } }) => !balance && !cohort && cold === undefined)?.name;
  const points = x === undefined || y === undefined ? [] : methods.flatMap(({ label, style, cells }) => {
    const [across, up] = [cells?.[x], cells?.[y]];
    return across && up ? [{ label, style, x: across.mean, y: up.mean, dx: across.sd ?? 0, dy: up.sd ?? 0 }] : [];
  });
  if (points.length === 0) {
    return { title, takes: "a balance among the metrics, such as --metrics ndcg@10,balance@10" };
  }
  return {
    id: "balance",
    title,
    caption:
      `${y} is 1 - Gini of the hits of head, mid and tail items: 1 where they are equal, 1/3 where one has all. ` +
      spreadText(study).replace(", rings the seeds", ""),
    table: {
      head: ["method", x!, y!],
      rows: points.map(({ label, x, y }) => [label, x.toFixed(4), y.toFixed(4)]),
    },
    spec: scatter({ description: `${x} against ${y}, by method`, x: x!, y: y!, points }),
  };
}
