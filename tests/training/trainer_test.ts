import assert from "node:assert/strict";
import { interactions } from "../../datasets/interactions.ts";
import { bpr } from "../../losses/bpr.ts";
import { mf } from "../../models/mf.ts";
import { sasrec } from "../../models/sasrec.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { rns } from "../../samplers/rns.ts";
import type { Negatives, Policy, Sampler, Vectors } from "../../samplers/sampler.ts";
import type { Checkpoint } from "../../training/checkpoint.ts";
import type { Recipe } from "../../training/recipe.ts";
import { train } from "../../training/trainer.ts";
import { adam, sgd } from "../../training/optimizers.ts";
import { smallLog, type SmallOptions, smallRun, variablesOf } from "./small_run.ts";

/** An evaluation that answers `values` in turn. */
const answers = (values: readonly number[]) => {
  let at = 0;
  return () => Promise.resolve({ quality: values[at++]! });
};
const selected = { selectBy: "quality", evaluateEvery: 1 };

Deno.test("training stops after `patience` evaluations in a row that are worse than the best", async () => {
  const stopsAfter = async (values: readonly number[], patience: number) =>
    (await smallRun({ ...selected, evaluate: answers(values), patience, epochs: 7 })).reports.length;
  assert.equal(await stopsAfter([5, 4, 3, 2, 1, 0, 0], 2), 3);
  assert.equal(await stopsAfter([5, 4, 6, 5, 4, 9, 9], 2), 5);
  assert.equal(await stopsAfter([1, 2, 3, 4, 5, 6, 7], 1), 7);
  assert.equal(await stopsAfter([5, NaN, NaN, 1, 1, 1, 1], 2), 3);
  assert.equal(await stopsAfter([5, 5, 4, 5, 4, 4, 9], 2), 6); // an equal one counts as the best
  const bests = async (values: readonly number[]) =>
    (await smallRun({ ...selected, evaluate: answers(values), epochs: values.length })).reports.map(({ best }) =>
      best?.epoch
    );
  assert.deepEqual(await bests([5, 5, 4]), [0, 1, 1]);
  assert.deepEqual(await bests([NaN, 1, 0]), [0, 1, 1]); // any number is better than none
});

Deno.test("epochs 0, n, 2n, ... and the last are evaluated", async () => {
  const { reports } = await smallRun({
    evaluate: answers([1, 2, 3, 4]),
    selectBy: "quality",
    evaluateEvery: 3,
    epochs: 6,
  });
  assert.deepEqual(reports.map(({ metrics }) => metrics?.quality), [1, undefined, undefined, 2, undefined, 3]);
  assert.deepEqual(reports.map(({ best }) => best?.epoch), [0, 0, 0, 3, 3, 5]);
  const some = await smallRun({
    evaluate: answers([1, 2]),
    selectBy: "quality",
    evaluateEvery: 3,
    epochs: 6,
    until: 2,
  });
  assert.deepEqual(some.reports.map(({ metrics }) => metrics?.quality), [1, undefined]); // the last of six is not there yet
});

Deno.test("a run ends with the variables of its best epoch, ended by itself, by patience or by break", async () => {
  const oneEpoch = variablesOf(await smallRun({ epochs: 2 }));
  const values = [1, 9, 3, 2, 1, 0];
  const whole = await smallRun({ ...selected, evaluate: answers(values), epochs: 6 });
  const impatient = await smallRun({ ...selected, evaluate: answers(values), epochs: 6, patience: 2 });
  const broken = await smallRun({ ...selected, evaluate: answers(values), epochs: 6, breakAfter: 3 });
  assert.deepEqual([whole, impatient, broken].map(({ reports }) => reports.length), [6, 4, 4]);
  for (const run of [whole, impatient, broken]) assert.deepEqual(variablesOf(run), oneEpoch);
  assert.notDeepEqual(variablesOf(await smallRun({ epochs: 6 })), oneEpoch);
});

Deno.test("without an evaluation the last epoch is the result, and no report names a best", async () => {
  const { reports, error } = await smallRun();
  assert.equal(error, undefined);
  assert.deepEqual(
    reports.map(({ epoch, best, metrics }) => [epoch, best, metrics]),
    [0, 1, 2].map((epoch) => [epoch, undefined, undefined]),
  );
});

Deno.test("a loss that is not finite stops the run with its epoch and step", async () => {
  const { error, reports } = await smallRun({ optimizer: adam({ lr: 1e30 }) });
  assert(error instanceof RangeError);
  assert.match(error.message, /the loss is (NaN|Infinity) at epoch 0, step 1; a smaller learning rate often helps/);
  assert.equal(reports.length, 0);
});

