import type { Chart } from "./chart.ts";
import { escaped } from "./html.ts";
import { darkRules, roles } from "./palette.ts";

/** A drawing as a file: with a name, a description, paper under it, and dark where its reader's system is. */
export function standalone({ title, caption }: Chart, svg: string): string {
  return svg.replace(
    /^<svg([^>]*)>/,
    (_, attributes: string) =>
      `<svg${attributes} role="img" aria-label="${escaped(title)}"><title>${escaped(title)}</title>` +
      `<desc>${escaped(caption)}</desc><style>${darkRules()}</style>` +
      `<rect width="100%" height="100%" fill="${roles.paper.light}"/>`,
  ) + "\n";
}
