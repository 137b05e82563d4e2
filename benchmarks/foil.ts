// One measurement of Foil in a process of its own: `deno run -A benchmarks/foil.ts CASE`, CASE the JSON of a case. Prints
// a JSON line.
import {
  backbones,
  catalogue,
  embeddedDataset,
  fullRanking,
  loadDataset,
  losses,
  openRuntime,
  optimizers,
  samplers,
  train,
} from "../mod.ts";
import type { Case, Measured } from "./case.ts";

const { data: folder, epochs, threads, provider, evaluates, options, ...names } = JSON.parse(Deno.args[0]!) as Case;
const named = <T>(registry: object, name: string) => (registry as Record<string, (options?: object) => T>)[name]!;
const backbone = named<ReturnType<typeof backbones.mf>>(backbones, names.backbone)(options?.backbone);
const sampler = named<ReturnType<typeof samplers.rns>>(samplers, names.sampler)(options?.sampler);

async function seconds<T>(job: () => Promise<T>): Promise<readonly [T, number]> {
  const since = performance.now(), done = await job();
  return [done, (performance.now() - since) / 1000];
}
/** What reading the files takes at the least in TypeScript: their text, cut into fields. */
async function split(): Promise<number> {
  let fields = 0;
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (!isFile || !/\.(txt|inter|csv|tsv|data|dat)$/.test(name)) continue;
    for (const line of (await Deno.readTextFile(`${folder}/${name}`)).split("\n")) fields += line.split(/\s+/).length;
  }
  return fields;
}
const embedded = folder === "embedded";
const [, splitting] = await seconds(async () => embedded ? 0 : await split());
const [data, loading] = await seconds(() => embedded ? embeddedDataset() : loadDataset(folder));

const runtime = await openRuntime({ provider, threads, seed: 2022 });
const ranking = evaluates && await fullRanking(runtime, backbone, catalogue(data.train), data.test!, {
  metrics: ["recall@20", "ndcg@20"],
  workers: threads,
});
const training: number[] = [], evaluating: number[] = [];
let lossSum = NaN;
for await (
  const report of train({
    ...{
      runtime,
      data: data.train,
      backbone,
      sampler,
      loss: named<ReturnType<typeof losses.bpr>>(losses, names.loss)(),
    },
    optimizer: optimizers[names.optimizer](),
    ...{ dropLast: true, epochs, seed: 2022 },
    ...ranking && {
      evaluate: async () => (await ranking.evaluate()).metrics,
      ...{ evaluateEvery: 1, selectBy: "recall@20" },
    },
    diagnose: false, // the peer does not look at its negatives
    drawAhead: threads > 1,
  })
) {
  const { seconds } = report;
  training.push(seconds.sampling + seconds.scoring + seconds.updating);
  if (report.metrics) evaluating.push(seconds.evaluating);
  lossSum = report.lossSum;
}
const status = await Deno.readTextFile("/proc/self/status").catch(() => "");
const peak = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? NaN) / 1024;
const measured: Measured = { training, evaluating, loading, splitting, lossSum, peakMiB: Math.round(peak) };
console.log(JSON.stringify(measured));
Deno.exit(0); // threads that rank are still there
