import assert from "node:assert/strict";
import { interactions } from "../../datasets/interactions.ts";
import { crossDomainMf } from "../../models/cross_domain_mf.ts";
import { mf } from "../../models/mf.ts";
import { sasrec } from "../../models/sasrec.ts";
import { openRuntime } from "../../runtime/providers.ts";
import type { SavedTensor } from "../../runtime/runtime.ts";
import { bpr } from "../../losses/bpr.ts";
import { dns } from "../../samplers/dns.ts";
import { dnsMn } from "../../samplers/dns_mn.ts";
import { inBatch } from "../../samplers/in_batch.ts";
import { irgan } from "../../samplers/irgan.ts";
import { rns } from "../../samplers/rns.ts";
import { sharedNegatives } from "../../samplers/shared_negatives.ts";
import type { Policy } from "../../samplers/sampler.ts";
import { lazyAdam, sgd } from "../../training/optimizers.ts";
import { train } from "../../training/trainer.ts";
import { anyMetadata } from "../samplers/metadata.ts";

/** Five interactions, in batches of eight: three rows pad each. */
const data = interactions({ users: [0, 0, 1, 2, 2], items: [0, 1, 1, 2, 3], userCount: 3, itemCount: 12 });
const metadata = anyMetadata(3, 12), EPOCHS = 12;

/** The rows of tables that moved in each epoch, by variable, under lazyAdam; and those that had a gradient, under sgd. */
async function moved(sampler: Policy, backbone = mf({ dim: 4 })) {
  const runs = await Promise.all([lazyAdam({ lr: 0.1 }), sgd({ lr: 0.1 })].map(async (optimizer) => {
    const runtime = await openRuntime({ provider: "wasm", seed: 2 });
    const found: Set<string>[] = [];
    let before: ReadonlyMap<string, SavedTensor> | undefined;
    const keep = ({ tensors }: { readonly tensors: ReadonlyMap<string, SavedTensor> }) => {
      found.push(new Set(before && rowsThatDiffer(before, tensors)));
      before = tensors;
      return Promise.resolve();
    };
    const recipe = { runtime, data, metadata, backbone, sampler, loss: bpr(), optimizer, batchSize: 8, l2: 0.01 };
    for await (const _ of train({ ...recipe, epochs: EPOCHS, evaluateEvery: 1, keep, diagnose: false }));
    await runtime.dispose();
    return found;
  }));
  return { lazily: runs[0]!, byGradient: runs[1]! };
}

/** Of tables of users and items. */
function rowsThatDiffer(a: ReadonlyMap<string, SavedTensor>, b: ReadonlyMap<string, SavedTensor>): string[] {
  return [...a].filter(([name]) => /^(source\/)?(user|item)$|^user\/shared$/.test(name))
    .flatMap(([name, { data, shape: [rows, width] }]) =>
      Array.from({ length: rows! }, (_, row) => row).filter((row) =>
        data.subarray(row * width!, (row + 1) * width!).some((x, at) => x !== b.get(name)!.data[row * width! + at])
      ).map((row) => `${name} ${row}`)
    );
}

// draws that do not depend on the model, so that both optimisers meet the same items
for (
  const [name, sampler, backbone] of [
    ["rns", rns({ negatives: 2 })],
    ["in-batch, which draws for rows,", inBatch({ negatives: 2, hits: "positive" })],
    ["shared-negatives", sharedNegatives({ rows: 8 })],
    ["rns, and another domain learnt along,", rns(), crossDomainMf({ dim: 4 })],
    ["rns of histories", rns(), sasrec({ dim: 4, length: 4, dropout: 0 })],
  ] as const
) {
  Deno.test(`under lazyAdam with ${name} what pads a batch moves no row that the batch does not touch`, async () => {
    const { lazily, byGradient } = await moved(sampler as Policy, backbone);
    for (let epoch = 1; epoch < EPOCHS; epoch++) {
      assert.deepEqual([...lazily[epoch]!].filter((row) => !byGradient[epoch]!.has(row)), [], `epoch ${epoch}`);
    }
  });
}

for (
  const [name, sampler] of [["dns", dns({ pool: 3 })], ["dns-mn", dnsMn({ pool: 3, top: 2 })], [
    "irgan",
    irgan(),
  ]] as const
) {
  Deno.test(`what pads a batch chooses with ${name} what its first row does`, async () => {
    const { lazily } = await moved(sampler as Policy);
    // five rows have one negative each, and one positive
    for (const rows of lazily) assert((rows.size - 3) <= 4 + 5, [...rows].join(", "));
  });
}
