import assert from "node:assert/strict";
import { openRuntime } from "../../runtime/providers.ts";
import type { Feeds } from "../../runtime/runtime.ts";
import { ans } from "../../samplers/ans.ts";
import { dns } from "../../samplers/dns.ts";
import { eachProvider } from "../runtime/each_provider.ts";
import { catalogueWhere } from "./drawn.ts";
import { inner, layeredFeeds, layeredStep, noiseOf, type Tables } from "./layered.ts";

const ROWS = 3, POOL = 5, COUNT = 2, LAYERS = 2, WIDTH = 3, of = catalogueWhere([[0], [0]], 20);
const noise = noiseOf([ROWS, COUNT * POOL, LAYERS, WIDTH]);
const feeds: Feeds = { ...layeredFeeds(of, ROWS, POOL * COUNT), "sampler/direction": noise };
const shape = { rows: ROWS, layers: LAYERS, width: WIDTH };
const policy = (options = {}) => ans({ pool: POOL, negatives: COUNT, ...options });

type Vector = readonly number[];
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const times = (a: Vector, b: Vector) => a.map((x, d) => x * b[d]!);
const minus = (a: Vector, b: Vector) => a.map((x, d) => x - b[d]!);
const length = (a: Vector) => Math.sqrt(inner(a, a));

/** The formulas in TypeScript, with gain 2 and magnitude 0.5: what is chosen, made and added to the loss. */
function oracle(tables: Tables) {
  const hop = (table: string, id: number, l: number): Vector => {
    const from = (id * LAYERS + l) * WIDTH;
    return [...tables[table]!.subarray(from, from + WIDTH)];
  };
  const map = (name: string, x: Vector) => {
    const bias = tables[`sampler/${name}/bias`]!, weight = tables[`sampler/${name}/weight`]!;
    return Array.from(
      bias,
      (b, to) => b + x.reduce((sum, value, from) => sum + value * weight[from * bias.length + to]!, 0),
    );
  };
  const ids: number[] = [], items: Vector[] = [];
  let contrast = 0, apart = 0, orthogonal = 0;
  for (let row = 0; row < ROWS; row++) {
    for (let k = 0; k < COUNT; k++) {
      for (let l = 0; l < LAYERS; l++) {
        const u = hop("user", (feeds.users as Int32Array)[row]!, l), p = hop("item", 0, l), values: number[] = [];
        const made: Vector[] = [], pool: number[] = [];
        let sum = 1;
        for (let m = 0; m < POOL; m++) {
          const slot = (row * COUNT + k) * POOL + m, id = (feeds["sampler/candidates"] as Int32Array)[slot]!;
          const c = hop("item", id, l), g = times(map("item", c), map("user", u)).map(sigmoid);
          const hard = times(c, g), easy = minus(c, hard), hardP = times(p, g), easyP = minus(p, hardP);
          const margin = sigmoid(1 / map("margin", times(hard, hardP))[0]!), from = (slot * LAYERS + l) * WIDTH;
          const random = [...noise.subarray(from, from + WIDTH)];
          const d = random.map((x) => 0.5 * margin * x / length(random));
          const augmented = c.map((x, i) => x + Math.sign(easyP[i]! - easy[i]!) * d[i]!);
          values.push(inner(u, augmented) + 2 * (inner(u, augmented) - inner(u, c)));
          made.push(augmented);
          pool.push(id);
          sum += Math.exp(inner(u, easy) - inner(u, hard));
          apart += length(minus(hard, hardP)) / (ROWS * COUNT * POOL * LAYERS);
          orthogonal += length(times(easyP, easy)) / (ROWS * COUNT * POOL);
        }
        contrast += Math.log(sum) / (ROWS * COUNT * LAYERS);
        const chosen = values.indexOf(Math.max(...values));
        ids.push(pool[chosen]!);
        items.push(made[chosen]!);
      }
    }
  }
  return { ids, items: items.flat(), auxiliary: contrast + apart + orthogonal };
}

