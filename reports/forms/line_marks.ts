import type { Spec } from "../chart.ts";
import { roles } from "../palette.ts";
import { seen } from "./base.ts";

const across = { scale: "x", field: "x" }, up = { scale: "y", field: "y" };
const filled = { shape: { scale: "shape", field: "label" }, fill: { scale: "colour", field: "label" } };

/** Marks for each label of some points. */
const byLabel = (name: string, data: string, clip: boolean, marks: readonly Spec[]): Spec => ({
  type: "group",
  clip,
  from: { facet: { name, data, groupby: "label" } },
  encode: { update: { width: { signal: "width" }, height: { signal: "height" } } },
  marks,
});

/** A line through points, in the colour of their label. */
const line = (data: string, width: number, how: Spec): Spec => ({
  type: "line",
  from: { data },
  encode: {
    enter: { y: up, stroke: { scale: "colour", field: "label" }, strokeWidth: { value: width }, ...how },
    update: { x: across, opacity: seen("datum.label") },
  },
});

/** A dotted curve for each label of `aims`. */
export const aimMarks = (clip: boolean): Spec =>
  byLabel("aim", "aims", clip, [
    line("aim", 1.5, { strokeDash: { value: [1, 3] }, strokeCap: { value: "round" } }),
  ]);

/** A band and a line for each label of `rows`. */
export const lineMarks = (clip: boolean): Spec =>
  byLabel("line", "rows", clip, [
    {
      type: "area",
      from: { data: "line" },
      interactive: false,
      encode: {
        enter: { y: { scale: "y", field: "low" }, y2: { scale: "y", field: "high" }, fill: filled.fill },
        update: { x: across, opacity: seen("datum.label", 0.14, 0.02) },
      },
    },
    line("line", 2, { strokeDash: { scale: "dash", field: "label" } }),
  ]);

/** What a pointer meets: every point of a line, drawn or not. */
export const dotMarks = (
  { clip, dots, tooltip }: { readonly clip: boolean; readonly dots: boolean; readonly tooltip: string },
): Spec => ({
  type: "symbol",
  clip,
  from: { data: "rows" },
  encode: {
    enter: { ...filled, y: up, size: { value: dots ? 60 : 90 }, tooltip: { signal: tooltip } },
    update: { x: across, opacity: dots ? seen("datum.label") : { value: 0 } },
    hover: { opacity: { value: 1 } },
  },
});

/** Points that stand out, on a rim of paper. */
export const markedMarks = (tooltip: string): Spec => ({
  type: "symbol",
  from: { data: "marked" },
  encode: {
    enter: {
      ...filled,
      y: up,
      size: { value: 80 },
      stroke: { value: roles.paper.light },
      strokeWidth: { value: 1.5 },
      tooltip: { signal: tooltip },
    },
    update: { x: across, opacity: seen("datum.label") },
  },
});

/** A dashed line across, and what it is over its right end. */
export const levelMarks: readonly Spec[] = [
  {
    type: "rule",
    from: { data: "level" },
    encode: {
      update: {
        x: { value: 0 },
        x2: { signal: "width" },
        y: up,
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
        y: up,
        dy: { value: -4 },
        align: { value: "right" },
        text: { field: "label" },
        fill: { value: roles.muted.light },
        fontSize: { value: 12 },
      },
    },
  },
];
