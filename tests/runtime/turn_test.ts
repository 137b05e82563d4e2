import assert from "node:assert/strict";
import { bpr } from "../../losses/bpr.ts";
import { mf } from "../../models/mf.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { turn } from "../../runtime/turn.ts";
import { rns } from "../../samplers/rns.ts";
import { synthetic } from "../../datasets/synthetic.ts";
import { sgd } from "../../training/optimizers.ts";
import { train } from "../../training/trainer.ts";

Deno.test("timers fire, and messages arrive, between turns of a loop that is always busy", async () => {
  let ticks = 0, told = 0;
  const timer = setInterval(() => ticks++, 10), { port1, port2 } = new MessageChannel();
  port1.onmessage = () => told++;
  for (let round = 0; round < 20; round++) {
    port2.postMessage(round);
    const since = performance.now();
    while (performance.now() - since < 15);
    await turn();
  }
  clearInterval(timer);
  port1.close();
  assert(ticks >= 10 && told >= 10, `${ticks} ticks, ${told} messages`);
});

Deno.test("a signal of a timeout stops training soon after its time", async () => {
  const { train: data } = synthetic({ users: 300, items: 200, median: 30, seed: 1 });
  const runtime = await openRuntime({ provider: "wasm", seed: 1 }), signal = AbortSignal.timeout(300);
  const recipe = {
    runtime,
    data,
    backbone: mf({ dim: 16 }),
    sampler: rns(),
    loss: bpr(),
    optimizer: sgd({ lr: 0.01 }),
  };
  const since = performance.now();
  await assert.rejects(async () => {
    // by itself it would go on for minutes
    for await (const { loss } of train({ ...recipe, batchSize: 64, epochs: 1e4, evaluateEvery: Infinity, signal })) {
      assert(loss > 0);
    }
  }, { name: "TimeoutError" });
  assert(performance.now() - since < 10_000);
  await runtime.dispose();
});
