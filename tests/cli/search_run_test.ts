import assert from "node:assert/strict";
import type { SearchLanes } from "../../cli/search_lanes.ts";
import { runSearch, type TrialRecord } from "../../cli/search_run.ts";
import type { SearchTrial } from "../../cli/search_trial.ts";
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
