import { readPublished } from "../cli/report/read_published.ts";
import type { Cell } from "../studies/comparison.ts";
import { table } from "./table.ts";

/** What is read of a study's `compare.json`. */
interface Study {
  readonly metrics: readonly string[];
  readonly rows: readonly {
    readonly label: string;
    readonly cells: Readonly<Record<string, Cell>> | null;
    /** Means over trials; null for a baseline. */
    readonly bestEpoch: number | null;
    readonly secondsPerEpoch: number | null;
  }[];
}

const COHORTS = ["ndcg@10", "hit@10", "head/hit@10", "mid/hit@10", "tail/hit@10", "balance@10"];
const AHNS = ["ndcg@20", "recall@20", "ndcg@50"];
const COVERED = ["ndcg@20", "recall@20", "coverage@20", "head/recall@20", "mid/recall@20", "tail/recall@20"];
const SEQUENCES = ["ndcg@10", "hit@10", "coverage@10", "head/hit@10", "mid/hit@10", "tail/hit@10"];
/** The studies of recipes, by what docs/recipes.md calls their data. */
const reached: Readonly<Record<string, string>> = {
  "recipes/ahns-tool": "Amazon Tools",
  "recipes/ahns-sport": "Amazon Sports",
  "recipes/ahns-ml": "MovieLens-1M",
  "recipes/ml-100k": "MovieLens-100K",
  "recipes/lastfm-social": "LastFM",
  "recipes/yahoo-r3": "Yahoo R3",
};
const reachedSequential: Readonly<Record<string, string>> = {
  "recipes/amazon-beauty-seq": "Amazon Beauty",
  "recipes/amazon-sports-seq": "Amazon Sports",
};
/** Columns of a page, by the folder of a study in docs/results. */
const studies: Readonly<Record<string, readonly string[]>> = {
  "beauty-seq": COHORTS,
  "sports-seq": COHORTS,
  "ahns-tool": AHNS,
  "ahns-sport": AHNS,
  "ahns-ml": AHNS,
  ...Object.fromEntries(Object.keys(reached).map((study) => [study, COVERED])),
  ...Object.fromEntries(Object.keys(reachedSequential).map((study) => [study, SEQUENCES])),
  "tuned/lastfm-social": COVERED,
  "tuned/ml-100k": COVERED,
  "tuned/yahoo-r3": COVERED,
  "tuned/ahns-tool": COVERED,
  "tuned/ahns-sport": COVERED,
  "tuned/ahns-ml": COVERED,
  "divns-ml": ["ndcg@20", "recall@20"],
  "divns-tool": ["ndcg@20", "recall@20"],
  "sbpr-lastfm": ["ndcg@20", "recall@20"],
  ...Object.fromEntries([10, 20, 40].map((share) => [`sbpr-short/short-${share}`, ["ndcg@20", "recall@20"]])),
};

/** Studies whose tables say how long training took. */
const timed = (study: string): boolean => study.startsWith("recipes/") || study.startsWith("tuned/");

/** Rows of a study that was run apart, under the same protocol, come behind these that are trained. */
const apart: Readonly<Record<string, string>> = { "beauty-seq": "beauty-full" };

/** What the README shows: NDCG@20 of these methods, from the weakest kind to the strongest. */
const SUMMARY = { studies: ["ahns-tool", "ahns-sport"], metric: "ndcg@20" } as const;
const summarised: Readonly<Record<string, string>> = {
  "most popular": "most popular",
  rns: "`rns`, uniform negatives",
  dns: "`dns`",
  mixgcf: "`mixgcf`",
  divns: "`divns`",
  "ahns-p2": "`ahns`, p = -2",
  iALS: "implicit ALS, which samples none",
  "item-KNN": "item-KNN, which samples none",
};

const here = (path: string) => new URL(path, import.meta.url);
const readStudy = async (study: string): Promise<Study> =>
  JSON.parse(await Deno.readTextFile(here(`results/${study}/compare.json`)));

const publishedOn = async (study: string) => (await readPublished(here("results/published.yaml").pathname))[study];

/** A page with another table between the markers of this name. @throws Error where one is missing. */
function between(page: string, name: string, shown: string): string {
  const start = `<!-- ${name}:start -->`,
    end = `<!-- ${name}:end -->`,
    from = page.indexOf(start),
    to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`Cannot write the results: expected "${start}" and "${end}"`);
  return `${page.slice(0, from)}${start}\n\n${shown}\n\n${page.slice(to)}`;
}

