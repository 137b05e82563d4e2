import assert from "node:assert/strict";
import { asha } from "../../studies/asha.ts";
import { halving } from "../../studies/halving.ts";
import { rungsOf } from "../../studies/rungs.ts";
import { search } from "../../studies/search.ts";
import { type Job, leaderOf, randomSearch, type Standing, type Strategy } from "../../studies/strategy.ts";

/** The jobs of a search in order, as `trial:rung`; a trial's value at each rung is what `value` says. */
async function jobs(
  strategy: Strategy,
  value: (trial: number, rung: number) => number,
  { known = [] as readonly Standing[], most = Infinity } = {},
): Promise<string[]> {
  const done: string[] = [];
  const run = ({ trial, rung }: Job) =>
    Promise.resolve(Array.from({ length: rung + 1 }, (_, below) => value(trial, below)));
  for await (const { trial, rung } of search({ strategy, run, known })) {
    done.push(`${trial}:${rung}`);
    if (done.length === most) break;
  }
  return done;
}
/** Nine trials of which the better ones come later, whatever the rung. */
const rising = (trial: number) => trial;
const lots = { trials: 9, rungs: 3, eta: 3 };

Deno.test("random search runs every trial once, in order", async () => {
  assert.deepEqual(await jobs(randomSearch({ trials: 3 }), rising), ["0:0", "1:0", "2:0"]);
});

Deno.test("halving runs all to the first rung, the best third to the second, and the best of those to the last", async () => {
  const first = Array.from({ length: 9 }, (_, trial) => `${trial}:0`);
  assert.deepEqual(await jobs(halving(lots), rising), [...first, "8:1", "7:1", "6:1", "8:2"]);
});

Deno.test("halving judges each rung by its own values, and ties by who was drawn first", async () => {
  const overtakes = (trial: number, rung: number) => rung === 0 ? [5, 5, 5, 4][trial]! : [1, 2, 3, 4][trial]!;
  const strategy = halving({ trials: 4, rungs: 2, eta: 2 });
  assert.deepEqual((await jobs(strategy, overtakes)).slice(4), ["0:1", "1:1"]);
  const level = (trial: number, rung: number) => rung === 0 ? trial : 1;
  const twice = halving({ trials: 4, rungs: 3, eta: 2 });
  assert.deepEqual((await jobs(twice, level)).slice(4), ["3:1", "2:1", "2:2"], "not by who was better before");
});

Deno.test("one of few goes on even where their share is less than one", async () => {
  assert.deepEqual(await jobs(halving({ trials: 2, rungs: 3, eta: 3 }), rising), ["0:0", "1:0", "1:1", "1:2"]);
  const five = await jobs(halving({ trials: 5, rungs: 2, eta: 3 }), rising);
  assert.deepEqual(five.slice(5), ["4:1"], "a third of five is one and no second");
});

Deno.test("who always goes on does, behind those that are better, and takes no place of theirs", async () => {
  const strategy = halving({ ...lots, always: [0] });
  assert.deepEqual((await jobs(strategy, rising)).slice(9), ["8:1", "7:1", "6:1", "0:1", "8:2", "0:2"]);
  const failing = halving({ trials: 3, rungs: 2, eta: 3, always: [0] });
  assert.deepEqual((await jobs(failing, (trial) => trial === 0 ? NaN : trial)).slice(3), ["2:1"]);
});

Deno.test("in brackets, some are halved before the next begin, without end where trials have none", async () => {
  const strategy = halving({ trials: Infinity, rungs: 2, eta: 2, bracket: 2 });
  assert.deepEqual(await jobs(strategy, rising, { most: 6 }), ["0:0", "1:0", "1:1", "2:0", "3:0", "3:1"]);
});

Deno.test("asha promotes as soon as a trial is in the best third of its rung, the highest rung first", async () => {
  // each new trial is the best of its rung, and of at least three there one may go on: the price of not waiting
  assert.deepEqual(await jobs(asha({ ...lots, trials: 6 }), rising), [
    ...["0:0", "1:0", "2:0", "2:1"],
    ...["3:0", "3:1", "4:0", "4:1", "4:2"],
    ...["5:0", "5:1", "5:2"],
  ]);
});

Deno.test("where better trials come first, asha promotes as many as halving does, and no worse ones", async () => {
  const falling = (trial: number) => -trial;
  const done = await jobs(asha(lots), falling);
  assert.deepEqual(done.filter((job) => !job.endsWith(":0")), ["0:1", "1:1", "2:1", "0:2"]);
});

Deno.test("a trial that failed is never run on, and a search of failures ends", async () => {
  const fails = (trial: number) => trial === 2 ? NaN : trial;
  for (const strategy of [halving, asha]) {
    const done = await jobs(strategy({ trials: 3, rungs: 2, eta: 3 }), fails);
    assert.deepEqual(done, ["0:0", "1:0", "2:0", "1:1"]);
    assert.equal((await jobs(strategy(lots), () => NaN)).length, 9);
  }
});

