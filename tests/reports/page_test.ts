import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { casePage } from "../../reports/case_page.ts";
import { isChart } from "../../reports/chart.ts";
import { figures } from "../../reports/figures.ts";
import { jsonInScript } from "../../reports/html.ts";
import { page } from "../../reports/page.ts";
import { standalone } from "../../reports/standalone.ts";
import { summaryTable } from "../../reports/summary_table.ts";
import { terminalTable } from "../../reports/terminal_table.ts";
import { openVega } from "../../cli/report/vega.ts";
import { cell, epoch, method, negatives, study, trial } from "./small_study.ts";

const HOSTILE = `</script><script>alert(1)</script> "x" & <img src=http://a.b/c onerror=alert(2)>`;
const byPositive = { positive: [0.5, 1, 2], negative: [0.1, 0.2, 0.3], low: [0, 0, 0], high: [0.5, 0.5, 0.5] };
const items = {
  falseNegatives: { rate: 0.2, base: 0.1 },
  cosineDistance: 1,
  popularity: 1,
  head: 1,
  mid: 0,
  tail: 0,
  quantile: 0.9,
  unique: 1,
};
const test = { "ndcg@20": 0.2, head: 0.5, mid: 0.25, tail: 0.25, popularity: 3, coverage: 0.5, gini: 0.5 };
/** A study that every chart can be drawn of, whose names are hostile. */
const whole = study(
  [1, 2, 4].map((pool, at) => {
    const epochs = [0, 1, 2].map((x) =>
      epoch(x, { metrics: { "ndcg@20": 0.1 * x + 0.01 * pool }, negatives: negatives({ byPositive, items }) })
    );
    return method(`${HOSTILE} ${pool}`, {
      options: { sampler: "dns", loss: HOSTILE, "sampler.pool": pool },
      trials: [trial(0, epochs, { best: at, test })],
      cells: { "ndcg@20": cell([0.2, 0.3], 0.25, 0.07), "balance@10": cell([0.5, 0.6], 0.55, 0.07) },
      bestEpoch: at,
      secondsPerEpoch: 1,
    });
  }),
  { data: HOSTILE, title: HOSTILE, from: [HOSTILE], notes: [HOSTILE], metrics: ["ndcg@20", "balance@10"] },
);

const { draw, bundle } = await openVega();
const charts = figures(whole).filter(isChart);
const drawn = await Promise.all(charts.map(async (chart) => ({ chart, svg: await draw(chart.spec) })));
const cases = casePage(
  [{ user: HOSTILE, met: [], metCount: 0, heldCount: 1, missed: [{ id: HOSTILE, title: HOSTILE }], lists: [] }],
  HOSTILE,
);
const sections = [{ study: whole, drawn, missing: [{ title: HOSTILE, takes: HOSTILE }], cases }];

Deno.test("every chart is drawn without a browser, and its drawing is whole: marks are where numbers are", () => {
  assert.equal(charts.length, figures(whole).length, "the study has all that charts take");
  assert.equal(new Set(charts.map(({ id }) => id)).size, charts.length);
  for (const { chart, svg } of drawn) {
    assert.match(svg, /^<svg [^>]*viewBox="0 0 \d+ \d+"/, chart.id);
    assert(!/NaN|undefined|Infinity/.test(svg), `${chart.id} draws what is no number`);
    assert(wellFormed(svg), `${chart.id} is no XML`);
    assert((svg.match(/<path /g) ?? []).length > 4, `${chart.id} has marks`);
  }
});

