import { halving } from "../studies/halving.ts";
import { rungsOf } from "../studies/rungs.ts";
import { autoSamplers, REFERENCE } from "./auto_samplers.ts";
import type { Output } from "./output.ts";
import type { OpenedProtocol } from "./protocol_options.ts";
import { searchHere } from "./search_lanes.ts";
import { runSearch, type TrialRecord } from "./search_run.ts";
import { writeSearch } from "./search_files.ts";
import { rungTable } from "./search_text.ts";
import { searchTrials } from "./search_trial.ts";
import { trainWinner } from "./search_winner.ts";
import { claim } from "./study_claim.ts";
import { trainCommandText } from "./train_command_text.ts";
import { makeRecipe } from "./train_parts.ts";
import type { TrainValues } from "./train_options.ts";

/** How samplers are thinned out; see docs/tune.md for how these were settled. */
const THINNING = { eta: 2, rungs: 4 };

/** The options of each sampler's trial. @throws TypeError where one could not be chosen by them. */
export function samplerTrials(values: TrainValues): readonly TrainValues[] {
  if (values.select !== "valid") {
    throw new TypeError(
      `Cannot choose a sampler under --select ${values.select}: --sampler auto chooses it on validation`,
    );
  }
  const each = autoSamplers.map((sampler) => ({ ...values, sampler }));
  each.forEach(makeRecipe); // what cannot be made is said before data are read
  return each;
}

interface AutoRun {
  /** A trial for each sampler. */
  readonly each: readonly TrainValues[];
  readonly opened: OpenedProtocol;
  readonly folder: string;
  /** Whether a search that is there goes on. */
  readonly goOn: boolean;
  readonly signal: AbortSignal;
  readonly output: Output;
}

/**
 * Chooses a sampler by successive halving, says why, and trains it. False where `signal` stopped it.
 *
 * @throws Error where another process is at it.
 */
export async function trainAuto(run: AutoRun): Promise<boolean> {
  const own = `${run.folder}/auto`, claimed = await claim(own);
  if (!claimed) throw new Error(`Cannot choose a sampler in "${own}": another process is at it`);
  try {
    return await chooseAndTrain(own, run);
  } finally {
    await claimed.drop();
  }
}

async function chooseAndTrain(
  own: string,
  { each, opened, folder, goOn, signal, output }: AutoRun,
): Promise<boolean> {
  const { data } = opened, { epochs, evaluateEvery, seed, ...shared } = each[0]!;
  const selectBy = shared.selectBy!, rungs = rungsOf({ epochs, evaluateEvery, ...THINNING });
  if (!goOn) await Deno.remove(`${own}/trials`, { recursive: true }).catch(() => {});
  const trials = await searchTrials(own, each.map((one) => ({ values: one, drawn: { sampler: one.sampler } })), data);
  output.say(`chooses from ${each.length} samplers, by ${selectBy} on validation, after ${rungs.join(", ")} epochs`);
  const about = { data: data.name, strategy: "halving", eta: THINNING.eta, rungs, selectBy, seed };
  const space = [`sampler: ${each.map(({ sampler }) => sampler).join(", ")}`];
  const save = (records: readonly TrialRecord[], more = {}) => writeSearch(own, { ...about, space }, records, more);
  const { records, leader, stopped } = await runSearch({
    ...{ trials, rungs, signal, output, save },
    strategy: halving({
      ...{ trials: trials.length, rungs: rungs.length, eta: THINNING.eta },
      always: [autoSamplers.indexOf(REFERENCE)],
    }),
    lanes: searchHere(opened, output),
    seconds: Infinity,
  });
  if (stopped) return false;
  if (leader === undefined) {
    throw new Error(`Cannot choose a sampler: none could be trained; the first said: ${records[0]?.error}`);
  }
  const trial = trials[leader]!, value = records[leader]!.standing.at(-1)!;
  const winner = { trial: leader, options: trial.drawn, value, command: trainCommandText(trial.values) };
  await save(records, { winner });
  output.result(
    { event: "winner", ...winner },
    `${
      rungTable(records, rungs, selectBy)
    }\n\ntrains with ${trial.values.sampler}, the best of ${each.length} on validation\n`,
  );
  return await trainWinner({ trial, opened, folder, goOn, signal, output });
}
