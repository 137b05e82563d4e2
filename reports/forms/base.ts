import type { Spec } from "../chart.ts";
import { roles } from "../palette.ts";

const { ink, muted, grid } = roles;

/** Pixels that a chart is wide where nobody says: on the page it takes what there is. */
export const WIDTH = 640;

/** Fonts and colours that all charts share. Axes end in numbers that people read, and have no lines of their own. */
const config = {
  background: null,
  font: "system-ui, sans-serif",
  axis: {
    domain: false,
    ticks: false,
    labelColor: muted.light,
    labelFontSize: 12,
    labelPadding: 6,
    titleColor: ink.light,
    titleFontSize: 12,
    titleFontWeight: 500,
    titlePadding: 8,
    gridColor: grid.light,
  },
  legend: {
    labelColor: ink.light,
    labelFontSize: 12,
    labelLimit: 300,
    titleColor: ink.light,
    symbolStrokeWidth: 2,
    rowPadding: 4,
    columnPadding: 16,
    offset: 10,
  },
};

/** What a chart is made of beside what all have. */
export interface Form {
  readonly description: string;
  readonly height: number;
  readonly signals?: readonly Spec[];
  readonly data: readonly Spec[];
  readonly scales: readonly Spec[];
  readonly axes: readonly Spec[];
  readonly legends?: readonly Spec[];
  readonly marks: readonly Spec[];
}

/**
 * A Vega specification. Its signal `room` is how wide the chart may be, margins included: a page that is narrower says so.
 * `picked` is what the reader has picked in a legend.
 */
export const chart = ({ description, height, signals = [], data, scales, axes, legends = [], marks }: Form): Spec => ({
  $schema: "https://vega.github.io/schema/vega/v6.json",
  description,
  width: WIDTH,
  height,
  padding: { left: 2, right: 16, top: 6, bottom: 2 }, // half of an axis' last number is right of the axis
  autosize: { type: "fit-x", contains: "padding" },
  config,
  signals: [
    { name: "room", value: WIDTH },
    {
      name: "picked",
      value: null,
      on: [{
        events: "@legendSymbol:click, @legendLabel:click",
        update: "datum.value === picked ? null : datum.value",
        force: true,
      }],
    },
    ...signals,
  ],
  data,
  scales,
  axes,
  legends,
  marks,
});

/** How much of an item is seen: what is picked, or all. */
export const seen = (field: string, whole = 1, faint = 0.12) => ({
  signal: `picked === null || picked === ${field} ? ${whole} : ${faint}`,
});

/** Letters of a legend's labels are about so wide, and its symbols with their margins. */
const LETTER = 7, SYMBOL = 42;

/** A legend under the chart, in as many columns as there is room for; a click picks. */
export const legend = (labels: readonly string[], scales: Spec): Spec => ({
  ...scales,
  orient: "bottom",
  direction: "horizontal",
  columns: {
    signal: `max(1, floor(room / ${SYMBOL + LETTER * Math.min(42, Math.max(...labels.map(({ length }) => length)))}))`,
  },
  labelLimit: { signal: "min(300, room - 60)" },
  encode: {
    symbols: {
      name: "legendSymbol",
      interactive: true,
      update: { opacity: seen("datum.value", 1, 0.45), cursor: { value: "pointer" } },
    },
    labels: {
      name: "legendLabel",
      interactive: true,
      update: { opacity: seen("datum.value", 1, 0.45), cursor: { value: "pointer" } },
    },
  },
});

/** An axis of numbers on the left or below, with lines through the chart. */
export const numbers = (scale: "x" | "y", title: string, format?: string): Spec => ({
  scale,
  title,
  orient: scale === "x" ? "bottom" : "left",
  grid: true,
  zindex: 0,
  ...format !== undefined && { format },
  labelOverlap: true,
  tickCount: scale === "x" ? { signal: "max(2, ceil(room / 90))" } : 5,
});

/** An axis of names on the left: they give way where the page is narrow. */
export const names = (): Spec => ({
  scale: "y",
  orient: "left",
  labelLimit: { signal: "max(90, room * 0.3)" },
  labelColor: ink.light,
});
