import { placedLabels } from "../reports/labels.ts";

/** A point of a scatter plot, with how far it may be off. */
export interface Point {
  readonly label: string;
  readonly x: number;
  readonly y: number;
  /** Standard deviations; 0 draws no bar. */
  readonly dx: number;
  readonly dy: number;
}

export interface Scatter {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly points: readonly Point[];
}

const WIDTH = 720, HEIGHT = 480, LEFT = 72, RIGHT = 24, TOP = 44, BOTTOM = 56;
/** Colours of paper, ink and marks: by day, and where the reader's system is dark. */
const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #1f2328; stroke: #ffffff; stroke-width: 3; paint-order: stroke; }
  .title { font-size: 14px; font-weight: 600; }
  .paper { fill: #ffffff; }
  .grid { stroke: #d0d7de; stroke-width: 1; }
  .bar { stroke: #0b62c4; stroke-width: 1; opacity: 0.6; }
  .mark { fill: #0b62c4; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; stroke: #0d1117; }
    .paper { fill: #0d1117; }
    .grid { stroke: #30363d; }
    .bar { stroke: #6cb6ff; }
    .mark { fill: #6cb6ff; }
  }`;

/**
 * A scatter plot as SVG text that stands alone, legible on light and dark paper. Bars are a standard deviation each way;
 * labels are moved off marks and other labels.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { scatter } from "./scatter.ts";
 *
 * const point = { label: "dns < rns", x: 0.1, y: 0.5, dx: 0.01, dy: 0 };
 * const svg = scatter({ title: "t", xLabel: "ndcg@10", yLabel: "balance@10", points: [point] });
 * assert.match(svg, /^<svg .*dns &lt; rns<\/text>/s);
 * ```
 */
export function scatter({ title, xLabel, yLabel, points }: Scatter): string {
  const x = scale(points.flatMap((point) => [point.x - point.dx, point.x + point.dx]), LEFT, WIDTH - RIGHT);
  const y = scale(points.flatMap((point) => [point.y - point.dy, point.y + point.dy]), HEIGHT - BOTTOM, TOP);
  const vertical = x.ticks.map((tick) => {
    const at = fixed(x.place(tick));
    return `<line class="grid" x1="${at}" x2="${at}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/>` +
      `<text x="${at}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${number(tick)}</text>`;
  });
  const horizontal = y.ticks.map((tick) => {
    const at = fixed(y.place(tick));
    return `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}"/>` +
      `<text x="${LEFT - 8}" y="${at + 4}" text-anchor="end">${number(tick)}</text>`;
  });
  const labels = placedLabels(
    points.map((point) => ({ label: point.label, x: x.place(point.x), y: y.place(point.y) })),
    { left: LEFT, right: WIDTH, top: 28, bottom: HEIGHT - BOTTOM },
  );
  const marks = points.map((point, at) => {
    const [cx, cy] = [fixed(x.place(point.x)), fixed(y.place(point.y))], label = labels[at]!;
    const [x1, x2] = [point.x - point.dx, point.x + point.dx].map((end) => fixed(x.place(end)));
    const [y1, y2] = [point.y - point.dy, point.y + point.dy].map((end) => fixed(y.place(end)));
    return (point.dx > 0 ? `<line class="bar" x1="${x1}" x2="${x2}" y1="${cy}" y2="${cy}"/>` : "") +
      (point.dy > 0 ? `<line class="bar" x1="${cx}" x2="${cx}" y1="${y1}" y2="${y2}"/>` : "") +
      `<circle class="mark" cx="${cx}" cy="${cy}" r="4"/>` +
      `<text x="${fixed(label.x)}" y="${fixed(label.y)}" text-anchor="${label.anchor}">${escaped(point.label)}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${
      escaped(title)
    }">`,
    `<style>${STYLE}</style>`,
    `<rect class="paper" width="${WIDTH}" height="${HEIGHT}"/>`,
    `<text class="title" x="${LEFT}" y="24">${escaped(title)}</text>`,
    ...vertical,
    ...horizontal,
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 14}" text-anchor="middle">${escaped(xLabel)}</text>`,
    `<text transform="translate(18 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">${
      escaped(yLabel)
    }</text>`,
    ...marks,
    "</svg>\n",
  ].join("\n");
}

/** A linear scale with a margin, and round ticks on it. */
function scale(values: readonly number[], from: number, to: number) {
  const least = Math.min(...values), most = Math.max(...values);
  const margin = (most - least) * 0.08 || Math.abs(most) * 0.1 || 1, low = least - margin, high = most + margin;
  const power = 10 ** Math.floor(Math.log10((high - low) / 5)), rough = (high - low) / 5 / power;
  const step = power * (rough > 5 ? 10 : rough > 2 ? 5 : rough > 1 ? 2 : 1), ticks: number[] = [];
  for (let at = Math.ceil(low / step); at * step <= high; at++) ticks.push(at * step);
  return { ticks, place: (value: number) => from + (value - low) / (high - low) * (to - from) };
}

const fixed = (value: number): number => Number(value.toFixed(1));
const number = (value: number): string => String(Number(value.toPrecision(6)));
const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
