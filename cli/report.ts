import { casePage } from "../reports/case_page.ts";
import type { Published } from "../reports/charts/results.ts";
import { isChart, type Missing, missingText } from "../reports/chart.ts";
import { figures } from "../reports/figures.ts";
import { page, type Section } from "../reports/page.ts";
import { standalone } from "../reports/standalone.ts";
import { selectedText, type Study } from "../reports/study.ts";
import { terminalTable } from "../reports/terminal_table.ts";
import { LISTS_KEPT } from "../studies/protocol.ts";
import { integer, text, type Values } from "../options/option.ts";
import { makeFolder, writeWhole } from "./files.ts";
import { openOutput } from "./output.ts";
import { readCases } from "./report/read_cases.ts";
import { readFolders } from "./report/read_folders.ts";
import { readPublished } from "./report/read_published.ts";
import { unmatched } from "./report/unmatched.ts";
import { type Drawing, openVega } from "./report/vega.ts";
import { outputOptions } from "./train_options.ts";
import { dirname } from "node:path";

export const reportOptions = {
  out: text(null, "the page to write; without it, report.html in the first folder"),
  svg: text(null, "folder of the charts as SVG files; without it, figures/ beside the page"),
  title: text(null, "heading of the page; without it, what it is on"),
  published: text(null, "YAML file of what others published, drawn beside the results: dataset, metric, method"),
  users: text(null, "users of the case study: ids of the log, comma separated"),
  cases: integer(3, "how many users the case study has where --users names none; 0 leaves it out", { min: 0 }),
  top: integer(10, "items of each list of the case study", { min: 1, max: LISTS_KEPT.length }),
  ...outputOptions,
} as const;
export type ReportValues = Values<typeof reportOptions>;

/** `report`: a page, drawings and a table of what `train` and `compare` left in folders. Returns the exit code. */
export async function reportCommand(folders: readonly string[], values: ReportValues): Promise<number> {
  checkPage(values);
  const output = openOutput(values), studies = await readFolders(folders);
  const path = values.out ?? `${folders[0]!.replace(/(?<=.)\/+$/, "")}/report.html`;
  const svgs = values.svg ?? `${dirname(path)}/figures`;
  const published = values.published === null ? {} : await readPublished(values.published);
  for (const note of unmatched(published, studies)) output.say(note);
  const drawing = await openVega(), sections: Section[] = [], written: string[] = [];
  for (const [at, study] of studies.entries()) {
    const section = await sectionOf(study, values, drawing, published[study.data]);
    sections.push(section);
    output.result(recordOf(study), terminalTable(study));
    if (study.selectedOn === "test") output.say(`  a result is of ${selectedText(study)}`);
    for (const [titles, takes] of missingText(section.missing)) output.say(`  not shown: ${titles}, which ${takes}`);
    for (const { chart, svg } of section.drawn) {
      const name = `${studies.length > 1 ? `${at + 1}-${fileName(study.title)}-` : ""}${chart.id}.svg`;
      if (written.length === 0) await makeFolder(svgs);
      await writeWhole(`${svgs}/${name}`, standalone(chart, svg));
      written.push(name);
    }
  }
  const title = values.title ?? `Negative sampling on ${[...new Set(studies.map(({ data }) => data))].join(", ")}`;
  await makeFolder(dirname(path));
  await writeWhole(path, await page(title, sections, drawing.bundle));
  output.result(
    { event: "report", page: path, svg: svgs, charts: written },
    `${written.length} charts are in ${path}, and each by itself in ${svgs}`,
  );
  return 0;
}

/** @throws TypeError where the page would be written over what is none. */
function checkPage({ out, svg }: Pick<ReportValues, "out" | "svg">): void {
  if (out !== null && !/\.html?$/i.test(out)) {
    throw new TypeError(`Cannot write the page "${out}": its name must end with .html`);
  }
  if (svg?.trim() === "") throw new TypeError("Cannot write charts: --svg is empty");
}

async function sectionOf(
  study: Study,
  values: ReportValues,
  drawing: Drawing,
  published?: Published,
): Promise<Section> {
  const found = figures(study, published), drawn = [], missing: Missing[] = [];
  for (const figure of found) {
    if (isChart(figure)) drawn.push({ chart: figure, svg: await drawing.draw(figure.spec) });
    else missing.push(figure);
  }
  if (values.cases === 0 && values.users === null) return { study, drawn, missing, cases: null };
  const users = values.users === null ? null : values.users.split(",").map((name) => name.trim()).filter(Boolean);
  const read = await readCases(study, { users, count: values.cases, top: values.top });
  if ("takes" in read) return { study, drawn, missing: [...missing, read], cases: null };
  return { study, drawn, missing, cases: casePage(read.cases, read.says) };
}

/** What a program is told of a study. */
const recordOf = ({ data, from, selectedOn, metrics, seeds, methods }: Study) => ({
  ...{ event: "study", data, from, selectedOn, metrics, seeds },
  methods: methods.map(({ label, cells, bestEpoch, secondsPerEpoch }) => ({
    label,
    cells,
    bestEpoch,
    secondsPerEpoch,
  })),
});

const fileName = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-|-$/g, "");