Deno.test("from any point, a search goes on with the jobs that were left", async () => {
  const value = (trial: number, rung: number) => ((trial * 7) % 9) + rung / 10;
  for (const strategy of [randomSearch(lots), halving(lots), asha(lots)]) {
    const whole = await jobs(strategy, value);
    for (let stop = 0; stop <= whole.length; stop++) {
      const known: number[][] = [];
      for (const job of whole.slice(0, stop)) {
        const [trial, rung] = job.split(":").map(Number) as [number, number];
        (known[trial] ??= []).push(value(trial, rung));
      }
      assert.deepEqual(await jobs(strategy, value, { known }), whole.slice(stop));
    }
  }
});

Deno.test("where trials of two rungs may go on, asha takes the one of the higher", () => {
  const standings = [[0.5, 0.9], [0.4, 0.8], [0.1], [0.2], [0.3], [0]];
  assert.deepEqual(asha({ trials: 9, rungs: 3, eta: 2 })(standings, []), { trial: 0, rung: 2 });
  const running = [{ trial: 0, rung: 2 }];
  assert.deepEqual(asha({ trials: 9, rungs: 3, eta: 2 })(standings, running), { trial: 4, rung: 1 });
});

Deno.test("a trial that was begun and has no value yet is asha's first", () => {
  assert.deepEqual(asha(lots)([[1], [], [3]], []), { trial: 1, rung: 0 });
});

Deno.test("random search leaves alone what is running, and waits for it at the end", () => {
  const next = randomSearch({ trials: 3 }), at = (trial: number) => ({ trial, rung: 0 });
  assert.deepEqual(next([], [at(0), at(1)]), at(2));
  assert.deepEqual(next([[], [1]], [at(0)]), at(2));
  assert.equal(next([[], [1], []], [at(0), at(2)]), undefined);
  assert.deepEqual(next([[], [1], []], [at(2)]), at(0)); // begun by a search that was stopped
});

Deno.test("halving waits for a rung to be complete, and begins the next bracket meanwhile", () => {
  const options = { trials: 4, rungs: 3, eta: 2 },
    next = halving(options),
    inBrackets = halving({ ...options, bracket: 2 });
  const running = [{ trial: 1, rung: 0 }];
  assert.equal(next([[4], [], [3], [2]], running), undefined);
  assert.deepEqual(inBrackets([[4], []], running), { trial: 2, rung: 0 });
  const promoted = [{ trial: 0, rung: 1 }], ranked = [[4], [1], [3], [2]];
  assert.deepEqual(next(ranked, promoted), { trial: 2, rung: 1 });
  assert.equal(next([[4], [1], [3, 5], [2]], promoted), undefined, "which of two is better is not known yet");
  assert.deepEqual(next([[4, 4], [1], [3, 5], [2]], []), { trial: 2, rung: 2 });
});

Deno.test("asha promotes those that have ended, else begins another, and waits when none is left", () => {
  const next = asha({ trials: 4, rungs: 2, eta: 2 }), fresh = (trial: number) => ({ trial, rung: 0 });
  assert.deepEqual(next([[], []], [fresh(0), fresh(1)]), fresh(2));
  assert.deepEqual(next([[3], [], [5]], [fresh(1)]), { trial: 2, rung: 1 });
  assert.deepEqual(next([[3], [], [5]], [fresh(1), { trial: 2, rung: 1 }]), fresh(3));
  assert.equal(next([[3], [], [5], []], [fresh(1), { trial: 2, rung: 1 }, fresh(3)]), undefined);
  assert.deepEqual(next([[3], [4], [5], []], [{ trial: 2, rung: 1 }, fresh(3)]), undefined, "of three, one goes on");
  assert.deepEqual(next([[3], [4], [5], [2]], [{ trial: 2, rung: 1 }]), { trial: 1, rung: 1 });
});

Deno.test("a trial that ended early stands at the end of all rungs", async () => {
  const done: string[] = [];
  const run = ({ trial, rung }: Job) => Promise.resolve(trial === 1 ? [9, 9, 9] : Array<number>(rung + 1).fill(trial));
  for await (const { trial, rung } of search({ strategy: halving({ trials: 3, rungs: 3, eta: 3 }), run })) {
    done.push(`${trial}:${rung}`);
  }
  assert.deepEqual(done, ["0:0", "1:0", "2:0"]);
});

Deno.test("the leader is the trial with the best value, on whichever rung; failures lead nothing", () => {
  assert.equal(leaderOf([[0.1, 0.4], [0.5], [0.3, NaN], [0.5]]), 1);
  assert.equal(leaderOf([[NaN], []]), undefined);
  assert.equal(leaderOf([]), undefined);
});

Deno.test("rungs end where a trial is evaluated anyway, and the last with the last epoch", () => {
  const every = (epochs: number, evaluateEvery: number, rungs = 3) => rungsOf({ epochs, evaluateEvery, eta: 3, rungs });
  assert.deepEqual(every(9, 1), [1, 3, 9]);
  assert.deepEqual(every(100, 5), [11, 31, 100]);
  assert.deepEqual(every(100, 5, 1), [100]);
  assert.deepEqual(every(100, 40), [1, 41, 100]); // evaluated after epochs 0, 40, 80 and 99
  assert.deepEqual(every(2, 5), [1, 2]);
  assert.deepEqual(every(1, 5), [1]);
});
