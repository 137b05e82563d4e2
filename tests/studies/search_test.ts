import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { asha } from "../../studies/asha.ts";
import { halving } from "../../studies/halving.ts";
import { search } from "../../studies/search.ts";
import { type Job, randomSearch, type Standing, type Strategy } from "../../studies/strategy.ts";

type Run = (job: Job) => Promise<Standing>;

/** How trials stand at the end of a search. */
async function standingsOf(strategy: Strategy, run: Run, jobs: number): Promise<readonly Standing[]> {
  let last: readonly Standing[] = [];
  for await (const { standings } of search({ strategy, run, jobs })) last = standings;
  return last;
}

/** Says of jobs that they are running, and fails where a trial is so twice, or too many are. */
function watched(run: Run, jobs: number): Run {
  const running = new Set<number>();
  return async (job) => {
    assert(!running.has(job.trial), `trial ${job.trial} is running`);
    running.add(job.trial);
    assert(running.size <= jobs, `${running.size} are running`);
    try {
      return await run(job);
    } finally {
      running.delete(job.trial);
    }
  };
}

const [trials, rungs, eta] = [7, 3, 2];
const someValues = fc.array(fc.constantFrom(1, 2, 3, 4, NaN), { minLength: rungs, maxLength: rungs });
const somePlans = fc.record({
  values: fc.array(someValues, { minLength: trials, maxLength: trials }),
  jobs: fc.integer({ min: 1, max: 4 }),
  schedule: fc.scheduler(),
});

/** Ends jobs in any order: `check` is told how trials stand then, and how where one is run after the other. */
const inAnyOrder = (strategy: Strategy, check: (found: readonly Standing[], alone: readonly Standing[]) => void) =>
  fc.assert(
    fc.asyncProperty(somePlans, async ({ values, jobs, schedule }) => {
      const run: Run = ({ trial, rung }) => Promise.resolve(values[trial]!.slice(0, rung + 1));
      const found = standingsOf(strategy, watched(schedule.scheduleFunction(run), jobs), jobs);
      check(await schedule.waitFor(found), await standingsOf(strategy, run, 1));
    }),
    { numRuns: 100, seed: 1 },
  );

Deno.test("whoever ends first, random search and halving come to what they come to one job after the other", async () => {
  for (
    const strategy of [
      randomSearch({ trials }),
      halving({ trials, rungs, eta }),
      halving({ trials, rungs, eta, bracket: 4, always: [1] }),
    ]
  ) await inAnyOrder(strategy, assert.deepEqual);
});

Deno.test("whoever ends first, asha runs every trial, and on every rung as many go on as may", () =>
  inAnyOrder(asha({ trials, rungs, eta }), (found) => {
    assert.deepEqual([found.length, found.filter(({ length }) => length === 0)], [trials, []]);
    for (let rung = 0; rung < rungs - 1; rung++) {
      const ended = found.filter((standing) => standing.length > rung);
      const sound = ended.filter((standing) => !Number.isNaN(standing[rung])).length;
      const further = ended.filter((standing) => standing.length > rung + 1).length;
      assert(further >= Math.min(Math.floor(ended.length / eta), sound));
    }
  }));

/** Jobs that end when they are told to. */
function ended() {
  const tell: ((how: Standing | Error) => void)[] = [];
  const run = ({ trial }: Job) =>
    new Promise<Standing>((resolve, reject) =>
      tell[trial] = (how) => how instanceof Error ? reject(how) : resolve(how)
    );
  return { run, tell };
}
const turn = () => new Promise<void>((resolve) => setTimeout(resolve));

Deno.test("each job is told as it ends, and the next begins; one that is running stands nowhere yet", async () => {
  const { run, tell } = ended(), strategy = randomSearch({ trials: 3 });
  const steps = search({ strategy, run, jobs: 2 }), first = steps.next();
  await turn();
  assert.equal(tell.length, 2);
  tell[1]!([5]);
  assert.deepEqual((await first).value, { trial: 1, rung: 0, standings: [[], [5]] });
  assert.equal(tell.length, 2, "nothing begins before the next is asked for");
  const second = steps.next();
  tell[2]!([6]);
  assert.deepEqual((await second).value, { trial: 2, rung: 0, standings: [[], [5], [6]] });
  const third = steps.next();
  tell[0]!([4]);
  assert.deepEqual((await third).value, { trial: 0, rung: 0, standings: [[4], [5], [6]] });
  assert.deepEqual(await steps.next(), { done: true, value: undefined });
});

Deno.test("where a job fails, no more begin, those that are running end, and the first error is thrown", async () => {
  const { run, tell } = ended(), told: number[] = [];
  let over = false;
  const whole = (async () => {
    for await (const { trial } of search({ strategy: randomSearch({ trials: 9 }), run, jobs: 3 })) told.push(trial);
  })().finally(() => over = true);
  const failing = assert.rejects(whole, /^Error: first$/);
  await turn();
  tell[1]!(new Error("first"));
  await turn();
  tell[0]!(new Error("second"));
  await turn();
  assert(!over, "one is running");
  tell[2]!([1]);
  await failing;
  assert.deepEqual([told, tell.length], [[2], 3]);
});

Deno.test("`break` begins no more and waits for those that are running, however they end", async () => {
  const { run, tell } = ended();
  let over = false;
  const whole = (async () => {
    for await (const _ of search({ strategy: randomSearch({ trials: 9 }), run, jobs: 3 })) break;
  })().finally(() => over = true);
  await turn();
  tell[1]!([1]);
  await turn();
  tell[0]!(new Error("nobody asks"));
  await turn();
  assert(!over, "one is running");
  tell[2]!([1]);
  await whole;
  assert.equal(tell.length, 3);
});

Deno.test("what is thrown by the strategy, or by `run` itself, is thrown by the search", async () => {
  const throwing = () => {
    throw new Error("at once");
  };
  const strategy = randomSearch({ trials: 1 });
  await assert.rejects(standingsOf(strategy, throwing, 2), /at once/);
  await assert.rejects(standingsOf(throwing, () => Promise.resolve([1]), 2), /at once/);
  await assert.rejects(
    standingsOf(strategy, () => Promise.resolve([1]), 0),
    /^RangeError: Cannot search 0 jobs at a time: it takes at least 1$/,
  );
});

Deno.test("how trials stand is told as it is then, and what was known before stays as it was given", async () => {
  const known = [[1]], told: (readonly Standing[])[] = [];
  const run: Run = ({ trial }) => Promise.resolve([trial]);
  for await (const { standings } of search({ strategy: randomSearch({ trials: 3 }), run, known })) told.push(standings);
  assert.deepEqual([known, told], [[[1]], [[[1], [1]], [[1], [1], [2]]]]);
});
