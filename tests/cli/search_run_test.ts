import assert from "node:assert/strict";
import type { SearchLanes } from "../../cli/search_lanes.ts";
import { runSearch, type TrialRecord } from "../../cli/search_run.ts";
import { hasEnded, type SearchTrial, standingOf } from "../../cli/search_trial.ts";
import type { TrainValues } from "../../cli/train_options.ts";
import { UnsuitedError } from "../../cli/unsuited_error.ts";
import { halving } from "../../studies/halving.ts";
import { randomSearch, type Strategy } from "../../studies/strategy.ts";
import type { EpochReport } from "../../training/recipe.ts";
import { inFolder } from "./foil.ts";

const never = new AbortController().signal;
const untold = { say: () => {}, result: () => {}, progress: () => {} };

/** The reports of as many epochs, the last of them the best, each of a second. */
const reportsTo = (epochs: number, value: number): readonly EpochReport[] =>
  Array.from({ length: epochs }, (_, epoch) => {
    const metrics = { "ndcg@20": value + epoch / 100 };
    const seconds = { sampling: 0, scoring: 1, updating: 0, evaluating: 0 };
    return { epoch, steps: 1, loss: 1, lossSum: 1, metrics, best: { epoch, metrics }, seconds };
  });

/** A search in a folder by trials of four epochs and rungs after two and four, and what it saved. */
async function searchIn(
  folder: string,
  lanes: Omit<SearchLanes, "dispose">,
  { strategy, seconds = Infinity, signal = never }: { strategy: Strategy; seconds?: number; signal?: AbortSignal },
) {
  const trials = [0, 1, 2].map((trial) => {
    const values = { epochs: 4, patience: 9, selectBy: "ndcg@20" };
    return { values, folder: `${folder}/${trial}`, drawn: { trial } } as unknown as SearchTrial;
  });
  const saved: (readonly TrialRecord[])[] = [];
  const result = await runSearch({
    ...{
      trials,
      strategy,
      seconds,
      signal,
      rungs: [2, 4],
      output: untold,
      lanes: { ...lanes, dispose: () => Promise.resolve() },
    },
    save: (records) => Promise.resolve(void saved.push([...records])),
  });
  return { ...result, saved };
}
const later = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const standings = (records: readonly TrialRecord[]) => Array.from(records, ({ standing }) => standing);

Deno.test("a trial that is running has no value yet, also where the search ends before it has one", () =>
  inFolder(async (folder) => {
    for (const end of ["timeUp", "stopped"]) {
      const stop = new AbortController();
      const run: SearchLanes["run"] = ({ drawn: { trial } }, { until }, signal) => {
        if (trial === 1) return Promise.resolve(reportsTo(until, 0.1));
        if (trial === 2) setTimeout(() => stop.abort(new Error("stopped")));
        return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      };
      const ending = end === "timeUp" ? { seconds: 0.05 } : { signal: stop.signal };
      const { records, leader, timeUp, stopped, saved } = await searchIn(folder, { count: 2, run }, {
        strategy: randomSearch({ trials: 3 }),
        ...ending,
      });
      assert.deepEqual(saved.map(standings), [[[], [0.11]]]);
      assert.deepEqual([standings(records), leader], [[[], [0.11]], 1]);
      assert.deepEqual({ timeUp, stopped }, { timeUp: end === "timeUp", stopped: end === "stopped" });
    }
  }));

Deno.test("trials are run beside each other as far as their rung, and a rung is waited for", () =>
  inFolder(async (folder) => {
    const running = new Set<unknown>(), told: string[] = [], last = Promise.withResolvers<void>();
    const run: SearchLanes["run"] = async ({ drawn: { trial } }, { until }) => {
      running.add(trial);
      told.push(`${[...running]} to ${until}`);
      if (trial === 2) last.resolve();
      await (trial === 0 ? last.promise : undefined);
      running.delete(trial);
      return reportsTo(until, Number(trial));
    };
    const { records, leader } = await searchIn(folder, { count: 2, run }, {
      strategy: halving({ trials: 3, rungs: 2, eta: 2 }),
    });
    assert.deepEqual(told, ["0 to 2", "0,1 to 2", "0,2 to 2", "2 to 4"]);
    assert.deepEqual([standings(records), leader], [[[0.01], [1.01], [2.01, 2.03]], 2]);
  }));

Deno.test("what trials took before counts as the time of so many at a time", () =>
  inFolder(async (folder) => {
    const lines = reportsTo(4, 1).map((report) => `${JSON.stringify(report)}\n`);
    await Deno.mkdir(`${folder}/0`);
    await Deno.writeTextFile(`${folder}/0/log.jsonl`, lines.join("")); // of four seconds
    const run: SearchLanes["run"] = async (_, { until }, signal) => {
      await later(10);
      signal.throwIfAborted();
      return reportsTo(until, 0.5);
    };
    for (const [count, timeUp] of [[1, true], [2, false]] as const) {
      const found = await searchIn(folder, { count, run }, { strategy: randomSearch({ trials: 3 }), seconds: 3 });
      assert.deepEqual([found.timeUp, found.records.length], [timeUp, timeUp ? 1 : 3]);
    }
  }));

