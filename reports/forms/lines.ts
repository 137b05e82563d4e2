import type { Spec } from "../chart.ts";
import type { Style } from "../palette.ts";
import { chart, legend, numbers } from "./base.ts";
import { aimMarks, dotMarks, levelMarks, lineMarks, markedMarks } from "./line_marks.ts";

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
  /** Points that stand out; they may lie past the line's end. */
  readonly marked?: readonly { readonly x: number; readonly y: number }[];
  /** What the line should come to: a dotted curve beside it. */
  readonly aim?: readonly { readonly x: number; readonly y: number }[];
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
  const aims = lines.flatMap(({ label, aim = [] }) => aim.map((at) => ({ label, ...at })));
  const ordinal = (name: string, of: (style: Style) => unknown) => ({
    ...{ name, type: "ordinal", domain: labels },
    range: lines.map(({ style }) => of(style)),
  });
  const [floor, ceiling] = y.within ?? [-Infinity, Infinity], clip = y.within !== undefined;
  const heights = [
    ...rows.flatMap(({ low, y, high }) => [low, y, high]),
    ...marked.map(({ y }) => y),
    ...level ? [level.y] : [],
  ].map((height) => Math.min(ceiling, Math.max(floor, height)));
  const [across, up] = [x.title, y.title].map((title) => JSON.stringify(title));
  const tooltip = `{title: datum.label, ${across}: format(datum.x, '~g'), ${up}: format(datum.y, '.4~g')}`;
  return chart({
    description,
    height: HEIGHT,
    data: [
      { name: "rows", values: rows },
      { name: "marked", values: marked },
      { name: "aims", values: aims },
      ...level ? [{ name: "level", values: [level] }] : [],
    ],
    scales: [
      {
        ...{ name: "x", type: x.log ? "log" : "linear", range: "width" },
        domain: { fields: [{ data: "rows", field: "x" }, { data: "marked", field: "x" }] },
        ...!x.log && { zero: false },
        ...x.named ? { padding: 12 } : x.whole ? {} : { nice: true, padding: 6 },
      },
      {
        ...{ name: "y", type: "linear", range: "height", nice: true, zero: false },
        domain: [
          heights.reduce((a, b) => Math.min(a, b), Infinity), // one by one: they are more than a call takes arguments
          heights.reduce((a, b) => Math.max(a, b), -Infinity),
        ],
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
      numbers("y", y.title),
    ],
    legends: lines.length > 1
      ? [legend(labels, { stroke: "colour", strokeDash: "dash", symbolType: "stroke", symbolSize: 400 })]
      : [],
    marks: [
      ...level ? levelMarks : [],
      aimMarks(clip),
      lineMarks(clip),
      dotMarks({ clip, dots, tooltip }),
      markedMarks(tooltip),
    ],
  });
}
