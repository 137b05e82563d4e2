import assert from "node:assert/strict";
import { type Batch, epochRows } from "../../datasets/batching.ts";
import { catalogue } from "../../datasets/catalogue.ts";
import { embeddedDataset } from "../../datasets/embedded.ts";
import { SeenItems } from "../../datasets/negatives.ts";
import { userBatches } from "../../datasets/user_batches.ts";
import { losses } from "../../losses/mod.ts";
import { mf } from "../../models/mf.ts";
import { Rng } from "../../random/rng.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { samplers } from "../../samplers/mod.ts";
import { drawUniformRows, uniformRows } from "../../samplers/uniform_rows.ts";
import { openDrawThread } from "../../training/draw_ahead.ts";
import { drawIn } from "../samplers/drawn.ts";
import { adam } from "../../training/optimizers.ts";
import { train } from "../../training/trainer.ts";

const ROWS = 512, COUNT = 32, SEED = 5, STREAM = "sampler";
const { train: log } = await embeddedDataset(), known = catalogue(log), seen = new SeenItems(known);
const batchFrom = (first: number): Batch => ({
  ...{ rows: ROWS, first },
  users: log.users.slice(first, first + ROWS),
  positives: log.items.slice(first, first + ROWS),
});
const drawn = (batch: Batch, epoch: number, of = seen) =>
  drawUniformRows(batch, { rng: new Rng(SEED, STREAM), epoch, seen: of }, COUNT);

/** A thread that has begun to draw ahead, and has been told of `batch`. */
async function started(batch: Batch, epoch: number, of = seen) {
  const thread = openDrawThread(of, SEED, STREAM)!;
  for (let turn = 0; turn < 1000; turn++) {
    thread.take(batchFrom(0), -1, COUNT); // says how many are asked for
    thread.expect(batch, epoch);
    if (thread.take(batch, epoch, COUNT)) return thread;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("the thread never drew");
}

Deno.test("a thread draws ahead what its caller would draw, to the id, batch after batch and epoch after epoch", async () => {
  const first = batchFrom(0), thread = await started(first, 3);
  try {
    for (const [epoch, at] of [[3, 0], [3, ROWS], [4, 0], [4, 7]] as const) {
      const batch = batchFrom(at);
      thread.expect(batch, epoch);
      assert.deepEqual(thread.take(batch, epoch, COUNT), drawn(batch, epoch));
      assert.deepEqual(thread.take(batch, epoch, COUNT), drawn(batch, epoch), "asked for twice");
    }
  } finally {
    thread.dispose();
  }
});

Deno.test("a thread leaves out what its caller leaves out, and draws rows that differ where its caller does", async () => {
  const few = catalogue({ ...log, users: log.users.slice(0, 400), items: log.items.slice(0, 400) });
  const batch = batchFrom(0), other = new SeenItems(few, true), thread = await started(batch, 1, other);
  try {
    thread.expect(batch, 1);
    assert.deepEqual(thread.take(batch, 1, COUNT), drawn(batch, 1, other));
    assert.notDeepEqual(drawn(batch, 1, other), drawn(batch, 1));
  } finally {
    thread.dispose();
  }
});

Deno.test("a thread draws ahead for rows that draw users as for any", async () => {
  const { plan } = userBatches(known, seen, log.users.length, { size: ROWS, dropLast: false });
  const { at } = plan(2, new Rng(SEED, "order")), thread = await started(at(0), 2);
  try {
    for (const batch of [at(1), at(2)]) {
      thread.expect(batch, 2);
      assert.deepEqual(thread.take(batch, 2, COUNT), drawn(batch, 2));
    }
  } finally {
    thread.dispose();
  }
});

Deno.test("a thread gives nothing for another batch, epoch or count than it was told of, and goes on with the next", async () => {
  const thread = await started(batchFrom(0), 0), told = batchFrom(ROWS);
  const others: readonly (readonly [Batch, number, number])[] = [
    [batchFrom(2 * ROWS), 0, COUNT],
    [{ ...told, users: told.users.slice() }, 0, COUNT],
    [{ ...told, first: 1 }, 0, COUNT],
    [told, 1, COUNT],
    [told, 0, COUNT - 1],
  ];
  try {
    for (const [batch, epoch, count] of others) {
      thread.expect(told, 0);
      assert.equal(thread.take(batch, epoch, count), undefined);
      assert.deepEqual(thread.take(told, 0, COUNT), drawn(told, 0));
    }
  } finally {
    thread.dispose();
  }
  assert.equal(thread.take(told, 0, COUNT), undefined, "when it has ended");
});

Deno.test("a sampler's stream stands at one place after its candidates, whichever thread drew them", async () => {
  const batch = batchFrom(ROWS), thread = await started(batchFrom(0), 2);
  const drawsNext = (ahead?: typeof thread) => {
    const draw = { ...drawIn(known, { epoch: 2 }), ...ahead && { ahead } };
    ahead?.expect(batch, 2);
    uniformRows(batch, draw, COUNT);
    return draw.rng.next();
  };
  try {
    assert.equal(drawsNext(thread), drawsNext());
  } finally {
    thread.dispose();
  }
});

Deno.test("a batch that asks for few ids is left to the caller", async () => {
  const batch = batchFrom(0), thread = await started(batch, 0);
  try {
    for (let turn = 0; turn < 2; turn++) {
      assert.equal(thread.take(batch, 0, 1), undefined);
      thread.expect(batch, 0);
    }
  } finally {
    thread.dispose();
  }
});

for (const visit of epochRows) {
  Deno.test(`training by ${visit} comes out the same, to the bit, whether or not candidates are drawn ahead`, async () => {
    const runs = [];
    for (const drawAhead of [false, true]) {
      const runtime = await openRuntime({ provider: "wasm", seed: 1 }), lost: number[] = [];
      const recipe = { runtime, data: log, backbone: mf({ dim: 8 }), sampler: samplers.dns({ pool: 64 }), drawAhead };
      const rest = {
        visit,
        loss: losses.bpr(),
        optimizer: adam(),
        batchSize: 256,
        epochs: 12,
        seed: 7,
        diagnose: false,
      };
      for await (const { lossSum } of train({ ...recipe, ...rest })) lost.push(lossSum);
      runs.push({ lost, tables: await runtime.save() });
      await runtime.dispose();
    }
    assert.equal(runs[0]!.lost.length, 12);
    assert.deepEqual(runs[1], runs[0]);
  });
}
