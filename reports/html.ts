/** Text that is HTML already. */
export class Html {
  constructor(readonly text: string) {}
}

/** What may stand in a template: text and numbers are escaped. */
export type Part = string | number | Html | readonly Part[];

/** Text as it stands in an element, or in an attribute's quotes. */
export const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");

/**
 * HTML of a template, in which all that is put in is escaped but what is {@link Html} itself.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { html } from "./html.ts";
 *
 * const items = ["Tom & Jerry", "<script>"].map((title) => html`<li title="${title}">${title}</li>`);
 * assert.equal(
 *   html`<ul>${items}</ul>`.text,
 *   '<ul><li title="Tom &amp; Jerry">Tom &amp; Jerry</li><li title="&lt;script&gt;">&lt;script&gt;</li></ul>',
 * );
 * ```
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.map((string, at) => string + (at < parts.length ? textOf(parts[at]!) : "")).join(""));
}

function textOf(part: Part): string {
  if (part instanceof Html) return part.text;
  return Array.isArray(part) ? part.map(textOf).join("") : escaped(String(part));
}

/** JSON that may stand in a script element: nothing in it ends the element, or begins a comment. */
export const jsonInScript = (value: unknown): string =>
  JSON.stringify(value).replaceAll("<", "\\u003c").replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