Deno.test("a loss that is not finite before anything was learnt is not put down to the learning rate", async () => {
  const { error } = await smallRun({ l2: 3e38, backbone: mf({ dim: 64 }) });
  assert(error instanceof RangeError);
  assert.match(error.message, /is Infinity at epoch 0, step 0; nothing was learnt before it: .*\(--l2\) of that$/);
});

Deno.test("a run that diverges after its best epoch leaves that epoch's variables", async () => {
  let lr = 0.05;
  const given = adam(), growing = { ...given, scalars: (step: number) => ({ ...given.scalars(step), size: lr }) };
  const evaluate = () => {
    lr = 1e30;
    return Promise.resolve({ quality: 1 });
  };
  const { error, saved, reports } = await smallRun({ ...selected, optimizer: growing, evaluate });
  assert.match(`${error}`, /at epoch 1, step 1/);
  assert.equal(reports.length, 1);
  assert(saved.get("user")!.data.every((x) => Math.abs(x) < 10));
});

Deno.test("a recipe that does not fit together is refused before it reports an epoch", async () => {
  const refused = async (options: Parameters<typeof smallRun>[0], message: RegExp) => {
    const { error, reports } = await smallRun(options);
    assert(error instanceof TypeError, `${error}`);
    assert.match(error.message, message);
    assert.equal(reports.length, 0);
  };
  const count = smallLog().train.users.length;
  await refused(
    { batchSize: 1000, dropLast: true },
    new RegExp(`${count} interactions make no batch of 1000; a smaller "batchSize", or "dropLast: false", would`),
  );
  await refused({ evaluate: answers([1]) }, /"evaluate" is given but "selectBy" does not say/);
  await refused({ selectBy: "quality" }, /"selectBy" is given but there is no "evaluate" that measures it/);
  await refused({ evaluate: answers([1]), selectBy: "speed" }, /Cannot select by "speed": the metrics are quality/);
  const empty = interactions({ users: [], items: [], userCount: 1, itemCount: 1 });
  await refused({ data: empty }, /0 interactions make no batch of 16$/);
  const whole = interactions({ users: [0, 0, 1, 1], items: [0, 1, 0, 1], userCount: 2, itemCount: 2 });
  await refused({ data: whole }, /0 interactions make no batch of 16: all 4 are of users who have met every item/);
  const single = interactions({ users: [0, 1, 2, 2], items: [0, 1, 0, 1], userCount: 3, itemCount: 2 });
  const backbone = sasrec({ dim: 4 });
  await refused(
    { data: single, backbone },
    /make no batch of 16: histories teach .* no user who has not met .* has two/,
  );
  await refused({ data: whole, backbone }, /make no batch of 16: all 4 are of users who have met every item/);
});

Deno.test("a number that a recipe cannot have is refused by name", async () => {
  const cases = [["batchSize", 0], ["epochs", 0], ["epochs", 1.5], ["epochs", Infinity], ["until", -1], [
    "patience",
    0,
  ]] as const;
  for (const [name, found] of [...cases, ["evaluateEvery", NaN], ["l2", -1], ["l2", NaN], ["l2", Infinity]] as const) {
    const { error, reports } = await smallRun({ [name]: found });
    assert(error instanceof RangeError, `${name} ${found}: ${error}`);
    assert.match(error.message, new RegExp(`Cannot train with "${name}" ${found}: it is a`));
    assert.equal(reports.length, 0);
  }
});

Deno.test("an epoch has a step for each full batch, and one for the rest unless it is dropped", async () => {
  const count = smallLog().train.users.length, full = Math.floor(count / 16);
  assert(count % 16 > 0);
  const steps = async (dropLast: boolean) => (await smallRun({ epochs: 1, dropLast })).reports[0]!.steps;
  assert.deepEqual([await steps(true), await steps(false)], [full, full + 1]);
});

