// `deno run benchmarks/dpp.ts`: what drawing diverse sets costs, in milliseconds of this thread's own time and of the
// clock: one set out of 500 items, then one for each user of an epoch of pools as large as DivNS keeps with r = 4.
import process from "node:process";
import { sampleKDppByChain } from "../random/dpp/chain.ts";
import type { Kernel } from "../random/dpp/kernel.ts";
import { greedyMap } from "../random/dpp/map.ts";
import { sampleKDpp } from "../random/dpp/sample.ts";
import { cosine } from "../random/dpp/similarities.ts";
import { Rng } from "../random/rng.ts";

const WIDTH = 64, ITEMS = 12_000, CLUSTERS = 40, RUNNERS_UP = 4, LARGEST_POOL = 2000;
const rng = new Rng(1, "benchmark");

/** Items around the centres of clusters, as trained vectors are. */
function clustered(): Float32Array {
  const normals = (count: number) => Float64Array.from({ length: count }, () => rng.normal());
  const centres = normals(CLUSTERS * WIDTH), features = normals(ITEMS * WIDTH);
  for (let item = 0; item < ITEMS; item++) {
    const centre = rng.below(CLUSTERS) * WIDTH;
    for (let d = 0; d < WIDTH; d++) features[item * WIDTH + d]! += centres[centre + d]!;
  }
  return Float32Array.from(cosine({ features, width: WIDTH }).features);
}
const features = clustered();
const pool = (size: number): Kernel => ({
  features,
  width: WIDTH,
  ids: Int32Array.from({ length: size }, () => rng.below(ITEMS)),
  quality: Float64Array.from({ length: size }, () => 1 / (1 + rng.uniform())),
});

/** Positives of users: log-normal, by its median and mean, and at least 1. */
const counts = (users: number, median: number, mean: number) =>
  Int32Array.from(
    { length: users },
    () => Math.max(1, Math.round(median * Math.exp(Math.sqrt(2 * Math.log(mean / median)) * rng.normal()))),
  );

const draws = {
  exact: (kernel: Kernel, k: number) => sampleKDpp(kernel, k, rng),
  map: greedyMap,
  mcmc: (kernel: Kernel, k: number) => sampleKDppByChain(kernel, k, rng),
} as const;

/** Draws once from each pool, or from parts of it for `block` items each at most. */
function measure(what: string, ks: Int32Array, methods: readonly (keyof typeof draws)[], block = Infinity): void {
  const tasks = [...ks].flatMap((k) => {
    const parts = Math.max(1, Math.ceil(k / block));
    return Array.from({ length: parts }, (_, part) => Math.ceil((k - part) / parts));
  }).map((k) => ({ k, kernel: pool(Math.min(RUNNERS_UP * k, LARGEST_POOL)) }));
  for (const method of methods) {
    const start = performance.now(), used = process.cpuUsage();
    for (const { k, kernel } of tasks) draws[method](kernel, k);
    const { user, system } = process.cpuUsage(used), clock = performance.now() - start;
    console.log(`${what}, ${method}: ${((user + system) / 1000).toFixed(1)} ms, ${clock.toFixed(1)} of the clock`);
  }
}

for (const k of [10, 50]) {
  const kernel = pool(500);
  for (const [method, draw] of Object.entries(draws)) {
    draw(kernel, k); // compiled
    const start = performance.now();
    draw(kernel, k);
    console.log(`${k} of 500, ${method}: ${(performance.now() - start).toFixed(1)} ms of the clock`);
  }
}
measure("ahns-tool, an epoch", counts(16_638, 5, 6.5), ["exact", "map", "mcmc"]);
measure("ahns-ml, a tenth of an epoch", counts(604, 76, 132), ["exact", "map"]);
measure("ahns-ml, a tenth of an epoch, blocks of 8", counts(604, 76, 132), ["exact", "map"], 8);
measure("ahns-ml, a tenth of an epoch, blocks of 2", counts(604, 76, 132), ["exact", "map"], 2);
