import type { Spec } from "../chart.ts";
import { colours, roles } from "../palette.ts";
import { chart, legend, names, numbers, seen } from "./base.ts";

/** A bar made of parts, in the order of the parts. */
export interface Bar {
  readonly label: string;
  readonly parts: readonly number[];
}

export interface Bars {
  readonly description: string;
  readonly x: { readonly title: string; readonly format?: string };
  /** Names of the parts. */
  readonly parts: readonly string[];
  readonly bars: readonly Bar[];
}

const ROW = 26;

/** A bar each, its parts end to end from 0. */
export function bars({ description, x, parts, bars }: Bars): Spec {
  const rows = bars.flatMap(({ label, parts: lengths }) => {
    let end = 0;
    return lengths.map((length, at) => ({ label, part: parts[at]!, length, start: end, end: end += length }));
  });
  return chart({
    description,
    height: ROW * bars.length,
    data: [{ name: "rows", values: rows }],
    scales: [
      { name: "x", type: "linear", range: "width", nice: true, zero: true, domain: { data: "rows", field: "end" } },
      { name: "y", type: "band", range: "height", padding: 0.28, domain: bars.map(({ label }) => label) },
      {
        name: "colour",
        type: "ordinal",
        domain: parts,
        range: parts.map((_, at) => colours[ORDER[at % ORDER.length]!]!.light),
      },
    ],
    axes: [numbers("x", x.title, x.format), names()],
    legends: parts.length > 1 ? [legend(parts, { fill: "colour", symbolType: "square" })] : [],
    marks: [{
      type: "rect",
      from: { data: "rows" },
      encode: {
        enter: {
          y: { scale: "y", field: "label" },
          height: { scale: "y", band: 1 },
          fill: { scale: "colour", field: "part" },
          stroke: { value: roles.paper.light },
          strokeWidth: { value: 1 },
          tooltip: {
            signal: `{title: datum.label, part: datum.part, ${JSON.stringify(x.title)}: format(datum.length, ${
              JSON.stringify(x.format ?? ".3~g")
            })}`,
          },
        },
        update: {
          x: { scale: "x", field: "start" },
          x2: { scale: "x", field: "end" },
          opacity: seen("datum.part"),
        },
      },
    }],
  });
}

/** Neighbours differ much in lightness, too. */
const ORDER = [6, 4, 1, 2, 0, 5, 3, 7];
