import { type Chart, type Missing, missingText } from "./chart.ts";
import { Html, html, jsonInScript } from "./html.ts";
import { SCRIPT } from "./page_script.ts";
import { STYLE } from "./page_style.ts";
import { selectedText, type Study } from "./study.ts";
import { summaryTable, tableOf } from "./summary_table.ts";

/** A chart and its drawing, as it is where scripts do not run. */
export interface Drawn {
  readonly chart: Chart;
  /** An SVG element. */
  readonly svg: string;
}

/** What a page says of a study. */
export interface Section {
  readonly study: Study;
  readonly drawn: readonly Drawn[];
  readonly missing: readonly Missing[];
  /** Its case study, or null. */
  readonly cases: Html | null;
}

/** Vega as a page carries it. */
export interface VegaBundle {
  readonly version: string;
  /** Its code, for browsers, and the licence under which that may be passed on. */
  readonly code: string;
  readonly licence: string;
}

/**
 * A page that stands alone: style, drawings, numbers and scripts are in it, and its policy forbids the browser to load
 * anything, and to run any script but those.
 */
export async function page(title: string, sections: readonly Section[], vega: VegaBundle): Promise<string> {
  const specs = Object.fromEntries(
    sections.flatMap(({ drawn }, at) => drawn.map(({ chart }) => [chartId(at, chart), chart.spec])),
  );
  const licence = `/*! Vega ${vega.version}\n${vega.licence.replaceAll("*/", "* /")}*/\n`;
  const scripts = [`${licence}${vega.code}`, SCRIPT].map((code) => code.replaceAll("</script", "<\\/script"));
  const hashes = await Promise.all(scripts.map(async (code) => `'sha256-${await sha256(code)}'`));
  // Vega compiles expressions of its specifications, which is what 'unsafe-eval' is for
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src ${hashes.join(" ")} 'unsafe-eval'`;
  const body = html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="${policy}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="generator" content="Foil">
        <title>${title}</title>
        <style>${new Html(STYLE)}</style>
      </head>
      <body>
    <header><h1>${title}</h1>${sections.length > 1 ? contents(sections) : ""}</header>
    <main>${sections.map((section, at) => sectionPage(section, at, sections.length > 1))}</main>
    <footer><p>Written by <code>foil report</code>. The page loads nothing; its charts are drawn by Vega ${vega
      .version}.</p></footer>
    <script type="application/json" id="specs">${new Html(jsonInScript(specs))}</script>
    ${scripts.map((code) => new Html(`<script>${code}</script>\n`))}</body>
    </html>
  `;
  return body.text;
}

const chartId = (section: number, { id }: Chart) => `s${section + 1}-${id}`;

const contents = (sections: readonly Section[]): Html =>
  html`<nav aria-label="Datasets">${
    sections.map(({ study }, at) => html`${at > 0 ? " · " : ""}<a href="#s${at + 1}">${study.title}</a>`)
  }</nav>`;

/** A study's part of the page; where it is not the only one it has a heading. */
function sectionPage({ study, drawn, missing, cases }: Section, at: number, headed: boolean): Html {
  const { title, seeds, from, notes } = study;
  return html`
    <section id="s${at + 1}" aria-label="${title}">
    ${headed ? html`<h2>${title}</h2>` : ""}
    <p class="facts">${study.methods.length} ${study.methods.length === 1 ? "method" : "methods"}, ${seeds.length === 1
      ? `seed ${seeds[0]!}`
      : `${seeds.length} seeds`}. A result is of ${selectedText(study)}. Read from ${from.map((folder, place) =>
        html`${place > 0 ? ", " : ""}<code>${folder}</code>`
      )}.</p>
    <div class="summary">${summaryTable(study)}</div>
    ${notes.length > 0
      ? html`
        <details>
          <summary>How the numbers came about</summary>
          <ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>
        </details>
      `
      : ""}
    <div class="figures">${drawn.map(({ chart, svg }) => figure(chart, chartId(at, chart), svg))}</div>
    ${cases ?? ""}
    ${missing.length > 0
      ? html`
        <h3>Not shown</h3>
        <ul class="notes">${missingText(missing).map(([titles, takes]) =>
          html`<li><b>${titles}</b> ${takes}.</li>`
        )}</ul>
      `
      : ""}
    </section>
  `;
}

function figure({ title, caption, table }: Chart, id: string, svg: string): Html {
  return html`
    <figure aria-labelledby="${id}-h">
      <h3 id="${id}-h">${title}</h3>
      <div class="chart" id="${id}" role="img"
        aria-label="${title}. ${caption} The numbers are in the table below.">${new Html(named(svg, id))}</div>
      <figcaption>${caption}</figcaption>
      <details><summary>Numbers</summary>${tableOf(title, table.head, table.rows)}</details>
    </figure>
  `;
}

/** A drawing whose parts have names that no other drawing's have. */
const named = (svg: string, id: string): string => svg.replaceAll(/(\sid="|url\(#)(?=\w)/g, `$1${id}-`);

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return btoa(String.fromCharCode(...new Uint8Array(digest)));
}
