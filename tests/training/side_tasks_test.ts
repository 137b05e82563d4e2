import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { bpr } from "../../losses/bpr.ts";
import { crossDomainMf } from "../../models/cross_domain_mf.ts";
import { multiBehaviourMf } from "../../models/multi_behaviour_mf.ts";
import type { SideTask } from "../../models/backbone.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { enmf } from "../../samplers/enmf.ts";
import { rns } from "../../samplers/rns.ts";
import type { Checkpoint } from "../../training/checkpoint.ts";
import { openTasks } from "../../training/side_tasks.ts";
import { trainingStep } from "../../training/step.ts";
import { assertLaw, uniformOver } from "../samplers/chi_square.ts";
import { opened } from "../samplers/drawn.ts";
import { anyMetadata } from "../samplers/metadata.ts";
import { smallLog, smallRun } from "./small_run.ts";

const batch = (first: number, rows: number) => ({
  rows,
  first,
  users: new Int32Array(rows),
  positives: new Int32Array(rows),
});
/** User 0 has met items 0 and 1 of 4, user 1 item 3, user 2 all of them, and user 3 none. */
const pairs = { offsets: Int32Array.of(0, 2, 3, 7, 7), targets: Int32Array.of(0, 1, 3, 0, 1, 2, 3) };
const task = { name: "view", weight: 1, negatives: 2, pairs, items: 4 } as unknown as SideTask;

Deno.test("a task's pairs are drawn evenly from those of users who can have a negative, its negatives from what they have not met", () => {
  const feeds = openTasks([task], 5)(batch(0, 6000), 0);
  const users = feeds["tasks/view/users"] as Int32Array, positives = feeds["tasks/view/positives"] as Int32Array;
  const negatives = feeds["tasks/view/negatives"] as Int32Array;
  assertLaw(users.map((user, row) => 4 * user + positives[row]!), uniformOver([0, 1, 7], 16));
  const of = (user: number) => negatives.filter((_, at) => users[at >> 1] === user);
  assertLaw(of(0), uniformOver([2, 3], 4));
  assertLaw(of(1), uniformOver([0, 1, 2], 4));
});

Deno.test("what a row is fed depends on seed, epoch and row alone", () => {
  const whole = openTasks([task], 5)(batch(0, 8), 3), half = openTasks([task], 5)(batch(4, 4), 3);
  assert.deepEqual(half["tasks/view/users"], whole["tasks/view/users"]!.slice(4));
  assert.deepEqual(half["tasks/view/negatives"], whole["tasks/view/negatives"]!.slice(8));
  for (const other of [openTasks([task], 6)(batch(0, 8), 3), openTasks([task], 5)(batch(0, 8), 4)]) {
    assert.notDeepEqual(other, whole);
  }
});

Deno.test("a task that can have no negatives is refused by its name", () => {
  const all = { ...task, pairs: { offsets: Int32Array.of(0, 2), targets: Int32Array.of(0, 1) }, items: 2 };
  assert.throws(() => openTasks([all], 0), /Cannot train on "view": it has no pair of a user who has not met all/);
});

Deno.test("a step loses L + sum_b lambda_b L_b, each of which it tells, and each with its weight decay", async () => {
  const { train } = smallLog(), metadata = anyMetadata(train.userCount, train.itemCount);
  const of = catalogue(train, metadata), sampler = opened(rns(), of), ROWS = 4, L2 = 0.1;
  const given = {
    users: Int32Array.of(...train.users.slice(0, ROWS)),
    positives: Int32Array.of(...train.items.slice(0, ROWS)),
    epoch: Float32Array.of(0),
    "sampler/ids": Int32Array.of(0, 1, 2, 3),
  };
  const found = async (l2: number) => {
    const runtime = await openRuntime({ provider: "wasm", seed: 3 });
    const backbone = multiBehaviourMf({ dim: 2, weight: 3 });
    const step = trainingStep({ backbone, sampler, loss: bpr(), catalogue: of, batchSize: ROWS, padded: false, l2 });
    assert.deepEqual(Object.keys(step.measures), ["view"]);
    const fed = openTasks(step.tasks, 5)({ ...batch(0, ROWS), ...given }, 0);
    const outputs = { auxiliary: step.auxiliary!, view: step.measures.view! };
    const program = await runtime.compile(step.graph, { outputs });
    const done = await program.run({ ...given, ...fed }), saved = await runtime.save();
    await runtime.dispose();
    return { auxiliary: Number(done.auxiliary![0]), view: Number(done.view![0]), fed, saved };
  };
  const { auxiliary, view, fed, saved } = await found(0);
  const row = (table: string, id: number) => saved.get(table)!.data.subarray(2 * id, 2 * id + 2);
  const scored = (user: number, item: number) =>
    row("user", user).reduce((sum, p, at) => sum + p * row("item", item)[at]!, 0); // h is 1 at first
  const column = (name: string) => fed[`tasks/view/${name}`] as Int32Array;
  const rows = Array.from({ length: ROWS }, (_, at) => ({
    user: column("users")[at]!,
    positive: column("positives")[at]!,
    negative: column("negatives")[at]!,
  }));
  const mean = (of: (row: typeof rows[number]) => number) => rows.reduce((sum, row) => sum + of(row), 0) / ROWS;
  const wanted = mean(({ user, positive, negative }) =>
    Math.log1p(Math.exp(scored(user, negative) - scored(user, positive)))
  );
  assert(Math.abs(view - wanted) < 1e-6, `${view}, not ${wanted}`);
  assert(Math.abs(auxiliary - 3 * wanted) < 1e-5);
  const square = (table: string, id: number) => row(table, id).reduce((sum, x) => sum + x * x, 0);
  const decay = mean(({ user, positive, negative }) =>
    square("user", user) + square("item", positive) + square("item", negative)
  );
  assert(Math.abs((await found(L2)).auxiliary - 3 * (wanted + L2 * decay / 2)) < 1e-5);
});

