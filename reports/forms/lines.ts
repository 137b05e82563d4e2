import type { Spec } from "../chart.ts";
import type { Style } from "../palette.ts";
import { roles } from "../palette.ts";
import { chart, legend, numbers, seen } from "./base.ts";

/** A point of a line; `low` and `high` are the ends of a band through it. */
export interface LinePoint {
  readonly x: number;
  readonly y: number;
  readonly low?: number;
  readonly high?: number;
}

/** A line of a chart. */
export interface Line {
  readonly label: string;
  readonly style: Style;
  readonly points: readonly LinePoint[];
  /** Points that stand out. */
  readonly marked?: readonly { readonly x: number; readonly y: number }[];
}

export interface Lines {
  readonly description: string;
  readonly x: {
    readonly title: string;
    readonly whole?: boolean;
    /** Values that the axis names; without them, round ones. */
    readonly named?: readonly number[];
    readonly log?: boolean;
  };
  readonly y: {
    readonly title: string;
    readonly format?: string;
    /** What is above or below runs off the chart. */
    readonly within?: readonly [low: number, high: number];
  };
  readonly lines: readonly Line[];
  /** A dashed level that lines are read against. */
  readonly level?: { readonly y: number; readonly label: string };
  /** Whether each point of a line is drawn, too. */
  readonly dots?: boolean;
}

const HEIGHT = 260;

/** Lines with bands, and points that stand out. */
export function lines({ description, x, y, lines, level, dots = false }: Lines): Spec {
  const labels = lines.map(({ label }) => label);
  const rows = lines.flatMap(({ label, points }) =>
    points.map(({ x, y, low = y, high = y }) => ({ label, x, y, low, high }))
  );
  const marked = lines.flatMap(({ label, marked = [] }) => marked.map((at) => ({ label, ...at })));
  const range = (of: (style: Style) => unknown) => lines.map(({ style }) => of(style));
  const ordinal = (name: string, of: (style: Style) => unknown) => ({
    name,
    type: "ordinal",
    domain: labels,
    range: range(of),
  });
  const tooltip = {
    signal: `{${JSON.stringify(x.title)}: format(datum.x, '~g'), title: datum.label, ${
      JSON.stringify(y.title)
    }: format(datum.y, '.4~g')}`,
  };
  const clip = y.within !== undefined, [floor, ceiling] = y.within ?? [-Infinity, Infinity];
  const clipped = (values: readonly number[]) => values.map((value) => Math.min(ceiling, Math.max(floor, value)));
  const heights = clipped([
    ...rows.flatMap(({ low, y, high }) => [low, y, high]),
    ...marked.map(({ y }) => y),
    ...level ? [level.y] : [],
  ]);
  const colour = (opacity: number) => ({
    stroke: { scale: "colour", field: "label" },
    opacity: seen("datum.label", opacity),
  });
  return chart({
    description,
    height: HEIGHT,
    data: [
      { name: "rows", values: rows },
      { name: "marked", values: marked },
      ...level ? [{ name: "level", values: [level] }] : [],
    ],
    scales: [
      // points that stand out are of lines, but may lie past their ends
      {
        name: "x",
        type: x.log ? "log" : "linear",
        range: "width",
        domain: { fields: [{ data: "rows", field: "x" }, { data: "marked", field: "x" }] },
        ...!x.log && { zero: false },
        ...x.named ? { padding: 12 } : x.whole ? {} : { nice: true, padding: 6 },
      },
      {
        name: "y",
        type: "linear",
        range: "height",
        nice: true,
        zero: false,
        domain: [Math.min(...heights), Math.max(...heights)],
      },
      ordinal("colour", ({ colour }) => colour),
      ordinal("dash", ({ dash }) => dash),
      ordinal("shape", ({ shape }) => shape),
    ],
    axes: [
      {
        ...numbers("x", x.title),
        grid: false,
        ...x.whole && { format: "d", tickMinStep: 1 },
        ...x.named && { values: x.named },
      },
      numbers("y", y.title, y.format),
    ],
    legends: lines.length > 1
      ? [legend(labels, { stroke: "colour", strokeDash: "dash", symbolType: "stroke", symbolSize: 400 })]
      : [],
    marks: [
      ...level ? levelMarks : [],
      {
        type: "group",
        clip,
        from: { facet: { name: "line", data: "rows", groupby: "label" } },
        encode: { update: { width: { signal: "width" }, height: { signal: "height" } } },
        marks: [
          {
            type: "area",
            from: { data: "line" },
            interactive: false,
            encode: {
              enter: {
                x: { scale: "x", field: "x" },
                y: { scale: "y", field: "low" },
                y2: { scale: "y", field: "high" },
                fill: { scale: "colour", field: "label" },
              },
              update: {
                x: { scale: "x", field: "x" },
                opacity: { signal: "picked === null || picked === datum.label ? 0.14 : 0.02" },
              },
            },
          },
          {
            type: "line",
            from: { data: "line" },
            interactive: false,
            encode: {
              enter: {
                y: { scale: "y", field: "y" },
                strokeWidth: { value: 2 },
                strokeDash: { scale: "dash", field: "label" },
              },
              update: { x: { scale: "x", field: "x" }, ...colour(1) },
            },
          },
        ],
      },
      // what a pointer meets: every point of a line, seen or not
      {
        type: "symbol",
        clip,
        from: { data: "rows" },
        encode: {
          enter: {
            y: { scale: "y", field: "y" },
            shape: { scale: "shape", field: "label" },
            size: { value: dots ? 60 : 90 },
            fill: { scale: "colour", field: "label" },
            tooltip,
          },
          update: {
            x: { scale: "x", field: "x" },
            opacity: dots ? seen("datum.label") : { value: 0 },
          },
          hover: { opacity: { value: 1 } },
        },
      },
      {
        type: "symbol",
        from: { data: "marked" },
        encode: {
          enter: {
            y: { scale: "y", field: "y" },
            shape: { scale: "shape", field: "label" },
            size: { value: 80 },
            fill: { scale: "colour", field: "label" },
            stroke: { value: roles.paper.light },
            strokeWidth: { value: 1.5 },
            tooltip,
          },
          update: { x: { scale: "x", field: "x" }, opacity: seen("datum.label") },
        },
      },
    ],
  });
}

const levelMarks: readonly Spec[] = [
  {
    type: "rule",
    from: { data: "level" },
    encode: {
      update: {
        x: { value: 0 },
        x2: { signal: "width" },
        y: { scale: "y", field: "y" },
        stroke: { value: roles.muted.light },
        strokeDash: { value: [4, 4] },
      },
    },
  },
  {
    type: "text",
    from: { data: "level" },
    encode: {
      update: {
        x: { signal: "width" },
        y: { scale: "y", field: "y" },
        dy: { value: -4 },
        align: { value: "right" },
        text: { field: "label" },
        fill: { value: roles.muted.light },
        fontSize: { value: 12 },
      },
    },
  },
];
