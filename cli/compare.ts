import { find } from "../options/method.ts";
import { parseMetric } from "../evaluation/parse_metric.ts";
import { baselines } from "../studies/baselines.ts";
import { withDataFor } from "./backbone_spec.ts";
import { markdown } from "./comparison_text.ts";
import { DiskError } from "./disk_error.ts";
import { makeFolder } from "./files.ts";
import { metricNames, shownName, withFull } from "./metrics_text.ts";
import { duration, openOutput } from "./output.ts";
import { describe, openProtocol, OPTIMISTIC } from "./protocol_options.ts";
import { runFiles, writeConfig } from "./run_folder.ts";
import { rankedAsRecord } from "./ranked_as.ts";
import { isDone, type Outcome, readOutcome } from "./study_folder.ts";
import { readMethods } from "./study_methods.ts";
import type { CompareValues } from "./study_options.ts";
import { baselineOutcome, trialOutcome } from "./study_outcomes.ts";
import { type Progress, studyTable, writeTable } from "./study_table.ts";
import { openPlaces } from "./study_trials.ts";
import { writeUsers } from "./tested_lists.ts";
import { makeRecipe } from "./train_parts.ts";
import { trainOptions } from "./train_options.ts";

/** Measured in every trial, so that another choice of `--metrics` finds them. */
const STANDARD = metricNames({ metrics: trainOptions.metrics.default, at: trainOptions.at.default });

/** `compare`: trains methods under one protocol, and tests them against the first. Returns the exit code. */
export async function compareCommand(values: CompareValues, signal: AbortSignal): Promise<number> {
  const output = openOutput(values), started = performance.now();
  if (values.samplers === null) {
    throw new TypeError("Cannot compare: --samplers says which methods, such as rns,dns:pool=32,ahns");
  }
  const methods = readMethods(values.samplers, values),
    wanted = withFull(words(values.metrics).map((name) => name.toLowerCase()));
  if (wanted.length === 0) throw new TypeError("Cannot compare: --metrics says by what, such as ndcg@20");
  for (const { values: own } of methods) makeRecipe({ ...values, ...own, seed: 0 }); // what cannot be made is said before anything is trained
  wanted.forEach(parseMetric);
  const named = values.baselines === "none" ? [] : words(values.baselines);
  named.forEach((name) => find(baselines, "baseline", name));

  const metrics = [...new Set([...STANDARD, ...wanted])],
    opened = await openProtocol(withDataFor(values, methods.map(({ values: own }) => own.backbone)), metrics);
  const { data, protocol } = opened;
  if (!protocol.testing) throw new TypeError(`Cannot compare: "${data.name}" has no test interactions`);
  describe(opened, output);
  if (values.select === "test") output.say(OPTIMISTIC);
  const folder = values.out ?? `runs/${data.name}-compare`, places = await openPlaces(folder, data, values, metrics);
  const trials = await places.trials(methods);
  await makeFolder(folder);
  await writeConfig(folder, savedConfig(values));
  await writeUsers(folder, opened);

  const rows = new Map<string, Progress>(
    methods.map(({ label }) => [label, { label, outcomes: new Map(), failed: [] }]),
  );
  const { select, selectBy, seeds } = values;
  const about = { data: data.name, selectedOn: select, selectBy, seeds, ...rankedAsRecord(values) };
  const beside: Progress[] = [], table = () => studyTable([...rows.values(), ...beside], wanted, data, values);
  for (const name of named) {
    const { label, outcome } = await baselineOutcome(name, await places.baseline(name), protocol, wanted);
    beside.push({ label, outcomes: new Map(values.seeds.map((seed) => [seed, outcome])), failed: [] });
    output.result({ event: "baseline", label, test: outcome.metrics }, `${label}: ${shown(outcome, wanted)}`);
  }
  // those that are done first, so that the table has them all however soon the rest is stopped
  const done = await Promise.all(trials.map(({ folder }) => isDone(folder)));
  const ordered = [...trials.filter((_, at) => done[at]), ...trials.filter((_, at) => !done[at])];
  for (const [at, trial] of ordered.entries()) {
    const { label } = trial.method, { seed } = trial, row = rows.get(label)!;
    const said = `[${at + 1}/${trials.length}] ${label}, seed ${seed}`;
    try {
      signal.throwIfAborted();
      const before = await readOutcome(trial.folder, trial.fingerprint, wanted);
      // where it was killed between its outcome and this
      if (before) await Deno.remove(`${trial.folder}/${runFiles.checkpoint}`).catch(() => {});
      const outcome = before ?? await trialOutcome({ trial, values, protocol, wanted, signal, output, said });
      row.outcomes.set(seed, outcome);
      const event = { event: "trial", label, seed, folder: trial.folder, skipped: before !== undefined };
      const line = `${said}: ${shown(outcome, wanted)}${before ? " (done before)" : ""}`;
      output.result({ ...event, ...outcome.facts, test: outcome.metrics }, line);
    } catch (error) {
      if (signal.aborted) {
        output.say(`stopped after ${at} of ${trials.length} trials; the same command with --out ${folder} goes on`);
        return 130;
      }
      if (error instanceof DiskError) throw error; // it is not the method that failed, and the next would, too
      const { message } = error as Error;
      row.failed.push({ seed, error: message });
      output.result({ event: "failed", label, seed, error: message }, `${said} failed: ${message}`);
    }
    await writeTable(folder, table(), about);
  }
  const found = table();
  output.result({ event: "table", ...about, ...found }, `\n${markdown(found)}`);
  output.say(
    `took ${duration((performance.now() - started) / 1000)}; the table is in ${folder}/compare.md, .csv, .json`,
  );
  return found.rows.some(({ failed }) => failed.length > 0) ? 1 : 0;
}

const words = (text: string | null) => (text ?? "").split(",").map((word) => word.trim()).filter(Boolean);

const shown = ({ metrics }: Outcome, wanted: readonly string[]) =>
  wanted.map((name) => `${shownName(name)} ${metrics[name]!.toFixed(4)}`).join(", ");

/** The options as a YAML file that `--config` reads back. */
function savedConfig(values: CompareValues): Record<string, unknown> {
  const { json: _json, quiet: _quiet, ...rest } = values;
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));
}
