// One measurement of Foil in a process of its own: prints a JSON line that benchmarks/run.ts reads.
import {
  adam,
  ahns,
  bpr,
  catalogue,
  dns,
  fullRanking,
  lazyAdam,
  loadDataset,
  mf,
  openRuntime,
  rns,
  train,
} from "../mod.ts";

const [folder, name, options, epochs, optimizer, provider] = Deno.args as [
  string,
  "rns" | "dns" | "ahns",
  string,
  string,
  string,
  "wasm" | "native",
];
const data = await loadDataset(folder), backbone = mf();
const sampler = { rns, dns, ahns }[name](JSON.parse(options));
const runtime = await openRuntime({ provider, threads: 1, seed: 2022 });
const ranking = await fullRanking(runtime, backbone, catalogue(data.train), data.test!, {
  metrics: ["recall@20", "ndcg@20"],
});
const training: number[] = [], evaluating: number[] = [];
for await (
  const { seconds, metrics } of train({
    runtime,
    data: data.train,
    backbone,
    sampler,
    loss: bpr(),
    optimizer: optimizer === "lazyAdam" ? lazyAdam() : adam(),
    dropLast: true,
    epochs: Number(epochs),
    seed: 2022,
    evaluate: async () => (await ranking.evaluate()).metrics,
    evaluateEvery: 1,
    selectBy: "recall@20",
    diagnose: false, // the peer does not look at its negatives
  })
) {
  training.push(seconds.sampling + seconds.scoring + seconds.updating);
  if (metrics) evaluating.push(seconds.evaluating);
}
const status = await Deno.readTextFile("/proc/self/status").catch(() => "");
const peak = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? NaN) / 1024;
console.log(JSON.stringify({ training, evaluating, peakMiB: Math.round(peak) }));