Deno.test("a trial that fails on a later rung keeps what it had, leads nothing and is not run again", () =>
  inFolder(async (folder) => {
    const told: string[] = [];
    const run: SearchLanes["run"] = ({ drawn: { trial } }, { until }) => {
      told.push(`${trial} to ${until}`);
      if (until === 4) throw new Error("no number");
      return Promise.resolve(reportsTo(until, Number(trial)));
    };
    const strategy = halving({ trials: 3, rungs: 2, eta: 2 });
    const { records, leader } = await searchIn(folder, { count: 1, run }, { strategy });
    assert.deepEqual(told, ["0 to 2", "1 to 2", "2 to 2", "2 to 4"]);
    assert.deepEqual([standings(records), leader], [[[0.01], [1.01], [2.01, NaN]], 1]);
    assert.deepEqual(records.map(({ error }) => error), [null, null, "no number"]);
  }));

Deno.test("where nothing can be written the search ends: it is not the trial that failed", () =>
  inFolder(async (folder) => {
    const run: SearchLanes["run"] = () => Promise.reject(new UnsuitedError("the disk is full"));
    const search = searchIn(folder, { count: 1, run }, { strategy: randomSearch({ trials: 3 }) });
    await assert.rejects(search, /^Error: the disk is full$/);
  }));

Deno.test("of trials that have ended the best alone keeps its checkpoint; those that may go on keep theirs", () =>
  inFolder(async (folder) => {
    const checkpoint = (trial: unknown) => `${folder}/${trial}/checkpoint.safetensors`;
    const run: SearchLanes["run"] = async ({ drawn: { trial } }, { until }) => {
      await Deno.mkdir(`${folder}/${trial}`, { recursive: true });
      if (until === 4) await Deno.stat(checkpoint(trial));
      await Deno.writeTextFile(checkpoint(trial), "");
      return reportsTo(until, [0.5, 0.7, 0.1][Number(trial)]!);
    };
    const oneByOne: Strategy = (standings) => {
      const trial = [0, 1, 2].find((trial) => (standings[trial]?.length ?? 0) < 2);
      return trial === undefined ? undefined : { trial, rung: standings[trial]?.length ?? 0 };
    };
    const { leader, records } = await searchIn(folder, { count: 1, run }, { strategy: oneByOne });
    assert.deepEqual([leader, records.map(({ error }) => error)], [1, [null, null, null]]);
    const kept = await Promise.all(
      [0, 1, 2].map((trial) => Deno.stat(checkpoint(trial)).then(() => true, () => false)),
    );
    assert.deepEqual(kept, [false, true, false]);
  }));

Deno.test("trials whose logs are whole are not run again, whatever is missing between them; of a log in pieces nothing is taken", () =>
  inFolder(async (folder) => {
    const ran: unknown[] = [];
    const run: SearchLanes["run"] = ({ drawn: { trial } }, { until }) => {
      ran.push(trial);
      return Promise.resolve(reportsTo(until, 0.5));
    };
    const lines = reportsTo(4, 1).map((report) => `${JSON.stringify(report)}\n`);
    for (const [trial, text] of [[0, lines.join("")], [1, lines.slice(2).join("")], [2, lines.join("")]] as const) {
      await Deno.mkdir(`${folder}/${trial}`);
      await Deno.writeTextFile(`${folder}/${trial}/log.jsonl`, text);
    }
    const { records } = await searchIn(folder, { count: 1, run }, { strategy: randomSearch({ trials: 3 }) });
    assert.deepEqual([ran, standings(records)], [[1], [[1.01, 1.03], [0.51], [1.01, 1.03]]]);
    await Deno.writeTextFile(`${folder}/2/log.jsonl`, `${lines[0]}{"epo`);
    const damaged =
      /^TypeError: Cannot read ".*\/2\/log\.jsonl", line 2: expected a JSON object, found "\{\\"epo" \(Unterminated/;
    await assert.rejects(searchIn(folder, { count: 1, run }, { strategy: randomSearch({ trials: 3 }) }), damaged);
  }));

Deno.test("a trial ends with its epochs or its patience, and then stands at the end of all rungs", () => {
  // best after epoch 1; epochs 0, 1, 3 and 5 are evaluated
  const best = { epoch: 1, metrics: { "ndcg@20": 0.4 } }, first = { epoch: 0, metrics: { "ndcg@20": 0.1 } };
  const reports = reportsTo(6, 0.1).map((report) => {
    const { metrics: _, ...rest } = { ...report, best: report.epoch < 1 ? first : best };
    return [0, 1, 3, 5].includes(report.epoch) ? { ...rest, metrics: report.metrics! } : rest;
  });
  const values = { epochs: 9, patience: 2, selectBy: "NDCG@20" } as TrainValues;
  const ended = (count: number, of = values) => hasEnded(reports.slice(0, count), of);
  assert.deepEqual([2, 4, 5, 6].map((count) => ended(count)), [false, false, false, true]);
  assert.deepEqual([2, 3].map((count) => ended(count, { ...values, epochs: 3 })), [false, true]);
  assert.deepEqual(standingOf(reports.slice(0, 4), values, [1, 4, 8]), [0.1, 0.4]);
  assert.deepEqual(standingOf(reports, values, [1, 4, 8]), [0.1, 0.4, 0.4]);
  assert.equal(hasEnded([], values), false);
});