Deno.test("under enmf a task loses the squared error over all of its own pairs, and no negatives are drawn (EHCF)", async () => {
  const { train } = smallLog(), metadata = anyMetadata(train.userCount, train.itemCount), C0 = 0.3, L2 = 0.2;
  const of = catalogue(train, metadata),
    { offsets, targets } = metadata.behaviours![0]!,
    ROWS = targets.length;
  const step = trainingStep({
    backbone: multiBehaviourMf({ dim: 2, transfer: true, weight: 3 }),
    sampler: opened(enmf({ c0: C0, l2: L2 }), of, ROWS),
    ...{ loss: bpr(), catalogue: of, batchSize: ROWS, padded: false, l2: 0 },
  });
  const users = Int32Array.from({ length: train.userCount }, (_, user) => user).reduce<number[]>(
    (rows, user) => [...rows, ...Array.from({ length: offsets[user + 1]! - offsets[user]! }, () => user)],
    [],
  );
  assert.deepEqual(Object.keys(openTasks(step.tasks, 5)(batch(0, ROWS), 0)), [
    "tasks/view/users",
    "tasks/view/positives",
  ]);
  const runtime = await openRuntime({ provider: "wasm", seed: 3 });
  const program = await runtime.compile(step.graph, {
    outputs: { auxiliary: step.auxiliary!, view: step.measures.view! },
  });
  const given = { users: new Int32Array(ROWS), positives: new Int32Array(ROWS).fill(train.items[0]!) };
  const found = await program.run({
    ...given,
    epoch: Float32Array.of(0),
    "tasks/view/users": Int32Array.from(users),
    "tasks/view/positives": targets,
  });
  const saved = await runtime.save();
  await runtime.dispose();
  const row = (table: string, id: number) => [...saved.get(table)!.data.subarray(2 * id, 2 * id + 2)];
  let whole = 0;
  for (let user = 0; user < train.userCount; user++) {
    const met = targets.subarray(offsets[user], offsets[user + 1]), p = row("user", user);
    if (met.length > 0) whole += L2 * p.reduce((sum, x) => sum + x * x, 0);
    for (let item = 0; item < train.itemCount; item++) {
      const s = p.reduce((sum, x, at) => sum + x * row("item", item)[at]!, 0); // h of the weakest is 1 at first
      whole += met.includes(item) ? (1 - s) ** 2 : C0 * s * s;
    }
  }
  for (let item = 0; item < train.itemCount; item++) whole += L2 * row("item", item).reduce((sum, x) => sum + x * x, 0);
  assert(Math.abs(Number(found.view![0]) - whole / ROWS) < 1e-5, `${found.view}, not ${whole / ROWS}`);
  assert(Math.abs(Number(found.auxiliary![0]) - 3 * whole / ROWS) < 1e-4);
});

for (const [name, backbone] of Object.entries({ multiBehaviourMf, crossDomainMf })) {
  Deno.test(`a run of ${name} stopped in the middle of an epoch and resumed ends with the same bytes and reports`, async () => {
    const options = { backbone: backbone({ dim: 4 }), metadata: anyMetadata(12, 20), epochs: 3 },
      kept: Checkpoint[] = [];
    const whole = await smallRun(options), stop = new AbortController();
    assert(whole.reports.every(({ measures }) => Object.values(measures!).every((loss) => loss > 0)));
    await smallRun({
      ...options,
      signal: stop.signal,
      onStep: ({ epoch, step }) => epoch === 1 && step === 2 && stop.abort(new Error("enough")),
      keep: (checkpoint) => Promise.resolve(void kept.push(checkpoint)),
    });
    const rest = await smallRun({ ...options, start: 99, resume: kept.at(-1)! });
    assert.deepEqual(rest.reports, whole.reports.slice(1));
    assert.deepEqual(rest.saved, whole.saved);
  });
}