const isTrained = ({ bestEpoch }: Study["rows"][number]): boolean => bestEpoch !== null;

const meanAndSd = ({ mean, sd }: Cell): string =>
  sd !== null && sd > 1e-9 ? `${mean.toFixed(4)} ± ${sd.toFixed(4)}` : mean.toFixed(4);

/** A study's means and standard deviations, beside what was published where that is known, with the relative difference. */
export async function resultsTable(study: string): Promise<string> {
  const { rows: own } = await readStudy(study), other = apart[study];
  const added = other
    ? (await readStudy(other)).rows.filter(({ label }) => own.every((row) => row.label !== label))
    : [];
  const [trained, baselines] = [own.filter(isTrained), own.filter((row) => !isTrained(row))];
  const rows = [...trained, ...added, ...baselines];
  const columns = studies[study]!, published = await publishedOn(study);
  const compared = rows.filter(({ cells }) => cells !== null).map(({ label, cells, bestEpoch, secondsPerEpoch }) => [
    label,
    ...columns.flatMap((metric) => {
      const cell = cells![metric]!, ours = meanAndSd(cell), paper = published?.metrics[metric]?.[label];
      return published
        ? [ours, paper === undefined ? "–" : `${paper.toFixed(4)} (${percent(cell.mean / paper - 1)})`]
        : [ours];
    }),
    ...timed(study) ? [bestEpoch?.toFixed(0) ?? "–", secondsPerEpoch?.toFixed(1) ?? "–"] : [],
  ]);
  const head = ["method", ...columns.flatMap((metric) => published ? [metric, "paper"] : [metric])];
  return table([[...head, ...timed(study) ? ["best epoch", "s/epoch"] : []], ...compared]);
}

const percent = (share: number) => `${share < 0 ? "" : "+"}${(100 * share).toFixed(1)}%`;

/** A page with the tables of its studies as they are now. @throws Error where a marker is missing. */
export async function withResults(page: string): Promise<string> {
  for (const study of Object.keys(studies)) page = between(page, study, await resultsTable(study));
  return page;
}

/** One metric of studies that have the same rows, a study a column. */
async function reachedTable(metric: string, titles: Readonly<Record<string, string>>): Promise<string> {
  const found = await Promise.all(Object.keys(titles).map(async (study) => (await readStudy(study)).rows));
  const labels = new Set(found.flatMap((rows) => rows.map(({ label }) => label)));
  const cellOf = (rows: Study["rows"], wanted: string) => rows.find(({ label }) => label === wanted)?.cells?.[metric];
  const body = [...labels].map((label) => [
    label,
    ...found.map((rows) => cellOf(rows, label)).map((cell) => cell ? meanAndSd(cell) : "–"),
  ]);
  return table([[metric.toUpperCase(), ...Object.values(titles)], ...body]);
}

/** The page of recipes with the tables of what they reach as it is now. @throws Error where a marker is missing. */
export async function withReached(page: string): Promise<string> {
  const general = between(page, "reached", await reachedTable("ndcg@20", reached));
  return between(general, "reached-sequential", await reachedTable("ndcg@10", reachedSequential));
}

/** The README with the table of its results as they are now. @throws Error where a marker is missing. */
export async function withSummary(readme: string): Promise<string> {
  const found = await Promise.all(SUMMARY.studies.map(async (study) => {
    const { rows } = await readStudy(study), published = await publishedOn(study);
    return { rows, paper: (label: string) => published?.metrics[SUMMARY.metric]?.[label] };
  }));
  const body = Object.entries(summarised).map(([label, shown]) => [
    shown,
    ...found.flatMap(({ rows, paper }) => {
      const cell = rows.find((row) => row.label === label)!.cells![SUMMARY.metric]!;
      return [meanAndSd(cell), paper(label)?.toFixed(4) ?? "–"];
    }),
  ]);
  return between(readme, "results", table([["NDCG@20", "Amazon Tools", "paper", "Amazon Sports", "paper"], ...body]));
}

if (import.meta.main) {
  const pages = [["results.md", withResults], ["recipes.md", withReached], ["../README.md", withSummary]] as const;
  for (const [path, written] of pages) {
    const page = here(path);
    await Deno.writeTextFile(page, await written(await Deno.readTextFile(page)));
  }
}
