import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { embeddedDataset } from "../../datasets/embedded.ts";
import { loadDataset } from "../../datasets/load.ts";
import { fullRanking } from "../../evaluation/full_ranking.ts";
import { bpr } from "../../losses/bpr.ts";
import { mf } from "../../models/mf.ts";
import { sasrec } from "../../models/sasrec.ts";
import type { AnyMethod } from "../../options/method.ts";
import { openRuntime } from "../../runtime/providers.ts";
import type { Provider } from "../../runtime/runtime.ts";
import { ahns } from "../../samplers/ahns.ts";
import { samplers } from "../../samplers/mod.ts";
import type { Policy } from "../../samplers/sampler.ts";
import { adam, sgd } from "../../training/optimizers.ts";
import type { Recipe } from "../../training/recipe.ts";
import { train } from "../../training/trainer.ts";
import { anyMetadata } from "../samplers/metadata.ts";
import { webgpuTest } from "../runtime/webgpu_test_case.ts";
import { smallRun } from "./small_run.ts";

const data = await embeddedDataset(), metadata = anyMetadata(data.train.userCount, data.train.itemCount);

for (const [name, make] of Object.entries<AnyMethod<Policy>>(samplers)) {
  Deno.test(`an epoch with ${name} more than doubles the untrained NDCG@20 on the embedded dataset`, async () => {
    const runtime = await openRuntime({ provider: "wasm", seed: 2 }), backbone = mf({ dim: 16 });
    const ranking = await fullRanking(runtime, backbone, catalogue(data.train), data.valid!, { metrics: ["ndcg@20"] });
    const quality = async () => (await ranking.evaluate()).metrics["ndcg@20"]!;
    const untrained = await quality();
    const recipe: Recipe = {
      runtime,
      data: data.train,
      metadata,
      backbone,
      sampler: make(),
      loss: bpr(),
      optimizer: adam({ lr: 0.04 }),
      batchSize: 512, // pools that a batch shares cost its square
      epochs: 1,
    };
    for await (const { loss } of train(recipe)) assert(loss > 0);
    const trained = await quality();
    assert(trained > 2 * untrained, `NDCG@20 is ${trained}, untrained ${untrained}`);
    await ranking.dispose();
  });
}

Deno.test("a model as it starts loses ln 2 a step: it cannot tell a positive from a negative", async () => {
  const runtime = await openRuntime({ provider: "wasm", seed: 2 });
  const recipe: Recipe = {
    runtime,
    data: data.train,
    backbone: mf(),
    sampler: samplers.rns(),
    loss: bpr(),
    optimizer: sgd({ lr: 0 }),
    l2: 0,
    epochs: 1,
  };
  for await (const { lossSum, loss, steps } of train(recipe)) {
    assert(steps > 5);
    assert.equal(loss, lossSum / steps);
    assert(Math.abs(lossSum / (steps * Math.LN2) - 1) < 0.01, `${lossSum} in ${steps} steps`);
  }
});

const agrees = async (other: Provider) => {
  const backbones = { sasrec: sasrec({ dim: 4, length: 8, dropout: 0.2 }), mf: mf({ dim: 4 }) };
  const runs = [
    { sampler: samplers.rns({ negatives: 2 }), backbone: backbones.mf },
    { sampler: samplers.ahns({ pool: 4 }), backbone: backbones.mf },
    { sampler: samplers.rns(), backbone: backbones.sasrec, optimizer: adam({ lr: 0.01 }) },
  ];
  for (const run of runs) {
    // one step an epoch, so that every report is a step's loss
    const options = { ...run, batchSize: 64, epochs: 20, metadata: {} };
    const wasm = await smallRun({ ...options, provider: "wasm" }),
      found = await smallRun({ ...options, provider: other });
    assert.equal(found.error, undefined);
    const steps = wasm.reports.reduce((sum, { steps }) => sum + steps, 0);
    assert(steps >= 20);
    assert(wasm.reports.at(-1)!.loss < 0.95 * wasm.reports[0]!.loss, "the loss falls");
    wasm.reports.forEach(({ loss }, epoch) => {
      const apart = Math.abs(found.reports[epoch]!.loss / loss - 1);
      assert(apart <= 1e-4, `epoch ${epoch}: ${loss} on WASM, ${found.reports[epoch]!.loss} on ${other}`);
    });
  }
};
Deno.test("the losses of 20 steps on WASM and with onnxruntime-node agree to 1e-4 relative", () => agrees("native"));
webgpuTest("the losses of 20 steps on WASM and on WebGPU agree to 1e-4 relative", () => agrees("webgpu"));

const tools = new URL("../../../shared/data/ahns-tool", import.meta.url);
const present = await Deno.stat(tools).then(() => true, () => false);
Deno.test({
  name: `AHNS loses 36.10 in its first epoch on Amazon Tools, as its authors log${
    present ? "" : " (skipped: shared/data is not here)"
  }`,
  ignore: !present,
  fn: async () => {
    const { train: log } = await loadDataset(tools.pathname),
      runtime = await openRuntime({ provider: "wasm", seed: 2020 });
    const recipe: Recipe = {
      runtime,
      data: log,
      backbone: mf({ dim: 64 }),
      sampler: ahns({ pool: 32, alpha: 1, beta: 0.1, p: -2 }),
      loss: bpr(),
      optimizer: adam({ lr: 1e-3 }),
      l2: 1e-4,
      batchSize: 2048,
      dropLast: true,
      epochs: 1,
    };
    for await (const { lossSum } of train(recipe)) assert(Math.abs(lossSum / 36.1 - 1) < 0.01, `${lossSum}`);
  },
});
