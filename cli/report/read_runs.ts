import { basename } from "node:path";
import { summary } from "../../statistics/summary.ts";
import { styleOf } from "../../reports/palette.ts";
import type { Method, Study } from "../../reports/study.ts";
import { trainingSeconds } from "../../training/recipe.ts";
import { dataOptions } from "../data_options.ts";
import { exists } from "../files.ts";
import { metricNames } from "../metrics_text.ts";
import { rankedAsOptions } from "../ranked_as.ts";
import { runFiles } from "../run_files.ts";
import { leaks, type Start } from "../start.ts";
import { readLists } from "../tested_lists.ts";
import { trainOptions } from "../train_options.ts";
import { type ReadTrial, readTrial, settledOptions } from "./read_trial.ts";

interface Run extends ReadTrial {
  readonly folder: string;
  readonly options: Method["options"];
}

/** Reads folders of `train`: those on one dataset, selected and ranked alike, are methods of one study. */
export async function readRuns(folders: readonly string[]): Promise<Study[]> {
  const runs = await Promise.all(folders.map(async (folder): Promise<Run> => {
    const read = await readTrial(folder);
    return { folder, ...read, options: settledOptions(read.config) };
  }));
  return await Promise.all([...Map.groupBy(runs, protocolOf).values()].map(studyOf));
}

/** The options of data, and of how they are ranked. */
const SHARED = {
  ...dataOptions,
  ...rankedAsOptions,
  ...{ select: trainOptions.select, selectBy: trainOptions.selectBy },
};

/** All that runs must share to be told side by side. */
const protocolOf = ({ config, facts }: Run): string =>
  JSON.stringify([
    facts.data ?? null,
    // what an older run does not say, there was no choice of
    ...Object.entries(SHARED).map(([name, { default: usual }]) => config[name] ?? usual),
  ]);

/** Runs that differ in nothing but their seed are trials of one method. */
async function studyOf(runs: readonly Run[]): Promise<Study> {
  const [{ config, facts }] = runs as [Run, ...Run[]], alike = Map.groupBy(runs, methodKey);
  const text = (name: "select" | "selectBy") => String(config[name] ?? trainOptions[name].default);
  const selectBy = text("selectBy").toLowerCase();
  const measured = metricNames({
    metrics: joined(config.metrics ?? trainOptions.metrics.default),
    at: joined(config.at ?? trainOptions.at.default),
  });
  const tested = measured.filter((name) => runs.some(({ trial }) => trial.test && name in trial.test));
  // of all that was measured, the first two: the metric that picked the epoch first
  const metrics = [...new Set([selectBy, ...tested])].filter((name) => tested.includes(name)).slice(0, 2);
  const groups = [...alike.values()].map(onePerSeed), counted = new Set(groups.flat());
  const labels = labelsOf(groups);
  const data = String(facts.data ?? config.data ?? "embedded dataset");
  return {
    ...{ data, title: data },
    from: runs.map(({ folder }) => folder),
    compared: false,
    selectedOn: text("select") as Study["selectedOn"],
    selectBy,
    seeds: [...new Set(runs.map(({ trial }) => trial.seed))].sort((a, b) => a - b),
    metrics,
    notes: [
      ...runs.filter(({ facts }) => facts.test === undefined).map(({ folder }) =>
        `"${folder}" was not tested: it has no test interactions, or has not come to its end.`
      ),
      ...runs.filter((run) => !counted.has(run)).map(({ folder }) =>
        `"${folder}" is left out: another folder has a run of the same options and seed.`
      ),
      ...runs.filter(({ config }) => config.refit === true).map(({ folder }) =>
        `"${folder}": tested is a model trained anew for the epochs that were picked, on what picked them as well.`
      ),
      ...runs.flatMap(({ folder, facts }) => {
        const { run, seen } = (facts.init ?? {}) as { readonly run?: string; readonly seen?: Start["seen"] };
        return seen ? leaks(run ?? null, { seen }).map((said) => `"${folder}": ${said}.`) : [];
      }),
    ],
    methods: await Promise.all(groups.map((group, at) => methodOf(group, labels[at]!, metrics, at))),
  };
}

/** A list in YAML is text as a flag. */
const joined = (given: unknown): string => Array.isArray(given) ? given.join(",") : String(given);

const methodKey = ({ options, folder }: Run) => Object.keys(options).length > 0 ? JSON.stringify(options) : folder; // what is not known is like nothing else

/** The runs of a method by seed; of several with one seed, that which was tested first: the others say nothing more. */
function onePerSeed(runs: readonly Run[]): readonly Run[] {
  const bySeed = Map.groupBy(runs, ({ trial }) => trial.seed);
  return [...bySeed.values()].map((same) => same.find(({ trial }) => trial.test) ?? same[0]!)
    .toSorted((a, b) => a.trial.seed - b.trial.seed);
}

/** A method is called by its sampler; where several have it, by what makes it another; else by its folder. */
function labelsOf(groups: readonly (readonly Run[])[]): readonly string[] {
  const told = (names: readonly string[]) =>
    groups.map(([first]) =>
      names.map((name) => first!.config[name]).filter((value) => value !== undefined && value !== null).join(" ")
    );
  const tries = [["sampler"], ["sampler", "loss"], ["sampler", "backbone"], ["sampler", "backbone", "loss"]].map(told);
  const folders = groups.map(([first]) => basename(first!.folder));
  const different = (labels: readonly string[]) => new Set(labels).size === labels.length && !labels.includes("");
  return [...tries, folders].find(different) ?? groups.map(([first]) => first!.folder);
}

async function methodOf(runs: readonly Run[], label: string, metrics: readonly string[], at: number): Promise<Method> {
  const trials = runs.map(({ trial }) => trial), tests = trials.flatMap(({ test }) => test ? [test] : []);
  const cells = Object.fromEntries(
    metrics.filter((name) => tests.length > 0 && tests.every((test) => name in test)).map((name) => {
      const values = tests.map((test) => test[name]!);
      return [name, { values, ...summary(values), against: null }];
    }),
  );
  const mean = (values: readonly number[]) => values.length > 0 ? values.reduce((a, b) => a + b) / values.length : null;
  const listed = await firstListed(runs);
  return {
    ...{ label, trained: true, style: styleOf(at), options: runs[0]!.options, trials },
    cells: Object.keys(cells).length > 0 ? cells : null,
    reference: null,
    bestEpoch: mean(trials.flatMap(({ best, epochs }) => best ?? epochs.at(-1)?.epoch ?? [])),
    secondsPerEpoch: mean(trials.flatMap(({ epochs }) => epochs.map(({ seconds }) => trainingSeconds(seconds)))),
    lists: listed && { seed: listed.trial.seed, kept: await readLists(listed.folder) },
  };
}

async function firstListed(runs: readonly Run[]): Promise<Run | null> {
  for (const run of runs) if (await exists(`${run.folder}/${runFiles.lists}`)) return run;
  return null;
}
