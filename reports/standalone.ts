import type { Chart } from "./chart.ts";
import { escaped } from "./html.ts";
import { darkRules, roles } from "./palette.ts";

/** Pixels over a drawing for its heading. */
const HEAD = 30;

/** A drawing as a file: with a heading, a description, paper under it, and dark where its reader's system is. */
export function standalone({ title, caption }: Chart, svg: string): string {
  const [whole, width = "", height = ""] = /^<svg[^>]*\sviewBox="0 0 ([\d.]+) ([\d.]+)"[^>]*>/.exec(svg) ?? [];
  if (whole === undefined) throw new TypeError(`Cannot write "${title}": it is no drawing of a known size`);
  const tall = Number(height) + HEAD, { ink, paper } = roles;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${tall}" ` +
    `viewBox="0 ${-HEAD} ${width} ${tall}" role="img" aria-label="${escaped(title)}">`,
    `<title>${escaped(title)}</title><desc>${escaped(caption)}</desc><style>${darkRules()}</style>`,
    `<rect y="${-HEAD}" width="100%" height="100%" fill="${paper.light}"/>`,
    `<text x="4" y="-9" font-family="system-ui, sans-serif" font-size="14" font-weight="600" fill="${ink.light}">${
      escaped(title)
    }</text>`,
    svg.slice(whole.length),
    "",
  ].join("\n");
}
