import { type Html, html } from "./html.ts";
import type { Cell } from "./chart.ts";
import type { Method, Study } from "./study.ts";

/** A table of a page, which scrolls where it is wider than there is room. */
export const tableOf = (label: string, head: readonly string[], rows: readonly (readonly Cell[])[]): Html =>
  html`
    <div class="scroll" tabindex="0" role="region" aria-label="${label}">
      <table>
        <thead>
          <tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr>
        </thead>
        <tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell ?? "–"}</td>`)}</tr>`)}</tbody>
      </table>
    </div>
  `;

/** A study in a table: a row for each method, with tests of the first metric against what it is tested against. */
export function summaryTable({ methods, metrics, title }: Study): Html {
  const [first] = metrics, references = new Set(methods.flatMap(({ reference }) => reference ?? []));
  const [base = ""] = references, several = references.size > 1;
  const against = methods.some(({ cells }) => cells?.[first!]?.against);
  const head = [
    "method",
    ...metrics,
    ...against ? [...several ? ["against", "difference"] : [`vs. ${base}`], "p (seeds)", "p (users)"] : [],
    "epoch",
    "s/epoch",
  ];
  return tableOf(
    `Results on ${title}`,
    head,
    methods.map((method) => {
      const test = method.cells?.[first!]?.against ?? null;
      return [
        method.label,
        ...metrics.map((metric) => meanText(method, metric)),
        ...against && several ? [method.reference] : [],
        ...against ? [shownPercent(test?.percent), shownP(test?.overSeeds.holm), shownP(test?.overUsers?.holm)] : [],
        epochText(method),
        method.secondsPerEpoch?.toPrecision(2) ?? null,
      ];
    }),
  );
}

/** A method's mean and, over several seeds, its standard deviation. */
export function meanText({ cells, trained }: Pick<Method, "cells" | "trained">, metric: string): string | null {
  const cell = cells?.[metric];
  if (!cell) return null;
  return trained && cell.sd !== null ? `${cell.mean.toFixed(4)} ± ${cell.sd.toFixed(4)}` : cell.mean.toFixed(4);
}

/** The epoch that results are of, as people read it. */
export const epochText = ({ bestEpoch }: Pick<Method, "bestEpoch">): string | null =>
  bestEpoch === null ? null : String(Number(bestEpoch.toFixed(1)));

const shownPercent = (percent: number | null | undefined) =>
  percent === null || percent === undefined ? null : `${percent >= 0 ? "+" : ""}${percent.toFixed(1)}%`;
/** A p-value as tables have it: `*` below 0.05, `**` below 0.01. */
export function shownP(p: number | null | undefined): string | null {
  if (p === null || p === undefined) return null;
  return `${p < 0.001 ? "<0.001" : p.toFixed(3)}${p < 0.01 ? " **" : p < 0.05 ? " *" : ""}`;
}
