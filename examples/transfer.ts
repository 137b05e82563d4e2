/**
 * Data that are thin, and what else the same users did: views, and another domain. Prints NDCG@20 on test of learning the
 * target alone, and of learning either along with it.
 */
import {
  adam,
  type Backbone,
  bpr,
  catalogue,
  crossDomainMf,
  fullRanking,
  mf,
  multiBehaviourMf,
  openRuntime,
  rns,
  synthetic,
  train,
} from "../mod.ts";

const thin = { users: 500, items: 100, clusters: 6, scale: 6, exponent: 0.5, least: 3, median: 5, spread: 0.4 };
const beside = { views: 6, sourceItems: 100, sourceMedian: 30 };
const { train: data, valid, test, metadata } = synthetic({ ...thin, ...beside, valid: 0.2, test: 0.2, seed: 4 });
const seen = catalogue(data, metadata), metrics = ["ndcg@20"];
console.log(`${data.users.length} interactions to train on`);
console.log(`${metadata!.behaviours![0]!.targets.length} views, ${metadata!.source!.targets.length} in another domain`);

const models: Readonly<Record<string, Backbone>> = {
  "the target alone": mf({ dim: 16 }),
  "along with views": multiBehaviourMf({ dim: 16 }),
  "along with another domain": crossDomainMf({ dim: 16, weight: 3 }),
};
for (const [name, backbone] of Object.entries(models)) {
  const runtime = await openRuntime({ provider: "wasm", seed: 1 });
  const selecting = await fullRanking(runtime, backbone, seen, valid!, { metrics });
  const run = train({
    runtime,
    data,
    metadata: seen.metadata,
    backbone,
    sampler: rns(),
    loss: bpr(),
    optimizer: adam({ lr: 0.02 }),
    l2: 0.1,
    batchSize: 256,
    epochs: 50,
    patience: 3,
    evaluate: async () => (await selecting.evaluate()).metrics,
    selectBy: "ndcg@20",
  });
  let epochs = 0;
  for await (const { epoch } of run) epochs = epoch + 1;
  const testing = await fullRanking(runtime, backbone, seen, test!, { metrics, alsoSeen: [valid!] });
  console.log(`${name}: ${(await testing.evaluate()).metrics["ndcg@20"]!.toFixed(4)} after ${epochs} epochs`);
  await runtime.dispose();
}
