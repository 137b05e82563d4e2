import assert from "node:assert/strict";
import type { AnyMethod } from "../../options/method.ts";
import { sasrec } from "../../models/sasrec.ts";
import { samplers } from "../../samplers/mod.ts";
import type { Policy } from "../../samplers/sampler.ts";
import type { Checkpoint } from "../../training/checkpoint.ts";
import { optimizers } from "../../training/optimizers.ts";
import { anyMetadata } from "../samplers/metadata.ts";
import { webgpuTest } from "../runtime/webgpu_test_case.ts";
import { smallLog, type SmallOptions, smallRun } from "./small_run.ts";

/** Runs until `epoch`, `step` is done, and gives back the checkpoint that was kept there. */
async function stoppedAt(epoch: number, step: number, options: SmallOptions) {
  const stop = new AbortController(), kept: Checkpoint[] = [];
  const ran = await smallRun({
    ...options,
    signal: stop.signal,
    onStep: (at) => at.epoch === epoch && at.step === step && stop.abort(new Error("enough")),
    keep: (checkpoint) => Promise.resolve(void kept.push(checkpoint)),
  });
  return { ...ran, checkpoint: kept.at(-1)! };
}
const { train: log } = smallLog(), metadata = anyMetadata(log.userCount, log.itemCount);
const four: SmallOptions = { ranked: true, epochs: 4, evaluateEvery: 1 };

Deno.test("equal recipes leave equal bytes and equal reports; another seed leaves others", async () => {
  const first = await smallRun(four), again = await smallRun(four);
  assert.deepEqual(again, first);
  assert.deepEqual([...first.saved.keys()].sort(), [
    "item",
    "item#m",
    "item#step",
    "item#v",
    "user",
    "user#m",
    "user#step",
    "user#v",
  ]);
  const order = await smallRun({ ...four, seed: 1 }), start = await smallRun({ ...four, start: 2 });
  for (const other of [order, start]) assert.notDeepEqual(other.saved.get("user"), first.saved.get("user"));
});

/** Options beside the defaults with which a sampler keeps more, or does more within four epochs. */
const others: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  divns: { recency: 0.3 },
  gnno: { start: 1, step: 0.2 },
};
const runs: readonly (Pick<SmallOptions, "sampler" | "backbone"> & { readonly name: string })[] = [
  ...Object.entries<AnyMethod<Policy>>(samplers).flatMap(([name, make]) => [
    { name, sampler: make() },
    ...others[name] ? [{ name: `${name} ${JSON.stringify(others[name])}`, sampler: make(others[name]) }] : [],
  ]),
  { name: "sasrec, with dropout and packed histories,", backbone: sasrec({ dim: 4, length: 6 }) },
];
webgpuTest(
  "on WebGPU, where losses are read many steps at a time, a run that is stopped keeps those of all its steps",
  async () => {
    const options: SmallOptions = { provider: "webgpu", epochs: 1 }, whole = await smallRun(options);
    const { checkpoint } = await stoppedAt(0, 1, options),
      { reports } = await smallRun({ ...options, resume: checkpoint });
    assert(Math.abs(reports[0]!.loss - whole.reports[0]!.loss) < 1e-5);
  },
);

for (const { name, ...own } of runs) {
  Deno.test(`a ${name} run stopped in the middle of an epoch and resumed ends with the same bytes and reports`, async () => {
    const options = { ...four, ...own, metadata }, whole = await smallRun(options);
    const stopped = await stoppedAt(2, 1, options);
    assert.match(`${stopped.error}`, /enough/);
    assert.deepEqual([stopped.checkpoint.epoch, stopped.checkpoint.step], [2, 2]);
    assert.deepEqual(stopped.reports, whole.reports.slice(0, 2));
    const rest = await smallRun({ ...options, start: 99, resume: stopped.checkpoint });
    assert.deepEqual(rest.reports, whole.reports.slice(2));
    assert.deepEqual(rest.saved, whole.saved);
  });
}

