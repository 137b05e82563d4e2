/**
 * Trains a model that is an ONNX file, and writes the same file with new weights. Ids in the log are rows of the model's
 * tables: `deno run -A examples/own_model.ts model.onnx clicks.csv trained.onnx`.
 */
import {
  ahns,
  bpr,
  catalogue,
  external,
  fullRanking,
  lazyAdam,
  loadDataset,
  openRuntime,
  splitByRatio,
  train,
} from "../mod.ts";

const [model, log, out] = Deno.args;
if (model === undefined || log === undefined || out === undefined) {
  throw new TypeError("Cannot train: the arguments are a model, a log and the file to write");
}
const backbone = external(await Deno.readFile(model), { source: model });
const { train: data, test } = splitByRatio((await loadDataset(log, { rowIds: true })).train, { test: 0.2 }, 0);

const runtime = await openRuntime({ seed: 1 });
const ranking = await fullRanking(runtime, backbone, catalogue(data), test!, { metrics: ["ndcg@5"] });
const ndcg = async () => (await ranking.evaluate()).metrics["ndcg@5"]!.toFixed(4);
console.log(`NDCG@5 before: ${await ndcg()}`);
const recipe = {
  runtime,
  data,
  backbone,
  sampler: ahns(),
  loss: bpr(),
  optimizer: lazyAdam({ lr: 0.02 }),
  batchSize: 64,
};
for await (const { epoch, loss } of train({ ...recipe, epochs: 30 })) {
  if (epoch % 10 === 0) console.log(`epoch ${epoch}: loss ${loss.toFixed(4)}`);
}
console.log(`NDCG@5 after: ${await ndcg()}`);
await Deno.writeFile(out, backbone.written(await runtime.save()));
await runtime.dispose();