Deno.test("a user who has met every item teaches nothing and is left out; the others are not", async () => {
  const data = interactions({ users: [0, 0, 0, 1, 1], items: [0, 1, 2, 0, 2], userCount: 2, itemCount: 3 });
  const { reports, saved, error } = await smallRun({
    data,
    batchSize: 1,
    epochs: 1,
    l2: 0,
    optimizer: sgd({ lr: 0.5 }),
  });
  assert.equal(error, undefined);
  assert.equal(reports[0]!.steps, 2);
  const start = await smallRun({ data, batchSize: 1, epochs: 1, l2: 0, optimizer: sgd({ lr: 0 }) });
  const moved = [0, 1].map((user) =>
    saved.get("user")!.data.subarray(4 * user, 4 * user + 4).some((x, at) =>
      x !== start.saved.get("user")!.data[4 * user + at]
    )
  );
  assert.deepEqual(moved, [false, true]);
  const none = interactions({ users: [0, 0], items: [0, 1], userCount: 1, itemCount: 2 });
  assert.match(`${(await smallRun({ data: none })).error}`, /0 interactions make no batch/);
});

Deno.test("a sampler begins each epoch with a look at the model, and observes what it reports, batch by batch", async () => {
  const seen: string[] = [];
  const sampler: Policy = (setting) => {
    const plain = rns()(setting);
    return {
      ...plain,
      select: (step, proposed) => {
        const negatives = plain.select(step, proposed) as Negatives;
        return { ...negatives, report: { positive: step.score(step.positive) } };
      },
      observe: (report, batch) => void seen.push(`${report.positive!.length} scores for ${batch.rows}`),
      beginEpoch: async ({ epoch, probe }) => {
        const users = Int32Array.of(3, 1), items = Int32Array.of(0, 7, 2, 7);
        const [asked, found] = [await probe.queries(users), await probe.items(items)];
        const vector = ({ data, layers, width }: Vectors, at: number) =>
          data.subarray(at * layers * width, (at + 1) * layers * width);
        const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, at) => sum + x * b[at]!, 0);
        (await probe.score(users, items)).forEach((score, at) => {
          const wanted = dot(vector(asked, Math.floor(at / 2)), vector(found, at));
          assert(Math.abs(score - wanted) < 1e-6 && score !== 0, `${score}, not ${wanted}`);
        });
        seen.push(`epoch ${epoch} of ${setting.epochs}`);
      },
    };
  };
  const { error } = await smallRun({ sampler, epochs: 2, batchSize: 32, dropLast: true });
  assert.equal(error, undefined);
  const steps = Math.floor(smallLog().train.users.length / 32),
    epoch = new Array<string>(steps).fill("32 scores for 32");
  assert.deepEqual(seen, ["epoch 0 of 2", ...epoch, "epoch 1 of 2", ...epoch]);
});

Deno.test("weights are copied where training goes on after a best epoch or a checkpoint asks, and not otherwise", async () => {
  const copies = async (values: readonly number[], given: Partial<Recipe> = {}) => {
    const runtime = await openRuntime({ provider: "wasm", seed: 1 }), copied: string[][] = [];
    const save: typeof runtime.save = async (wanted) => {
      const saved = await runtime.save(wanted);
      copied.push([...saved.keys()]);
      return saved;
    };
    const recipe = { data: smallLog().train, backbone: mf({ dim: 4 }), sampler: rns(), loss: bpr(), optimizer: adam() };
    const evaluating = values.length > 0 ? { ...selected, evaluate: answers(values) } : {};
    for await (
      const _ of train({
        ...recipe,
        ...evaluating,
        runtime: { ...runtime, save },
        epochs: 3,
        diagnose: false,
        ...given,
      })
    );
    await runtime.dispose();
    return copied;
  };
  const tables = ["user", "item"], counted = (found: string[][]) => found.map((names) => names.toSorted().reverse());
  assert.deepEqual(await copies([]), []);
  assert.deepEqual(counted(await copies([1, 2, 3])), [tables, tables]); // of epochs 0 and 1; 2 is what is left
  assert.deepEqual(counted(await copies([3, 2, 1])), [tables]);
  const kept = await copies([3, 2, 1], { keep: () => Promise.resolve() });
  assert.deepEqual(kept.map(({ length }) => length), [8, 2, 8, 8]); // with two states and a count of each table
});

/** Uniform negatives, and what else the sampler does. */
const uniformAnd = (more: Partial<Sampler>): Policy => (setting) => ({ ...rns()(setting), ...more });

Deno.test("an `observe` that is asynchronous is waited for, and what it throws ends the run", async () => {
  const order: string[] = [];
  const sampler = uniformAnd({
    propose: (batch) => {
      order.push("propose");
      return { ids: new Int32Array(batch.users.length) };
    },
    observe: async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      order.push("observed");
      if (order.length === 4) throw new Error("enough was seen");
    },
  });
  const { error } = await smallRun({ sampler, epochs: 1, diagnose: false });
  assert.deepEqual(order, ["propose", "observed", "propose", "observed"]);
  assert.match(`${error}`, /enough was seen/);
});

