import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { synthetic } from "../../datasets/synthetic.ts";
import { baselines, testBaseline } from "../../studies/baselines.ts";
import type { Protocol } from "../../studies/protocol.ts";

const data = synthetic({ users: 80, items: 120, median: 25, seed: 4 });
const seen = catalogue(data.train), held = { held: data.valid!, alsoSeen: [] };
const testing = { held: data.test!, alsoSeen: [data.valid!] };
const common = { data, catalogue: seen, selectBy: "ndcg@20", metrics: ["ndcg@20"], memory: 2 ** 20 };

Deno.test("item-KNN takes the k and shrink that are best on validation, and beats popularity", async () => {
  const protocol: Protocol = { ...common, selecting: held, testing };
  const knn = await baselines["item-knn"](protocol), popular = await baselines.popular(protocol);
  assert.match(knn.chosen, /^k=\d+, shrink=\d+, the best of 12 on validation$/);
  const value = async (scoresOf: typeof knn.scoresOf) => (await testBaseline(protocol, scoresOf)).metrics["ndcg@20"]!;
  assert(await value(knn.scoresOf) > 1.1 * await value(popular.scoresOf));
});

Deno.test("item-KNN is never tuned on test", async () => {
  const onTest = await baselines["item-knn"]({ ...common, selecting: testing, testing });
  const onNothing = await baselines["item-knn"]({ ...common, testing });
  assert.equal(onTest.chosen, "k=100, shrink=100, untuned");
  assert.equal(onNothing.chosen, onTest.chosen);
});

Deno.test("a protocol without test interactions says so", async () => {
  await assert.rejects(testBaseline(common, () => new Float32Array(120)), /the protocol has no test interactions/);
});
