import type { Spec } from "../chart.ts";
import { roles, type Style } from "../palette.ts";
import { placedLabels } from "../labels.ts";
import { chart, legend, numbers, seen, WIDTH } from "./base.ts";

/** A point with its name and how far it spreads each way. */
export interface ScatterPoint {
  readonly label: string;
  readonly style: Style;
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
}

export interface Scatter {
  readonly description: string;
  readonly x: string;
  readonly y: string;
  readonly points: readonly ScatterPoint[];
}

const HEIGHT = 380;
/** About as wide as the inside of a chart, and room to the left of it that labels do not take. */
const INSIDE = WIDTH - 70;
/** Room from which on points have their names beside them; in less, a legend tells. */
const WORDS = 520;

/** Points with bars of their spread, and their names beside them. */
export function scatter({ description, x, y, points }: Scatter): Spec {
  const across = domain(points.map(({ x, dx }) => [x - dx, x + dx])),
    up = domain(points.map(({ y, dy }) => [y - dy, y + dy]));
  const share = (value: number, [low, high]: Domain) => (value - low) / (high - low);
  const pixels = points.map((point) => ({
    label: point.label,
    x: share(point.x, across) * INSIDE,
    y: (1 - share(point.y, up)) * HEIGHT,
  }));
  const words = placedLabels(pixels, { left: 0, right: INSIDE, top: 0, bottom: HEIGHT });
  const rows = points.map(({ style: { colour, shape }, dx, dy, ...at }, point) => ({
    ...{ ...at, colour, shape },
    ...{ left: at.x - dx, right: at.x + dx, below: at.y - dy, above: at.y + dy },
    ...{
      aside: words[point]!.x - pixels[point]!.x,
      down: words[point]!.y - pixels[point]!.y,
      align: words[point]!.anchor === "start" ? "left" : "right",
    },
  }));
  const labels = points.map(({ label }) => label);
  const ordinal = (name: string, of: (style: Style) => string) => ({
    name,
    type: "ordinal",
    domain: labels,
    range: points.map(({ style }) => of(style)),
  });
  const bar = (from: Readonly<Record<string, Spec>>): Spec => ({
    type: "rule",
    from: { data: "rows" },
    encode: {
      update: { ...from, stroke: { field: "colour" }, strokeWidth: { value: 1.5 }, opacity: seen("datum.label", 0.45) },
    },
  });
  const at = (scale: string, field: string) => ({ scale, field });
  return chart({
    description,
    height: HEIGHT,
    data: [{ name: "rows", values: rows }],
    scales: [
      { name: "x", range: "width", type: "linear", zero: false, domain: across },
      { name: "y", range: "height", type: "linear", zero: false, domain: up },
      ordinal("colour", ({ colour }) => colour),
      ordinal("shape", ({ shape }) => shape),
    ],
    axes: [numbers("x", x), numbers("y", y)],
    legends: [legend(labels, { fill: "colour", shape: "shape" })],
    marks: [
      bar({ x: at("x", "left"), x2: at("x", "right"), y: at("y", "y") }),
      bar({ x: at("x", "x"), y: at("y", "below"), y2: at("y", "above") }),
      {
        type: "symbol",
        from: { data: "rows" },
        encode: {
          update: {
            ...{ x: at("x", "x"), y: at("y", "y"), shape: { field: "shape" }, size: { value: 90 } },
            fill: { field: "colour" },
            opacity: seen("datum.label"),
            tooltip: {
              signal: `{title: datum.label, ${JSON.stringify(x)}: format(datum.x, '.4f'), ${
                JSON.stringify(y)
              }: format(datum.y, '.4f')}`,
            },
          },
        },
      },
      {
        type: "text",
        from: { data: "rows" },
        interactive: false,
        encode: {
          update: {
            ...{ x: at("x", "x"), y: at("y", "y"), dx: { field: "aside" }, dy: { field: "down" } },
            align: { field: "align" },
            baseline: { value: "alphabetic" },
            text: { field: "label" },
            fontSize: { value: 12 },
            fill: { value: roles.ink.light },
            opacity: { signal: `room < ${WORDS} ? 0 : picked === null || picked === datum.label ? 1 : 0.12` },
          },
        },
      },
    ],
  });
}

type Domain = readonly [low: number, high: number];

/** From the lowest to the highest, and a margin. */
function domain(ends: readonly (readonly [number, number])[]): Domain {
  const low = Math.min(...ends.map(([low]) => low)), high = Math.max(...ends.map(([, high]) => high));
  const margin = (high - low) * 0.08 || Math.abs(high) * 0.1 || 1;
  return [low - margin, high + margin];
}
