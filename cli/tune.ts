import { asha } from "../studies/asha.ts";
import { halving, type HalvingOptions } from "../studies/halving.ts";
import { rungsOf } from "../studies/rungs.ts";
import { randomSearch, type Strategy } from "../studies/strategy.ts";
import { metricNames } from "./metrics_text.ts";
import { duration, openOutput, type Output } from "./output.ts";
import { checkOwnFolder } from "./own_folder.ts";
import { describe, type OpenedProtocol, openProtocol } from "./protocol_options.ts";
import { savedConfig, writeConfig } from "./run_folder.ts";
import { writeSearch } from "./search_files.ts";
import { searchHere, searchInThreads, type ThreadData } from "./search_lanes.ts";
import type { Given } from "./recipe_values.ts";
import { runSearch, type TrialRecord } from "./search_run.ts";
import { rungTable } from "./search_text.ts";
import { searchTrials } from "./search_trial.ts";
import { trainWinner } from "./search_winner.ts";
import { recipeOfRun } from "./start.ts";
import { claim } from "./study_claim.ts";
import { trainCommandText } from "./train_command_text.ts";
import { readDraws } from "./tune_draws.ts";
import type { TuneValues } from "./tune_options.ts";

/**
 * `tune`: searches options on validation, and trains the best. Returns the exit code.
 *
 * @param named the names of the options that somebody gave.
 */
export async function tuneCommand(
  options: TuneValues,
  signal: AbortSignal,
  named: Given = new Set(Object.keys(options)),
): Promise<number> {
  const output = openOutput(options), started = performance.now(), given = await withBackboneOf(options, named);
  const { space, draws, values } = readDraws(given);
  const reading: ThreadData = { values: { ...values, select: "valid" }, metrics: metricNames(values) };
  const opened = await openProtocol(reading.values, reading.metrics);
  describe(opened, output);
  for (const line of space) output.say(`searches ${line}`);
  output.say(`draws ${draws.length} ${draws.length === 1 ? "configuration" : "configurations"}`);
  const folder = values.out ?? `runs/${opened.data.name}-tune`;
  await checkOwnFolder(folder, [values.data, values.valid, values.test], "search");
  const claimed = await claim(folder);
  if (!claimed) throw new Error(`Cannot tune in "${folder}": another process is at it`);
  try {
    return await tuneIn(folder, { given, values, draws, space, reading, opened, signal, output, started });
  } finally {
    claimed.release();
  }
}

/** Options with the backbone of the run that trials start from, where none is given. */
async function withBackboneOf(values: TuneValues, named: Given): Promise<TuneValues> {
  if (values.init === null || named.has("backbone")) return values;
  const { backbone } = (await recipeOfRun(values.init)).options;
  return { ...values, backbone: String(backbone) };
}

interface Search extends Pick<ReturnType<typeof readDraws>, "values" | "draws" | "space"> {
  readonly given: TuneValues;
  /** How its data were opened. */
  readonly reading: ThreadData;
  readonly opened: OpenedProtocol;
  readonly signal: AbortSignal;
  readonly output: Output;
  /** When, by performance.now(). */
  readonly started: number;
}

/** Searches in a folder that is this process's alone. */
async function tuneIn(folder: string, search: Search): Promise<number> {
  const { given, values, draws, space, reading, opened, signal, output, started } = search, { data, protocol } = opened;
  const { strategy, eta, seed, minutes, jobs } = values;
  const selectBy = values.selectBy!, rungs = strategy === "random" ? [values.epochs] : rungsOf(values);
  const trials = await searchTrials(folder, draws, data);
  await writeConfig(folder, savedConfig(given));
  // where minutes are the budget, halving must come to its end early and often
  const bracket = values.trials === null && minutes !== null && { bracket: eta ** (rungs.length - 1) };
  const about = { data: data.name, strategy, eta, rungs, selectBy, seed, space };
  const lanes = jobs > 1 ? searchInThreads(jobs, reading, output) : searchHere(opened, output);
  const { records, leader, timeUp, stopped } = await runSearch({
    ...{ trials, rungs, lanes, signal, output },
    strategy: strategies[strategy]({ trials: trials.length, rungs: rungs.length, eta, ...bracket }),
    seconds: minutes === null ? Infinity : minutes * 60,
    save: (records: readonly TrialRecord[]) => writeSearch(folder, about, records),
  }).finally(() => lanes.dispose());
  const goesOn = () => {
    output.say(`stopped; the same command with --out ${folder} goes on`);
    return 130;
  };
  if (stopped) return goesOn();
  if (timeUp) output.say(`${minutes} minutes are over, at trial ${records.length}`);
  if (leader === undefined) {
    const error = records.find((record) => record.error !== null)?.error;
    throw new Error(
      `Cannot tune: no trial has come to epoch ${rungs[0]}${
        error == null ? "" : `; the first that failed said: ${error}`
      }`,
    );
  }
  const trial = trials[leader]!, best = `${folder}/best`, command = trainCommandText(trial.values);
  const winner = { trial: leader, options: trial.drawn, value: records[leader]!.standing.at(-1)!, command };
  await writeSearch(folder, about, records, { winner });
  output.result({ event: "winner", ...winner }, `${rungTable(records, rungs, selectBy)}\n\n${command}\n`);
  output.say(
    `trains trial ${leader} to its end${protocol.testing ? ", and tests it, once" : "; there is nothing to test on"}`,
  );
  if (!await trainWinner({ trial, opened, folder: best, goOn: true, signal, output })) return goesOn();
  output.say(
    `took ${
      duration((performance.now() - started) / 1000)
    }; the best run is ${best}, the trials are in ${folder}/tune.csv`,
  );
  return records.some(({ error }) => error !== null) ? 1 : 0;
}

const strategies: Readonly<Record<TuneValues["strategy"], (thinning: HalvingOptions) => Strategy>> = {
  asha,
  halving,
  random: randomSearch,
};
