/** Trains on the embedded dataset and prints NDCG@20 on test beside that of ranking by popularity. */
import { adam, bpr, catalogue, dns, embeddedDataset, fullRanking, mf, openRuntime, rankBy, train } from "../mod.ts";

const { train: data, valid, test } = await embeddedDataset();
const backbone = mf({ dim: 32 }), seen = catalogue(data), metrics = ["ndcg@20"];
const runtime = await openRuntime({ seed: 1 });
console.log(`runs on ${runtime.provider} (${runtime.reason})`);

const selecting = await fullRanking(runtime, backbone, seen, valid!, { metrics });
for await (
  const report of train({
    runtime,
    data,
    backbone,
    sampler: dns({ pool: 16 }),
    loss: bpr(),
    optimizer: adam({ lr: 0.01 }),
    epochs: 6,
    evaluate: async () => (await selecting.evaluate()).metrics,
    selectBy: "ndcg@20",
  })
) {
  if (report.metrics) {
    console.log(`epoch ${report.epoch}: NDCG@20 ${report.metrics["ndcg@20"]!.toFixed(4)} on validation`);
  }
}

// the runtime now holds the best epoch
const asSeen = { metrics, alsoSeen: [valid!] };
const testing = await fullRanking(runtime, backbone, seen, test!, asSeen);
const model = await testing.evaluate();
const popularity = Float32Array.from(seen.popularity);
const popular = await rankBy(() => popularity, seen, test!, asSeen);
console.log(`test NDCG@20: model ${model.metrics["ndcg@20"]!.toFixed(4)}`);
console.log(`test NDCG@20: most popular ${popular.metrics["ndcg@20"]!.toFixed(4)}`);
await runtime.dispose();
