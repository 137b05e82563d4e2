import assert from "node:assert/strict";
import { openRuntime } from "../../runtime/providers.ts";
import { dens } from "../../samplers/dens.ts";
import { dns } from "../../samplers/dns.ts";
import { eachProvider } from "../runtime/each_provider.ts";
import { catalogueWhere } from "./drawn.ts";
import { inner, layeredFeeds, layeredStep, type Tables } from "./layered.ts";

const ROWS = 3, POOL = 5, COUNT = 2, LAYERS = 2, WIDTH = 3, of = catalogueWhere([[0], [0]], 20);
const feeds = layeredFeeds(of, ROWS, POOL * COUNT), shape = { rows: ROWS, layers: LAYERS, width: WIDTH };
const policy = (options = {}) => dens({ pool: POOL, negatives: COUNT, warmup: 8, ...options });
const at = (epoch: number) => ({ ...feeds, epoch: Float32Array.of(epoch) });

type Vector = readonly number[];
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const times = (a: Vector, b: Vector) => a.map((x, d) => x * b[d]!);
const minus = (a: Vector, b: Vector) => a.map((x, d) => x - b[d]!);
const meanOf = (hops: readonly Vector[]) =>
  hops[0]!.map((_, d) => hops.reduce((sum, hop) => sum + hop[d]!, 0) / LAYERS);

/** The formulas of the paper in TypeScript: what is chosen, and the sum of the four contrasts. */
function oracle(tables: Tables, left: number) {
  const hops = (table: string, id: number) =>
    Array.from({ length: LAYERS }, (_, l) => {
      const from = (id * LAYERS + l) * WIDTH;
      return [...tables[table]!.subarray(from, from + WIDTH)];
    });
  const gate = (name: string, x: Vector) =>
    x.map((_, to) =>
      tables[`sampler/${name}/bias`]![to]! +
      x.reduce((sum, value, from) => sum + value * tables[`sampler/${name}/weight`]![from * WIDTH + to]!, 0)
    );
  const open = (x: Vector, a: Vector, b: Vector) => times(x, a.map((value, d) => sigmoid(value + b[d]!)));
  const ids: number[] = [];
  let contrasts = 0;
  for (let row = 0; row < ROWS; row++) {
    const u = hops("user", (feeds.users as Int32Array)[row]!), p = hops("item", 0);
    const pr = p.map((hop, l) => open(hop, gate("item", hop), gate("user", u[l]!)));
    const relevant = (c: Vector, l: number) => open(c, gate("negative", c), gate("positive", pr[l]!));
    const x: number[] = [], y: number[] = [], pooled = meanOf(u);
    for (let k = 0; k < COUNT; k++) {
      const from = (row * COUNT + k) * POOL,
        pool = (feeds["sampler/candidates"] as Int32Array).slice(from, from + POOL);
      const chosen = u.map((ul, l) => {
        const v = Array.from(pool, (id) => hops("item", id)[l]!).map((c) =>
          minus(c.map((value) => left * value), relevant(c, l))
        );
        const scores = v.map((each) => inner(ul, each));
        return pool[scores.indexOf(Math.max(...scores))]!;
      });
      ids.push(...chosen);
      const n = chosen.map((id, l) => hops("item", id)[l]!), nr = n.map(relevant);
      x.push(inner(pooled, meanOf(nr)));
      y.push(inner(pooled, meanOf(n.map((hop, l) => minus(hop, nr[l]!)))));
    }
    const a = inner(pooled, meanOf(pr)), b = inner(pooled, meanOf(p.map((hop, l) => minus(hop, pr[l]!))));
    const term = (margins: Vector) => Math.log(1 + margins.reduce((sum, margin) => sum + Math.exp(margin), 0));
    contrasts += term([b - a]) + term(minus(x, y)) + term(x.map((s) => s - a)) + term(y.map((s) => b - s));
  }
  return { ids, auxiliary: contrasts / ROWS };
}

eachProvider("choices and contrasts are those of TypeScript, through the warm-up and after", async (runtime) => {
  const step = await layeredStep(runtime, policy({ gamma: 0.8 }), of, shape), found = new Set<string>();
  for (const [epoch, left] of [[0, 1], [5, 0.375], [8, 0], [30, 0]] as const) {
    const { sources, auxiliary } = await step.run(step.tables, at(epoch)), wanted = oracle(step.tables, left);
    assert.deepEqual([...sources!], wanted.ids, `epoch ${epoch}`);
    assert(Math.abs(auxiliary![0]! - 0.2 * wanted.auxiliary) < 1e-5);
    found.add(`${sources}`);
  }
  assert.equal(found.size, 3, "the fixture's choices change with the warm-up");
});

Deno.test("as AHNS's code has it, a constant alpha stands for the warm-up whatever the epoch", async () => {
  const runtime = await openRuntime({ provider: "wasm" });
  for (const alpha of [0, 0.25, 1]) {
    const step = await layeredStep(runtime, policy({ compat: "ahns", alpha }), of, shape);
    const { ids } = oracle(step.tables, 1 - alpha);
    for (const epoch of [0, 50]) assert.deepEqual([...(await step.run(step.tables, at(epoch))).sources!], ids);
  }
});

Deno.test("with gates of a half at epoch 0 it is dynamic negative sampling: v is c / 2", async () => {
  const runtime = await openRuntime({ provider: "wasm" }), one = { ...shape, layers: 1 };
  const step = await layeredStep(runtime, policy({ gamma: 0 }), of, one);
  const plain = await layeredStep(runtime, dns({ pool: POOL, negatives: COUNT }), of, one);
  const half = Object.fromEntries(
    Object.entries(step.tables).map((
      [name, table],
    ) => [name, name.startsWith("sampler/") ? table.map(() => 0) : table]),
  );
  const found = await step.run(half, feeds), wanted = await plain.run(half, feeds);
  assert.deepEqual(found.sources, wanted.ids);
  for (const name of ["loss", "items", "d user", "d item"]) assert.deepEqual(found[name], wanted[name], name);
});

Deno.test("the gates learn from the contrasts alone: without them they have no gradient", async () => {
  const runtime = await openRuntime({ provider: "wasm" });
  const gated = async (gamma: number) => {
    const step = await layeredStep(runtime, policy({ gamma }), of, shape), found = await step.run(step.tables, feeds);
    return Object.entries(found).filter(([name, slope]) => name.startsWith("d sampler/") && slope.some((x) => x !== 0));
  };
  assert.equal((await gated(0)).length, 0);
  assert.equal((await gated(0.3)).length, 8); // a weight and a bias of each of the four
});

Deno.test("its gradients are those of loss and contrasts, choices held", async () => {
  const runtime = await openRuntime({ provider: "wasm" });
  await (await layeredStep(runtime, policy({ gamma: 2 }), of, shape)).checkSlopes(at(3));
});

Deno.test("rows that pad a batch take no part in the contrasts", async () => {
  const runtime = await openRuntime({ provider: "wasm" }), step = await layeredStep(runtime, policy(), of, shape);
  const padded = await layeredStep(runtime, policy(), of, { ...shape, rows: ROWS + 2, padded: true });
  const longer = layeredFeeds(of, ROWS + 2, POOL * COUNT); // begins as the other
  const found = await padded.run(step.tables, { ...longer, rows: Float32Array.of(1, 1, 1, 0, 0) });
  const wanted = await step.run(step.tables, feeds);
  for (const name of ["loss", "auxiliary", "d sampler/item/weight", "d sampler/negative/bias"]) {
    found[name]!.forEach((x, i) => assert(Math.abs(x - wanted[name]![i]!) < 1e-6, name));
  }
});