Deno.test("a sampler that proposes NaN is stopped by name: losses take such a weight for none", async () => {
  const sampler: Policy<"ids" | "weight"> = (setting) => ({
    ...rns()(setting),
    proposes: { ids: 1, weight: { dtype: "float32", shape: [setting.rows, 1] } },
    propose: ({ users, first }) => ({
      ids: new Int32Array(users.length),
      weight: new Float32Array(users.length).fill(1).fill(first > 0 ? NaN : 1, 3),
    }),
    select: ({ items }, { ids, weight }) => ({ ids, items: items(ids), weight }),
  });
  const { error } = await smallRun({ sampler, epochs: 1, batchSize: 16 });
  assert(error instanceof RangeError);
  assert.equal(error.message, 'Training stopped: the sampler proposed "weight" with NaN at 3, at epoch 0, step 1');
});

Deno.test("a sampler that proposes no whole number of ids is refused by name", async () => {
  for (const ids of [0, 1.5]) {
    const { error } = await smallRun({ sampler: uniformAnd({ proposes: { ids } }) });
    assert.match(
      `${error}`,
      new RegExp(`^TypeError: Cannot train: the sampler proposes ${ids} "ids" a row; that is a`),
    );
  }
});

Deno.test("the order of interactions and what a sampler draws go by the recipe's seed, each by itself", async () => {
  const told = async (seed: number) => {
    const order: number[] = [], drawn: number[] = [];
    const sampler = uniformAnd({
      beginEpoch: ({ rng, epoch }) => Promise.resolve(void drawn.push(rng.seek(epoch, 0).next())),
      propose: ({ users, positives }) => {
        order.push(...positives);
        return { ids: new Int32Array(users.length) };
      },
    });
    await smallRun({ sampler, seed, epochs: 2 });
    return { order, drawn };
  };
  const [first, again, other] = [await told(3), await told(3), await told(4)];
  assert.deepEqual(first, again);
  assert.notDeepEqual(first.order, other.order);
  assert.notDeepEqual(first.drawn, other.drawn);
});

Deno.test("a checkpoint stays as it was kept, and a run that goes on keeps what was before, whatever it was to start from", async () => {
  const kept: Checkpoint[] = [], counts = Int32Array.of(0);
  const sampler = uniformAnd({ state: { counts }, observe: () => void counts[0]!++ });
  const options: SmallOptions = { sampler, ...selected, evaluate: answers([1, 2, 3, 4, 5, 6]), epochs: 3 };
  await smallRun({ ...options, keep: (checkpoint) => Promise.resolve(void kept.push(checkpoint)) });
  const steps = Math.ceil(smallLog().train.users.length / 16);
  assert.deepEqual(kept.map(({ reports }) => reports.length), [1, 2, 3]);
  assert.deepEqual(kept.map(({ samplerState }) => samplerState.counts![0]), [steps, 2 * steps, 3 * steps]);

  const later: Checkpoint[] = [], zeros = new Map([["user", { shape: [12, 4], data: new Float32Array(48) }]]);
  const evaluate = answers([2, 3]), keep = (checkpoint: Checkpoint) => Promise.resolve(void later.push(checkpoint));
  const gone = await smallRun({ ...options, evaluate, resume: kept[0]!, initial: zeros, keep });
  assert.equal(gone.error, undefined);
  assert.deepEqual(later.map(({ reports }) => reports.map(({ epoch }) => epoch)), [[0, 1], [0, 1, 2]]);
  assert.deepEqual(later.at(-1)!.tensors, kept.at(-1)!.tensors); // from the checkpoint, not from zeros
  assert.equal(counts[0], 3 * steps);
});

Deno.test("a sampler that restores itself is left alone, whatever its state has become", async () => {
  const kept: Checkpoint[] = [], told: unknown[] = [];
  const keep = (checkpoint: Checkpoint) => Promise.resolve(void kept.push(checkpoint));
  const options: SmallOptions = { ...selected, evaluate: answers([1, 2, 3]), epochs: 2 };
  await smallRun({ ...options, sampler: uniformAnd({ state: { counts: Int32Array.of(7, 8) } }), keep });
  const sampler = uniformAnd({ state: { counts: new Int32Array(5) }, restore: (saved) => void told.push(saved) });
  const { error } = await smallRun({ ...options, sampler, resume: kept[0]! });
  assert.deepEqual([error, told], [undefined, [{ counts: Int32Array.of(7, 8) }]]);
});
