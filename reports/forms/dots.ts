import type { Spec } from "../chart.ts";
import { roles, type Style } from "../palette.ts";
import { chart, legend, names, numbers } from "./base.ts";

/** A row of a dot plot: a mean, how far it spreads, and what it is the mean of. */
export interface Dot {
  readonly label: string;
  readonly style: Style;
  readonly mean: number;
  /** Null where there is no spread. */
  readonly sd: number | null;
  readonly values: readonly number[];
  /** What somebody else found. */
  readonly published?: number;
}

export interface Dots {
  readonly description: string;
  readonly x: string;
  readonly dots: readonly Dot[];
}

const ROW = 26;
const OURS = "here, with its spread", THEIRS = "published";

/** A row each: the mean as a point, a standard deviation each way as a bar, each value as a small ring. */
export function dots({ description, x, dots }: Dots): Spec {
  const rows = dots.map(({ label, style, mean, sd, values, published }) => ({
    ...{ label, mean, low: mean - (sd ?? 0), high: mean + (sd ?? 0), spread: sd !== null && sd > 0, values, published },
    ...{ colour: style.colour, shape: style.shape },
  }));
  const told = rows.some(({ published }) => published !== undefined);
  const shown = { x: { scale: "x", field: "mean" }, y: { scale: "y", field: "label", band: 0.5 } };
  return chart({
    description,
    height: ROW * rows.length,
    data: [
      { name: "rows", values: rows },
      { name: "values", source: "rows", transform: [{ type: "flatten", fields: ["values"], as: ["value"] }] },
      { name: "published", source: "rows", transform: [{ type: "filter", expr: "isValid(datum.published)" }] },
    ],
    scales: [
      {
        name: "x",
        type: "linear",
        range: "width",
        nice: true,
        zero: false,
        padding: 8,
        domain: {
          fields: [
            ...["low", "high"].map((field) => ({ data: "rows", field })),
            { data: "values", field: "value" },
            { data: "published", field: "published" },
          ],
        },
      },
      { name: "y", type: "band", range: "height", domain: dots.map(({ label }) => label) },
      ...told
        ? [
          { name: "mark", type: "ordinal", domain: [OURS, THEIRS], range: ["circle", "diamond"] },
          { name: "filled", type: "ordinal", domain: [OURS, THEIRS], range: [roles.ink.light, "transparent"] },
        ]
        : [],
    ],
    axes: [numbers("x", x), { ...names(), grid: true }],
    legends: told
      ? [{ ...legend([OURS, THEIRS], { shape: "mark", fill: "filled" }), symbolStrokeColor: roles.ink.light }]
      : [],
    marks: [
      {
        type: "rule",
        from: { data: "rows" },
        encode: {
          enter: {
            y: shown.y,
            stroke: { field: "colour" },
            strokeWidth: { value: 2 },
            opacity: { signal: "datum.spread ? 0.55 : 0" },
          },
          update: { x: { scale: "x", field: "low" }, x2: { scale: "x", field: "high" } },
        },
      },
      {
        type: "symbol",
        from: { data: "values" },
        interactive: false,
        encode: {
          enter: {
            y: shown.y,
            size: { value: 26 },
            stroke: { field: "colour" },
            strokeWidth: { value: 1 },
            fill: { value: "transparent" },
            opacity: { signal: "datum.spread ? 0.8 : 0" },
          },
          update: { x: { scale: "x", field: "value" } },
        },
      },
      {
        type: "symbol",
        from: { data: "published" },
        encode: {
          enter: {
            y: shown.y,
            shape: { value: "diamond" },
            size: { value: 110 },
            stroke: { value: roles.ink.light },
            strokeWidth: { value: 1.5 },
            fill: { value: "transparent" },
            tooltip: { signal: `{title: datum.label, published: format(datum.published, '.4f')}` },
          },
          update: { x: { scale: "x", field: "published" } },
        },
      },
      {
        type: "symbol",
        from: { data: "rows" },
        encode: {
          enter: {
            y: shown.y,
            shape: { field: "shape" },
            size: { value: 80 },
            fill: { field: "colour" },
            tooltip: {
              signal: `{title: datum.label, mean: format(datum.mean, '.4f'), ` +
                `each: join(pluck(datum.values, ''), ', ')}`,
            },
          },
          update: { x: shown.x },
        },
      },
    ],
  });
}
