import { search } from "../studies/search.ts";
import { leaderOf, type Standing, type Strategy } from "../studies/strategy.ts";
import type { EpochReport } from "../training/recipe.ts";
import { optionsText } from "./search_text.ts";
import type { SearchLanes } from "./search_lanes.ts";
import { hasEnded, reportsOf, type SearchTrial, standingOf } from "./search_trial.ts";
import type { Output } from "./output.ts";
import { runFiles } from "./run_files.ts";
import { UnsuitedError } from "./unsuited_error.ts";

/** A search, and what ends it. */
export interface SearchPlan {
  /** Those that may be run, in the order in which they are drawn. */
  readonly trials: readonly SearchTrial[];
  readonly strategy: Strategy;
  /** Epochs at whose end trials are compared. */
  readonly rungs: readonly number[];
  /** Where they are run: what picks the best epoch, and trials, is never test. */
  readonly lanes: SearchLanes;
  /** Trials end with it, at whatever epoch, what they took in earlier parts of the search counted, as of so many lanes. */
  readonly seconds: number;
  readonly signal: AbortSignal;
  readonly output: Output;
  /** Called after each step. */
  readonly save: (records: readonly TrialRecord[]) => Promise<void>;
}

/** A trial, and how it stands. */
export interface TrialRecord {
  readonly trial: SearchTrial;
  readonly standing: Standing;
  /** Epochs that are done. */
  readonly epochs: number;
  readonly best: EpochReport["best"] | null;
  /** Whether it is at its end, before the last rung maybe. */
  readonly ended: boolean;
  /** What its epochs took. */
  readonly seconds: number;
  /** Why it failed. */
  readonly error: string | null;
}

/** What a search came to. */
export interface SearchResult {
  readonly records: readonly TrialRecord[];
  /** The number of the best trial; undefined where none has a value. */
  readonly leader: number | undefined;
  /** Whether the time was up before the strategy was at its end. */
  readonly timeUp: boolean;
  /** Whether `signal` stopped it. */
  readonly stopped: boolean;
}

/** Runs a search from where its trials' folders say that it stands. */
export async function runSearch(plan: SearchPlan): Promise<SearchResult> {
  const { trials, rungs, lanes, signal, output } = plan;
  const record = (trial: SearchTrial, reports: readonly EpochReport[], error: string | null = null): TrialRecord => ({
    ...{ trial, error, epochs: reports.length, best: reports.at(-1)?.best ?? null },
    ended: hasEnded(reports, trial.values),
    standing: standingOf(reports, trial.values, rungs),
    seconds: reports.reduce((sum, { seconds }) => sum + Object.values(seconds).reduce((a, b) => a + b), 0),
  });
  const logged = await Promise.all(trials.map(async (trial) => record(trial, await reportsOf(trial))));
  const latest = [...logged],
    records = logged.slice(0, 1 + logged.findLastIndex(({ standing }) => standing.length > 0));
  const left = plan.seconds - logged.reduce((sum, { seconds }) => sum + seconds, 0) / lanes.count;
  const time = left === Infinity ? undefined : AbortSignal.timeout(Math.max(0, Math.round(left * 1000)));
  const either = time ? AbortSignal.any([signal, time]) : signal;
  if (records.length > 0) output.say(`${records.length} trials were begun before`);

  const run = async ({ trial: number, rung }: { readonly trial: number; readonly rung: number }) => {
    either.throwIfAborted();
    const trial = trials[number]!, until = rungs[rung]!, before = records[number]?.standing ?? [];
    const said = `trial ${number} to epoch ${until}: ${optionsText(trial.drawn)}`;
    try {
      latest[number] = record(trial, await lanes.run(trial, { until, said }, either));
    } catch (error) {
      // where nothing can be written or read it is not the trial that fails, and the next would, too
      if (either.aborted || error instanceof UnsuitedError) throw error;
      const failed = record(trial, await reportsOf(trial), (error as Error).message);
      latest[number] = { ...failed, standing: [...before, NaN] };
    }
    return latest[number]!.standing;
  };
  const result = (how: { readonly timeUp: boolean; readonly stopped: boolean }): SearchResult => {
    return { records, leader: leaderOf(records.map(({ standing }) => standing)), ...how };
  };
  let led = leaderOf(records.map(({ standing }) => standing));
  try {
    for await (
      const { trial, rung, standings } of search({
        ...{ strategy: plan.strategy, jobs: lanes.count, run },
        known: records.map((each) => each.standing),
      })
    ) {
      const leader = leaderOf(standings), beaten = [trial, led].filter((each) => each !== undefined && each !== leader);
      while (records.length < trial) records.push(logged[records.length]!); // those that began before it and are running
      records[trial] = latest[trial]!;
      tell(records[trial]!, { trial, rung, epochs: rungs[rung]!, leads: leader === trial }, output);
      await plan.save(records);
      // what has ended and is not the best never goes on
      for (const each of new Set(beaten)) await dropCheckpoint(records[each!]!);
      led = leader;
    }
  } catch (error) {
    if (!either.aborted || error instanceof UnsuitedError) throw error;
    return result({ timeUp: !signal.aborted, stopped: signal.aborted });
  }
  return result({ timeUp: false, stopped: false });
}

interface Step {
  readonly trial: number;
  readonly rung: number;
  readonly epochs: number;
  readonly leads: boolean;
}

function tell(
  { trial: { drawn, folder, values }, standing, best, error }: TrialRecord,
  step: Step,
  output: Output,
): void {
  const said = `trial ${step.trial} to epoch ${step.epochs}: ${optionsText(drawn)}`,
    about = { ...step, options: drawn, folder };
  if (error !== null) return output.result({ event: "failed", ...about, error }, `${said}: failed: ${error}`);
  const value = standing[step.rung]!, mark = step.leads ? "  best" : "";
  output.result(
    { event: "rung", ...about, value, bestEpoch: best!.epoch },
    `${said}: ${values.selectBy} ${value.toFixed(4)}${mark}`,
  );
}

async function dropCheckpoint({ trial: { folder }, ended }: TrialRecord): Promise<void> {
  if (ended) await Deno.remove(`${folder}/${runFiles.checkpoint}`).catch(() => {});
}