for (const [name, make] of Object.entries(optimizers)) {
  Deno.test(`a run with ${name} goes on from a checkpoint with all that the optimiser keeps`, async () => {
    const options = { epochs: 3, optimizer: make({ lr: 0.05 }) }, whole = await smallRun(options);
    const { checkpoint } = await stoppedAt(1, 0, options);
    assert.deepEqual((await smallRun({ ...options, start: 99, resume: checkpoint })).saved, whole.saved);
  });
}

Deno.test("a run resumed where an epoch ends gives the same bytes and reports", async () => {
  const kept: Checkpoint[] = [], keep = (at: Checkpoint) => Promise.resolve(void kept.push(at));
  const whole = await smallRun({ ...four, keep });
  assert.deepEqual(
    kept.map(({ epoch, step, sums }) => ({ epoch, step, sums })),
    [1, 2, 3, 4].map((epoch) => ({ epoch, step: 0, sums: {} })),
  );
  for (const resume of kept) {
    const rest = await smallRun({ ...four, start: 99, resume });
    assert.deepEqual(rest.reports, whole.reports.slice(resume.epoch));
    if (resume.epoch < 4) assert.deepEqual(rest.saved, whole.saved);
    else for (const name of ["user", "item"]) assert.deepEqual(rest.saved.get(name), whole.saved.get(name));
  }
});

Deno.test("a run stopped at the last step of an epoch still evaluates it when resumed", async () => {
  const whole = await smallRun(four), steps = whole.reports[0]!.steps;
  const { checkpoint, reports } = await stoppedAt(1, steps - 1, four);
  assert.deepEqual([checkpoint.epoch, checkpoint.step, reports.length], [1, steps, 1]);
  const rest = await smallRun({ ...four, resume: checkpoint });
  assert.deepEqual(rest.reports, whole.reports.slice(1));
  assert.deepEqual(rest.saved, whole.saved);
});

Deno.test("the patience that is used up is part of a checkpoint", async () => {
  const falling = (from: number) => {
    let value = from;
    return () => Promise.resolve({ quality: value-- });
  };
  const options = { epochs: 20, evaluateEvery: 1, patience: 3, selectBy: "quality" };
  const whole = await smallRun({ ...options, evaluate: falling(0) });
  assert.equal(whole.reports.length, 4); // the first is best, three are not better
  const { checkpoint } = await stoppedAt(2, 0, { ...options, evaluate: falling(0) });
  assert.equal(checkpoint.waited, 1);
  const rest = await smallRun({ ...options, resume: checkpoint, evaluate: falling(-2) });
  assert.deepEqual(rest.reports, whole.reports.slice(2));
  assert.deepEqual(rest.saved, whole.saved);
});

Deno.test("a checkpoint that lacks what the sampler keeps, or has it in another length, is refused", async () => {
  const keeping = (state: Record<string, Float32Array>): Policy => (setting) => ({ ...samplers.rns()(setting), state });
  const { checkpoint } = await stoppedAt(1, 1, { ...four, sampler: keeping({ means: new Float32Array(3) }) });
  const resumed = async (state: Record<string, Float32Array>) =>
    `${(await smallRun({ ...four, sampler: keeping(state), resume: checkpoint })).error}`;
  const said = (name: string, length: number, found: string) =>
    `TypeError: Cannot resume: the sampler keeps "${name}" of ${length} elements, the checkpoint has ${found}`;
  assert.equal(await resumed({ means: new Float32Array(4) }), said("means", 4, "3")); // one would stay as it starts
  assert.equal(await resumed({ means: new Float32Array(2) }), said("means", 2, "3"));
  assert.equal(await resumed({ mean: new Float32Array(3) }), said("mean", 3, 'no "mean"'));
  assert.equal(await resumed({ means: new Float32Array(3) }), "undefined");
});
