import { darkRules, roles } from "./palette.ts";

const { paper, ink, muted, grid } = roles;

/** The style of the page: fluid from 320 pixels up, light or dark as the reader's system is, and printable. */
export const STYLE = `
:root{color-scheme:light dark;--paper:${paper.light};--ink:${ink.light};--muted:${muted.light};--grid:${grid.light};--wash:#f5f7f9;--good:#1a6e3c}
@media (prefers-color-scheme:dark){:root{--paper:${paper.dark};--ink:${ink.dark};--muted:${muted.dark};--grid:${grid.dark};--wash:#1b2027;--good:#5fd492}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main,header,footer{max-width:84rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:2rem}
h1{font-size:1.75rem;line-height:1.2;margin:0 0 .25rem}
h2{font-size:1.4rem;margin:2.5rem 0 .5rem;padding-top:1rem;border-top:1px solid var(--grid);overflow-wrap:anywhere}
h3{font-size:1.05rem;margin:0 0 .5rem}
h4{font-size:1rem;margin:0 0 .25rem;overflow-wrap:anywhere}
h5{font-size:.9rem;margin:0;overflow-wrap:anywhere}
a{color:inherit}
p,figcaption,li{max-width:75ch}
.facts,figcaption,.history,.hits,footer,nav{color:var(--muted);font-size:.9rem}
code{font:.9em ui-monospace,monospace;overflow-wrap:anywhere}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,30rem),1fr));gap:2.5rem 3rem;margin:2rem 0}
figure{margin:0;min-width:0}
.chart{overflow-x:auto}
.chart svg{display:block;max-width:none}
.live{overflow:hidden}
figcaption{margin:.5rem 0 0}
details{margin:.5rem 0 0;font-size:.9rem}
summary{cursor:pointer;color:var(--muted)}
summary:focus-visible,.scroll:focus-visible,.lists:focus-visible{outline:2px solid var(--ink);outline-offset:2px}
.scroll{overflow:auto;max-height:24rem}
.summary .scroll{max-height:none}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;margin:.25rem 0}
th,td{padding:.2rem .9rem .2rem 0;text-align:right;white-space:nowrap;border-bottom:1px solid var(--grid)}
th:first-child,td:first-child{text-align:left;white-space:normal;overflow-wrap:anywhere;min-width:min(9rem,36vw);position:sticky;left:0;background:var(--paper)}
th:first-child{z-index:1}
th{font-weight:600;background:var(--paper);position:sticky;top:0;vertical-align:bottom}
.notes{padding-left:1.1rem;color:var(--muted);font-size:.9rem}
.cases{margin:3rem 0}
.case{background:var(--wash);border-radius:.5rem;padding:1rem 1.25rem;margin:1rem 0}
.lists{display:grid;grid-auto-flow:column;grid-auto-columns:minmax(12.5rem,1fr);gap:1.5rem;margin:1rem 0;overflow-x:auto}
.hits{margin:0}
ol{margin:.25rem 0;padding-left:1.6rem;font-size:.9rem}
li{overflow-wrap:anywhere}
.history{overflow-wrap:anywhere;margin:.25rem 0}
.id{color:var(--muted);font-size:.85em}
.hit{font-weight:600}
.mark{color:var(--good);white-space:nowrap}
.tip{position:fixed;z-index:9;pointer-events:none;background:var(--paper);color:var(--ink);border:1px solid var(--muted);border-radius:.25rem;padding:.3rem .5rem;font-size:.8rem;line-height:1.35;max-width:18rem;box-shadow:0 2px 8px #0003}
.tip b{display:block;overflow-wrap:anywhere}
@media print{.figures{display:block}figure,.case{break-inside:avoid;margin-bottom:2rem}}
${darkRules(".chart")}
`.trim();
