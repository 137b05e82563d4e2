import assert from "node:assert/strict";
import { bce } from "../../losses/bce.ts";
import { gbce } from "../../losses/gbce.ts";
import { infonce } from "../../losses/infonce.ts";
import type { Negatives } from "../../samplers/sampler.ts";
import { samplers } from "../../samplers/mod.ts";
import { mf } from "../../models/mf.ts";
import { trainingStep } from "../../training/step.ts";
import { smallRun } from "../training/small_run.ts";
import { catalogueWhere, opened } from "./drawn.ts";

/** The negatives that Prakash, Bermperidis & Chennu (2024) compare, by their names, and what each tells of its law. */
const study = {
  "RNS": [samplers.rns({ negatives: 5 }), "logQ"],
  "RNS, one pool for the batch": [samplers.rns({ negatives: 16, shared: true }), "logQ"],
  "PNS": [samplers.pns({ negatives: 5, exponent: 1 }), "logQ"],
  "PNS, one pool for the batch": [samplers.pns({ negatives: 16, shared: true }), "logQ"],
  "IPNS": [samplers.inverse({ negatives: 5 }), "logQ"],
  "PCNS": [samplers.cohorts({ negatives: 5 }), "logQ"],
  "BNS": [samplers["in-batch"]({ negatives: 5, correct: "none" }), "nothing"],
  "BNS, all columns, corrected": [samplers["in-batch"](), "both"],
  "BNS, some columns, corrected": [samplers["in-batch"]({ columns: 8 }), "both"],
  "MNS": [samplers.mixed({ uniform: 5, columns: 5, correct: "none" }), "nothing"],
  "MNS, corrected": [samplers.mixed({ uniform: 16 }), "both"],
  "ANS": [samplers.adaptive({ inBatch: 10, uniform: 0 }), "nothing"],
  "AMNS": [samplers.adaptive({ inBatch: 10, uniform: 20 }), "nothing"],
  "AMNS, as released": [samplers.adaptive({ inBatch: 10, uniform: 20, compat: true }), "nothing"],
  "GNNO": [samplers.gnno({ start: 1, step: 0.1 }), "nothing"],
} as const;
const losses = { bce: bce(), "bce of every negative": bce({ negatives: "sum" }), gbce: gbce(), softmax: infonce() };

const of = catalogueWhere([[0, 1], [1, 2], [3], [4, 0]], 6);
for (const [name, [sampler, tells]] of Object.entries(study)) {
  Deno.test(`${name} tells ${tells === "both" ? "log q of both sides" : tells} to the loss`, () => {
    const { negatives } = trainingStep({
      ...{ backbone: mf({ dim: 3 }), sampler: opened(sampler, of, 4), loss: bce(), catalogue: of },
      ...{ batchSize: 4, padded: true, l2: 0 },
    });
    const { logQ, positiveLogQ } = negatives as Negatives;
    assert.deepEqual([!!logQ, !!positiveLogQ], [tells !== "nothing", tells === "both"]);
  });

  Deno.test(`${name} learns to rank, by cross entropy of each item and over them`, async () => {
    for (const [by, loss] of Object.entries(losses)) {
      const { error, accuracy } = await smallRun({ sampler, loss, epochs: 12, measured: true });
      assert.equal(error, undefined, `${by}: ${error}`);
      assert(accuracy! > 0.6, `${by}: ${accuracy}`);
    }
  });
}
