import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { synthetic } from "../../datasets/synthetic.ts";
import { bpr } from "../../losses/bpr.ts";
import type { Backbone } from "../../models/backbone.ts";
import { crossDomainMf } from "../../models/cross_domain_mf.ts";
import { mf } from "../../models/mf.ts";
import { multiBehaviourMf } from "../../models/multi_behaviour_mf.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { rns } from "../../samplers/rns.ts";
import { runTrial, testTrial } from "../../studies/trial.ts";
import { adam } from "../../training/optimizers.ts";

/** Users have 3 interactions or so to train on, 30 views, and 30 interactions of the same taste with other items. */
const drawn = { users: 500, items: 100, clusters: 6, scale: 6, exponent: 0.5, least: 3, median: 5, spread: 0.4 };
const synthesized = (agreement: number) =>
  synthetic({ ...drawn, views: 6, sourceItems: 100, sourceMedian: 30, agreement, valid: 0.2, test: 0.2, seed: 4 });

/** NDCG@20 on test at the epoch that validation picks. */
async function tested(backbone: Backbone, l2: number, data = synthesized(1)): Promise<number> {
  const runtime = await openRuntime({ provider: "wasm", seed: 1 });
  const protocol = {
    data,
    catalogue: catalogue(data.train, data.metadata),
    selecting: { held: data.valid!, alsoSeen: [] },
    selectBy: "ndcg@20",
    testing: { held: data.test!, alsoSeen: [data.valid!] },
    metrics: ["ndcg@20"],
    memory: 2 ** 24,
  };
  const recipe = { backbone, sampler: rns(), loss: bpr(), optimizer: adam({ lr: 0.02 }), l2, batchSize: 256 };
  for await (const { loss } of runTrial(runtime, protocol, { ...recipe, epochs: 50, patience: 3, diagnose: false })) {
    assert(Number.isFinite(loss));
  }
  const { metrics } = await testTrial(runtime, protocol, backbone);
  await runtime.dispose();
  return metrics["ndcg@20"]!;
}
/** What the target alone comes to under the weight decay that suits it best on test: more than could be chosen fairly. */
const alone = async () => {
  const found = [];
  for (const l2 of [0.03, 0.1, 0.3]) found.push(await tested(mf({ dim: 16 }), l2));
  return Math.max(...found);
};

Deno.test("learning views, or another domain, along beats learning the target alone where the taste is the same, and only there", async () => {
  const target = await alone(), gated = crossDomainMf({ dim: 16, combine: "gate" });
  for (const backbone of [multiBehaviourMf({ dim: 16 }), crossDomainMf({ dim: 16, weight: 3 }), gated]) {
    const along = await tested(backbone, 0.1);
    assert(along > target + 0.015, `NDCG@20 is ${along} along with ${backbone.reads}, ${target} without`);
  }
  const other = await tested(crossDomainMf({ dim: 16, weight: 3 }), 0.1, synthesized(0));
  assert(other < target, `NDCG@20 is ${other} along with a domain of another taste, ${target} without`);
});
