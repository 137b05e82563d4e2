import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import type { Loss } from "../../losses/loss.ts";
import { losses } from "../../losses/mod.ts";
import type { Backbone } from "../../models/backbone.ts";
import { backbones } from "../../models/mod.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { samplers } from "../../samplers/mod.ts";
import type { Policy } from "../../samplers/sampler.ts";
import { type Optimizer, optimizers } from "../../training/optimizers.ts";
import { compilePlayers } from "../../training/players.ts";
import { CPU, GPU, placementOf } from "../runtime/placement.ts";
import { webgpuTest } from "../runtime/webgpu_test_case.ts";
import { opened } from "../samplers/drawn.ts";
import { historiesFor } from "./some_histories.ts";
import { smallLog } from "./small_run.ts";

const { train: log } = smallLog(), of = catalogue(log), ROWS = 5, dim = 4;
const { mf, lightgcn, sasrec } = backbones, { rns, dns, ahns } = samplers, { adam, lazyAdam } = optimizers;
const transformer = sasrec({ dim, length: 3, blocks: 1 });
/** Of several negatives only some rows are looked at, which cuts ids, too. */
const several = { negatives: 1000 };
const steps: Readonly<Record<string, readonly [Backbone, Policy, Loss, Optimizer]>> = {
  "mf with rns and adam": [mf({ dim }), rns(several), losses.bpr(), adam()],
  "mf with dns and lazyAdam": [mf({ dim }), dns(), losses.bpr(), lazyAdam()],
  "mf with ahns and adam": [mf({ dim }), ahns(), losses.bpr(), adam()],
  "lightgcn with rns": [lightgcn({ dim, layers: 2 }), rns(), losses.bpr(), adam()],
  "sasrec with rns and bce": [transformer, rns(), losses.bce(), adam()],
  "sasrec with negatives in the batch": [transformer, samplers["in-batch"](), losses.infonce(), lazyAdam()],
};

for (const [name, [backbone, policy, loss, optimizer]] of Object.entries(steps)) {
  webgpuTest(`a step of ${name} leaves nothing to the CPU, as onnxruntime places it`, async () => {
    const runtime = await openRuntime({ provider: "webgpu" }), sampler = opened(policy, of, ROWS);
    const recipe = { runtime, data: log, backbone, sampler: policy, loss, optimizer };
    const { counts, named } = await placementOf(() =>
      compilePlayers(recipe, {
        ...{ catalogue: of, sampler, batchSize: ROWS, padded: true },
        ...historiesFor(backbone, of),
      })
    );
    await runtime.dispose();
    assert.deepEqual(Object.keys(counts), [GPU], `${named[CPU]}`); // copies between devices come with nodes on the CPU
  });
}