Deno.test("a drawing as a file has a name, a description and colours for dark paper", () => {
  const { chart, svg } = drawn[0]!, file = standalone(chart, svg);
  assert(wellFormed(file));
  assert(file.includes(`<title>${chart.title}</title>`) && file.includes("prefers-color-scheme:dark"));
  assert(!/href=|url\((?!#)|@import|<script|<image/.test(file));
  const heightOf = (text: string) => Number(/viewBox="0 -?\d+ [\d.]+ ([\d.]+)"/.exec(text)![1]);
  assert.equal(heightOf(file) - heightOf(svg), 30); // of its heading, which is above
  assert.match(file, new RegExp(`height="${heightOf(file)}" viewBox="0 -30 `));
});

Deno.test("the page is one file that loads nothing and runs no script but its own, whatever names hold", async () => {
  const text = await page(HOSTILE, sections, bundle);
  const scripts = Array.from(
    text.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g),
    ([, attributes, code]) => ({ attributes, code: code! }),
  );
  assert.deepEqual(scripts.map(({ attributes }) => attributes), [' type="application/json" id="specs"', "", ""]);
  const markup = scripts.reduce((left, { code }) => left.replace(code, ""), text);
  assert(!/<(img|link|iframe|object|embed|base|form|video|audio)\b/i.test(markup));
  assert(!/\s(src|srcset|action|on\w+)\s*=\s*["']/i.test(markup.replaceAll("&quot;", "")));
  assert(!/@import|url\((?!#)/.test(markup));
  const ids = Array.from(markup.matchAll(/\sid="([^"]*)"/g), ([, id]) => id!);
  assert.equal(new Set(ids).size, ids.length, "no two elements have one name");
  for (const [, id] of markup.matchAll(/url\(#([^)]*)\)/g)) assert(ids.includes(id!), `nothing is named "${id}"`);
  for (const [, link] of markup.matchAll(/href="([^"]*)"/g)) assert.match(link!, /^#/);

  const [policy] = /default-src[^"]*/.exec(text)!, plain = policy.replaceAll("&#39;", "'");
  assert.match(plain, /^default-src 'none'; style-src 'unsafe-inline'; script-src /);
  assert(!/script-src[^;]*'unsafe-inline'/.test(plain));
  for (const { code } of scripts.slice(1)) {
    const digest = createHash("sha256").update(code).digest("base64");
    assert(plain.includes(`'sha256-${digest}'`), "a script that the policy does not name");
  }
  const specs = JSON.parse(scripts[0]!.code);
  assert.deepEqual(Object.keys(specs), charts.map(({ id }) => `s1-${id}`));
  assert.deepEqual(specs[`s1-${charts[0]!.id}`], JSON.parse(JSON.stringify(charts[0]!.spec)));
  assert.equal(text, await page(HOSTILE, sections, bundle), "the same of the same");
});

Deno.test("each chart has a heading, words for who does not see it, and a table of its numbers", async () => {
  const text = await page("Report", sections, bundle);
  for (const { id, table } of charts) {
    assert(text.includes(`id="s1-${id}-h"`) && text.includes(`id="s1-${id}"`));
    assert(table.rows.length > 0 && table.rows.every((row) => row.length === table.head.length), id);
  }
  assert.equal(text.match(/role="img"[^>]*aria-label="[^"]+"/g)!.length, charts.length);
  assert.match(text, /<html lang="en">/);
  assert.match(text, /width=device-width/);
});

Deno.test("a table of results says what each method is tested against, where that is not the same for all", () => {
  const tested = (reference: string | null, percent: number) => {
    const overSeeds = { n: 2, t: 1, p: 0.2, holm: 0.4 }, overUsers = { n: 9, w: 1, p: 0.0001, holm: 0.0002 };
    return method(`of ${reference}`, {
      cells: {
        "ndcg@20": { ...cell([0.1, 0.3], 0.2, 0.14), against: { difference: 0.1, percent, overSeeds, overUsers } },
      },
      reference,
    });
  };
  const cellsOf = (methods: ReturnType<typeof tested>[]) =>
    Array.from(summaryTable(study(methods)).text.matchAll(/<t[hd](?:\s[^>]*)?>([^<]*)</g), ([, text]) => text);
  const rows = ["–", "–"];
  assert.deepEqual(cellsOf([tested("a", 5), tested("a", -50)]), [
    ...["method", "ndcg@20", "vs. a", "p (seeds)", "p (users)", "epoch", "s/epoch"],
    ...["of a", "0.2000 ± 0.1400", "+5.0%", "0.400", "&lt;0.001 **", ...rows],
    ...["of a", "0.2000 ± 0.1400", "-50.0%", "0.400", "&lt;0.001 **", ...rows],
  ]);
  const [, , ...head] = cellsOf([tested("a", 5), tested("b", 5)]);
  assert.deepEqual(head.slice(0, 4), ["against", "difference", "p (seeds)", "p (users)"]);
  assert.deepEqual(head.slice(6, 10), ["of a", "0.2000 ± 0.1400", "a", "+5.0%"]);
});

Deno.test("on a terminal a study is a table whose columns line up, with a sparkline of the metric", () => {
  const [first, second] = whole.methods;
  const { trials } = first!;
  const lines = terminalTable(study([
    { ...first!, label: "rns", trials },
    { ...second!, label: "most popular", trained: false, trials: [], bestEpoch: null, secondsPerEpoch: null },
  ])).split("\n");
  assert.deepEqual(lines, [
    "small                 ndcg@20  epoch  s/epoch  ndcg@20 by epoch",
    "rns           0.2500 ± 0.0700      0      1.0  ▁▅█",
    "most popular           0.2500      –        –",
  ]);
  const labelled = (letters: number) => terminalTable(study([method("x".repeat(letters))])).split("\n")[1]!;
  assert(labelled(36).startsWith(`${"x".repeat(36)} `), labelled(36));
  assert(labelled(37).startsWith(`${"x".repeat(35)}… `), labelled(37));
});

/** Whether every element that begins ends, in order. */
function wellFormed(xml: string): boolean {
  const open: string[] = [];
  for (const [, end, name, alone] of xml.matchAll(/<(\/?)([a-z][\w-]*)(?:"[^"]*"|[^">])*?(\/?)>/gi)) {
    if (end === "/") { if (open.pop() !== name) return false; }
    else if (alone !== "/") open.push(name!);
  }
  return open.length === 0;
}

Deno.test("what stands in a script neither ends it nor begins a line that JavaScript would not read", () => {
  const names = ["</script>", "a\u2028b", "a\u2029b", "<!--"], text = jsonInScript(names);
  assert(!/[<\u2028\u2029]/.test(text), text);
  assert.deepEqual(JSON.parse(text), names);
});
