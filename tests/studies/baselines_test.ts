import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { synthetic } from "../../datasets/synthetic.ts";
import { type Baseline, baselines, testBaseline } from "../../studies/baselines.ts";
import type { Protocol } from "../../studies/protocol.ts";

const data = synthetic({ users: 80, items: 120, median: 25, seed: 4 });
const seen = catalogue(data.train), held = { held: data.valid!, alsoSeen: [] };
const testing = { held: data.test!, alsoSeen: [data.valid!] };
const common = { data, catalogue: seen, selectBy: "ndcg@20", metrics: ["ndcg@20"], memory: 2 ** 20 };

const tuned = [
  {
    name: "item-knn",
    best: /^k=\d+, shrink=\d+, the best of 12 on validation$/,
    untuned: "k=100, shrink=100, untuned",
  },
  { name: "ials", best: /^c0=[\d.]+, l2=[\d.]+, the best of 9 on validation$/, untuned: "c0=0.1, l2=2, untuned" },
] as const;

for (const { name, best, untuned } of tuned) {
  Deno.test(`${name} takes the options that are best on validation, and beats popularity`, async () => {
    const protocol: Protocol = { ...common, selecting: held, testing };
    const baseline = await baselines[name](protocol), popular = await baselines.popular(protocol);
    assert.match(baseline.chosen, best);
    const value = async ({ scoresOf }: Baseline) => (await testBaseline(protocol, scoresOf)).metrics["ndcg@20"]!;
    assert(await value(baseline) > 1.1 * await value(popular));
  });

  Deno.test(`${name} is never tuned on test`, async () => {
    const onTest = await baselines[name]({ ...common, selecting: testing, testing });
    const onNothing = await baselines[name]({ ...common, testing });
    assert.equal(onTest.chosen, untuned);
    assert.equal(onNothing.chosen, onTest.chosen);
  });
}

Deno.test("a protocol without test interactions says so", async () => {
  await assert.rejects(testBaseline(common, () => new Float32Array(120)), /the protocol has no test interactions/);
});
