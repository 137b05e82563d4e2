import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { interactions } from "../../datasets/interactions.ts";
import { bpr } from "../../losses/bpr.ts";
import { mf } from "../../models/mf.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { rns } from "../../samplers/rns.ts";
import type { Policy } from "../../samplers/sampler.ts";
import { runTrial, testTrial, type TrialRecipe } from "../../studies/trial.ts";
import { sgd } from "../../training/optimizers.ts";

const USERS = 8, ITEMS = 40;
/** All users met the same items: of 40, the first 10 to train on, 4 to select by and 6 to test on. */
const PARTS = { train: [0, 10], valid: [10, 14], test: [14, 20] } as const;
type Part = keyof typeof PARTS;
const part = (name: Part) => {
  const [from, end] = PARTS[name], each = end - from, rows = [...Array(USERS * each).keys()];
  return interactions({
    users: rows.map((row) => Math.floor(row / each)),
    items: rows.map((row) => from + row % each),
    userCount: USERS,
    itemCount: ITEMS,
  });
};
const partOf = (item: number) => (Object.keys(PARTS) as Part[]).find((name) => item < PARTS[name][1]) ?? "rest";

/** What a trial trained on, what it drew, by part, and what it reported and came to on test. */
async function trial(exclude?: TrialRecipe["exclude"]) {
  const data = { train: part("train"), valid: part("valid"), test: part("test") };
  const positives = new Set<string>(), negatives = new Set<string>(), metadata = { behaviours: [] };
  const sampler: Policy<"ids"> = (setting) => {
    const made = (rns() as Policy<"ids">)(setting);
    assert.equal(setting.catalogue.metadata, metadata);
    return {
      ...made,
      async propose(batch, draw) {
        const proposed = await made.propose(batch, draw), { ids } = proposed;
        batch.positives.subarray(0, batch.rows).forEach((item) => positives.add(partOf(item)));
        (ids as Int32Array).subarray(0, batch.rows).forEach((item) => negatives.add(partOf(item)));
        return proposed;
      },
    };
  };
  const runtime = await openRuntime({ provider: "wasm", seed: 1 }), backbone = mf({ dim: 2 });
  const protocol = {
    data,
    catalogue: catalogue(data.train, metadata),
    selecting: { held: data.valid, alsoSeen: [] },
    selectBy: "precision@30",
    testing: { held: data.test, alsoSeen: [data.valid] },
    metrics: ["recall@26"],
    memory: 2 ** 24,
  };
  const recipe = { backbone, sampler: sampler as Policy, loss: bpr(), optimizer: sgd({ lr: 0 }), epochs: 4 };
  const reports = [];
  for await (const report of runTrial(runtime, protocol, { ...recipe, ...exclude && { exclude } })) {
    reports.push(report);
  }
  const { metrics } = await testTrial(runtime, protocol, backbone);
  await runtime.dispose();
  return { positives: [...positives], negatives: [...negatives].sort(), last: reports.at(-1)!, metrics };
}

Deno.test("a trial learns train alone, is selected on validation, and is tested on test with both left out", async () => {
  const { positives, negatives, last, metrics } = await trial();
  assert.deepEqual(positives, ["train"]);
  assert.deepEqual(negatives, ["rest", "test", "valid"]);
  assert.deepEqual(Object.keys(last.metrics!).sort(), ["precision@30", "recall@26"]);
  assert(Math.abs(last.metrics!["precision@30"]! - 4 / 30) < 1e-9, "all that are not train's are listed");
  // of the 30 items that are not train's, 10 are held out
  assert(Math.abs(last.negatives!.items!.falseNegatives!.base - 10 / 30) < 1e-9);
  assert.equal(metrics["recall@26"], 1, "26 are left: 20 of no part and 6 of test");
});

Deno.test("drawn are the items of no part but those that are excluded", async () => {
  assert.deepEqual((await trial("train+valid")).negatives, ["rest", "test"]);
  assert.deepEqual((await trial("none")).negatives, ["rest", "test", "train", "valid"]);
});