eachProvider("choices, augmented items and auxiliary loss are those of TypeScript", async (runtime) => {
  const step = await layeredStep(runtime, policy({ gain: 2, magnitude: 0.5, gamma: 0.7 }), of, shape);
  const { sources, items, auxiliary } = await step.run(step.tables, feeds), wanted = oracle(step.tables);
  assert.deepEqual([...sources!], wanted.ids);
  items!.forEach((x, at) => assert(Math.abs(x - wanted.items[at]!) < 1e-5));
  assert(Math.abs(auxiliary![0]! - 0.7 * wanted.auxiliary) < 1e-4);
});

Deno.test("no coordinate of the easy factor moves away from the positive's, nor further than the magnitude", async () => {
  const runtime = await openRuntime({ provider: "wasm" }), one = { rows: ROWS, layers: 1, width: WIDTH };
  const step = await layeredStep(runtime, ans({ pool: 1, magnitude: 0.25 }), of, one), { tables } = step;
  const fed = { ...layeredFeeds(of, ROWS, 1), "sampler/direction": noise.slice(0, ROWS * WIDTH) };
  const half = {
    ...tables,
    "sampler/item/weight": new Float32Array(WIDTH * WIDTH),
    "sampler/item/bias": new Float32Array(WIDTH),
  };
  const { items, sources } = await step.run(half, fed); // gates of a half: c_e = c / 2, p_e = p / 2
  for (let at = 0; at < ROWS * WIDTH; at++) {
    const d = at % WIDTH, c = tables.item![sources![Math.floor(at / WIDTH)]! * WIDTH + d]!, p = tables.item![d]!;
    const moved = items![at]! - c;
    assert(moved * (p - c) >= 0 && Math.abs(moved) <= 0.25, `from ${c} by ${moved}, positive ${p}`);
  }
  assert(items!.some((x, at) => x !== tables.item![sources![Math.floor(at / WIDTH)]! * WIDTH + at % WIDTH]));
});

Deno.test("without augmentation and auxiliary loss it is dynamic negative sampling", async () => {
  const runtime = await openRuntime({ provider: "wasm" }), one = { ...shape, layers: 1 };
  const step = await layeredStep(runtime, policy({ magnitude: 0, gamma: 0 }), of, one);
  const plain = await layeredStep(runtime, dns({ pool: POOL, negatives: COUNT }), of, one);
  const fed = { ...feeds, "sampler/direction": noise.slice(0, noise.length / LAYERS) };
  const found = await step.run(step.tables, fed), wanted = await plain.run(step.tables, fed);
  assert.deepEqual(found.sources, wanted.ids);
  for (const name of ["loss", "items", "d user", "d item"]) {
    found[name]!.forEach((x, at) => assert(Math.abs(x - wanted[name]![at]!) < 1e-6, name));
  }
});

Deno.test("its gradients are those of loss and auxiliary loss, choices held: gates and margin learn", async () => {
  const runtime = await openRuntime({ provider: "wasm" });
  const step = await layeredStep(runtime, policy({ magnitude: 0.5, gamma: 0.7 }), of, shape);
  const found = await step.run(step.tables, feeds);
  const learning = Object.keys(found).filter((name) => name.startsWith("d ") && found[name]!.some((x) => x !== 0));
  assert.deepEqual(learning.sort(), [
    "d item",
    ...["item", "margin", "user"].flatMap((gate) => [`d sampler/${gate}/bias`, `d sampler/${gate}/weight`]),
    "d user",
  ]);
  await step.checkSlopes(feeds);
});

Deno.test("a margin whose reciprocal is not finite does no harm", async () => {
  const runtime = await openRuntime({ provider: "wasm" }), step = await layeredStep(runtime, policy(), of, shape);
  const none = Object.fromEntries(
    Object.entries(step.tables).map(([name, table]) => [name, name.includes("margin") ? table.map(() => 0) : table]),
  );
  for (const [name, data] of Object.entries(await step.run(none, feeds))) assert(data.every(Number.isFinite), name);
});
