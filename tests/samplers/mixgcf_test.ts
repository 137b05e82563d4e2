import assert from "node:assert/strict";
import { openRuntime } from "../../runtime/providers.ts";
import { dns } from "../../samplers/dns.ts";
import { mixgcf } from "../../samplers/mixgcf.ts";
import { eachProvider } from "../runtime/each_provider.ts";
import { catalogueWhere } from "./drawn.ts";
import { inner, layeredFeeds, layeredStep, noiseOf } from "./layered.ts";

const ROWS = 3, POOL = 5, COUNT = 2, LAYERS = 3, WIDTH = 4, of = catalogueWhere([[0], [0]], 20);
const feeds = layeredFeeds(of, ROWS, POOL * COUNT), alpha = noiseOf([ROWS, COUNT, 1, LAYERS, 1]);
const policy = (options = {}) => mixgcf({ pool: POOL, negatives: COUNT, ...options });

/** What eq. 6 and 7 make of the feeds: ids and vectors for each row, negative and hop. */
function oracle(tables: Readonly<Record<string, Float32Array>>, query: "pooled" | "hop") {
  const hop = (table: string, id: number, l: number) =>
    tables[table]!.subarray((id * LAYERS + l) * WIDTH, (id * LAYERS + l + 1) * WIDTH);
  const ids: number[] = [], items: number[] = [];
  for (let row = 0; row < ROWS; row++) {
    const user = (feeds.users as Int32Array)[row]!, candidates = feeds["sampler/candidates"] as Int32Array;
    const pooled = Array.from({ length: WIDTH }, (_, d) => {
      let total = 0;
      for (let l = 0; l < LAYERS; l++) total += hop("user", user, l)[d]!;
      return total / LAYERS;
    });
    for (let k = 0; k < COUNT; k++) {
      for (let l = 0; l < LAYERS; l++) {
        const a = alpha[(row * COUNT + k) * LAYERS + l]!, u = query === "hop" ? hop("user", user, l) : pooled;
        const pool = candidates.subarray((row * COUNT + k) * POOL, (row * COUNT + k + 1) * POOL);
        const mixtures = Array.from(pool, (id) => {
          const e = hop("item", id, l), p = hop("item", 0, l);
          return Array.from(e, (x, d) => a * p[d]! + (1 - a) * x);
        });
        const scores = mixtures.map((e) => inner(u, e)), slot = scores.indexOf(Math.max(...scores));
        ids.push(pool[slot]!);
        items.push(...mixtures[slot]!);
      }
    }
  }
  return { ids, items };
}

eachProvider("every hop is the mixture that scores highest, as in TypeScript, for either query", async (runtime) => {
  for (const query of ["pooled", "hop"] as const) {
    const step = await layeredStep(runtime, policy({ query }), of, { rows: ROWS, layers: LAYERS, width: WIDTH });
    const { sources, items } = await step.run(step.tables, { ...feeds, "sampler/alpha": alpha });
    const wanted = oracle(step.tables, query);
    assert.deepEqual([...sources!], wanted.ids);
    assert(new Set(sources!.subarray(0, LAYERS)).size > 1, "the fixture mixes items");
    items!.forEach((x, at) => assert(Math.abs(x - wanted.items[at]!) < 1e-5));
  }
});

Deno.test("its gradients are those of the mixture, choices held: they reach the positive through the negative", async () => {
  const runtime = await openRuntime({ provider: "wasm" });
  const step = await layeredStep(runtime, policy(), of, { rows: ROWS, layers: LAYERS, width: WIDTH });
  await step.checkSlopes({ ...feeds, "sampler/alpha": alpha });
});

Deno.test("where alpha is 0 and there is one hop it is dynamic negative sampling", async () => {
  const runtime = await openRuntime({ provider: "wasm" }), options = { rows: ROWS, layers: 1, width: WIDTH };
  const mixed = await layeredStep(runtime, policy(), of, options);
  const plain = await layeredStep(runtime, dns({ pool: POOL, negatives: COUNT }), of, options);
  const found = await mixed.run(mixed.tables, { ...feeds, "sampler/alpha": new Float32Array(ROWS * COUNT) });
  const wanted = await plain.run(mixed.tables, feeds);
  assert.deepEqual(found.sources, wanted.ids);
  for (const name of ["loss", "items", "d user", "d item"]) assert.deepEqual(found[name], wanted[name], name);
});

Deno.test("where alpha is 1 the negative is the positive: the loss is ln 2, or ln (K + 1) for K of them", async () => {
  const runtime = await openRuntime({ provider: "wasm" });
  for (const negatives of [1, 4]) {
    const step = await layeredStep(runtime, policy({ negatives }), of, { rows: ROWS, layers: LAYERS, width: WIDTH });
    const ones = new Float32Array(ROWS * negatives * LAYERS).fill(1);
    const fed = { ...layeredFeeds(of, ROWS, POOL * negatives), "sampler/alpha": ones };
    const { loss, items } = await step.run(step.tables, fed), size = LAYERS * WIDTH;
    assert(Math.abs(loss![0]! - Math.log(1 + negatives)) < 1e-6);
    items!.forEach((x, at) => assert(Math.abs(x - step.tables.item![at % size]!) < 1e-6));
  }
});
