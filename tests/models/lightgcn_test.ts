import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { catalogue } from "../../datasets/catalogue.ts";
import { interactions } from "../../datasets/interactions.ts";
import { gradients } from "../../graphs/autodiff.ts";
import { GraphBuilder, type Value } from "../../graphs/builder.ts";
import { mul } from "../../graphs/ops/arithmetic.ts";
import { sum } from "../../graphs/ops/reduce.ts";
import { lightgcn } from "../../models/lightgcn.ts";
import { neighbourhoods } from "../../models/neighbourhoods.ts";
import { Rng } from "../../random/rng.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { eachProvider } from "../runtime/each_provider.ts";
import { smallRun } from "../training/small_run.ts";
import { type Matrix, normalised, times } from "./dense_graph.ts";

/** User 3 has met nothing, nobody has met item 4; user 1 met item 2 twice, which is one edge. */
const PAIRS = [[0, 0], [0, 1], [1, 2], [1, 2], [1, 0], [2, 0], [2, 1], [2, 3], [4, 0]] as const;
const USERS = 5, ITEMS = 5, DIM = 3, LAYERS = 3, NODES = USERS + ITEMS;
const of = catalogue(interactions({
  users: PAIRS.map(([user]) => user),
  items: PAIRS.map(([, item]) => item),
  userCount: USERS,
  itemCount: ITEMS,
}));
const rng = new Rng(3, "lightgcn test");
const table = (rows: number) => ({
  shape: [rows, DIM],
  data: Float32Array.from({ length: rows * DIM }, () => rng.normal()),
});
const user = table(USERS), item = table(ITEMS), start = new Map([["user", user], ["item", item]]);
const rows = (data: Float32Array, count: number) =>
  Array.from({ length: count }, (_, row) => [...data.subarray(row * DIM, row * DIM + DIM)]);
const X0: Matrix = [...rows(user.data, USERS), ...rows(item.data, ITEMS)];
/** X_0 .. X_layers. */
const hops = (matrix: Matrix, layers: number) => {
  const found = [X0];
  for (let layer = 0; layer < layers; layer++) found.push(times(matrix, found.at(-1)!));
  return found;
};
const near = (found: ArrayLike<number>, wanted: readonly number[], tolerance = 1e-6) => {
  assert.equal(found.length, wanted.length);
  wanted.forEach((x, at) => assert(Math.abs(found[at]! - x) <= tolerance, `${at}: ${found[at]}, not ${x}`));
};
const everyone = (count: number) => Int32Array.from({ length: count }, (_, id) => id);
/** The representations of all users and items, in a training graph or not. */
function represented(options: Parameters<typeof lightgcn>[0], training = false) {
  const graph = new GraphBuilder(), users = graph.constant(everyone(USERS));
  const encoder = lightgcn({ dim: DIM, ...options }).build(graph, of, { rows: USERS, users, training });
  return { graph, encoder, outputs: { query: encoder.query, items: encoder.items(graph.constant(everyone(ITEMS))) } };
}

eachProvider("hop l of a node is row l of the dense power of D^-1/2 A D^-1/2", async (runtime) => {
  const { graph, outputs } = represented({ layers: LAYERS }), program = await runtime.compile(graph, { outputs });
  assert.deepEqual(outputs.query.shape, [USERS, LAYERS + 1, DIM]);
  await runtime.load(start);
  const found = await program.run({}), wanted = hops(normalised(of), LAYERS);
  const all = everyone(NODES), stacked = [...all].map((node) => wanted.flatMap((x) => x[node]!));
  near([...found.query as Float32Array, ...found.items as Float32Array], stacked.flat());
});

Deno.test("who has met nothing, and what nobody has met, keep X_0 / (L + 1) as their mean", async () => {
  const runtime = await openRuntime({ provider: "wasm" }), { graph, encoder, outputs } = represented({ layers: 2 });
  const program = await runtime.compile(graph, {
    outputs: { users: encoder.pool!(outputs.query), items: encoder.pool!(outputs.items) },
  });
  await runtime.load(start);
  const found = await program.run({});
  near(found.users!.slice(3 * DIM, 4 * DIM) as Float32Array, X0[3]!.map((x) => x / 3));
  near(found.items!.slice(4 * DIM) as Float32Array, X0[USERS + 4]!.map((x) => x / 3));
});

Deno.test("dropout leaves out the interactions whose noise is low, both ways and in every layer, and scales the rest", async () => {
  const runtime = await openRuntime({ provider: "wasm" }), edges = of.positives.length;
  const { graph, outputs } = represented({ layers: LAYERS, dropout: 0.25 }, true);
  assert.deepEqual([...graph.noises.values()].map(({ shape }) => shape), [[edges, 1]]);
  const program = await runtime.compile(graph, { outputs });
  await runtime.load(start);
  const noise = Float32Array.of(0.9, 0.1, 0.25, 0.6, 0.2, 0.99, 0.3, 0.7).subarray(0, edges);
  const matrix = normalised(of, (edge) => noise[edge]! < 0.25 ? 0 : 1 / 0.75), wanted = hops(matrix, LAYERS);
  const found = await program.run({ dropout: noise });
  near(found.query as Float32Array, [...everyone(USERS)].flatMap((node) => wanted.flatMap((x) => x[node]!)));
  assert.deepEqual(await program.run({ dropout: noise }), found, "the same noise gives the same result");
});

Deno.test("as MixGCF's code, dropout draws for each way and layer, and what is low stays out though it is the larger part", async () => {
  const runtime = await openRuntime({ provider: "wasm" }), edges = of.positives.length;
  const { graph, outputs } = represented({ layers: LAYERS, dropout: 0.25, compat: "mixgcf" }, true);
  const noises = Object.fromEntries(
    [...graph.noises.keys()].map((name) => [name, Float32Array.from({ length: edges }, () => rng.uniform())]),
  );
  assert.equal(Object.keys(noises).length, 2 * LAYERS);
  const program = await runtime.compile(graph, { outputs });
  await runtime.load(start);
  const wanted = [X0];
  for (let layer = 0; layer < LAYERS; layer++) {
    const [toUsers, toItems] = ["users", "items"].map((to) =>
      normalised(of, (edge) => noises[`dropout/${to}/${layer}`]![edge]! < 0.75 ? 0 : 1 / 0.75)
    );
    const matrix = toUsers!.map((row, node) => node < USERS ? row : toItems![node]!); // row n is what node n is sent
    wanted.push(times(matrix, wanted.at(-1)!));
  }
  const found = await program.run(noises),
    nodes = [...everyone(NODES)].flatMap((node) => wanted.flatMap((x) => x[node]!));
  near([...found.query as Float32Array, ...found.items as Float32Array], nodes);
});

Deno.test("dropout keeps the expectation of a hop, and only a training graph has it", async () => {
  const runtime = await openRuntime({ provider: "wasm" }), edges = of.positives.length, RUNS = 3000;
  const { graph, outputs } = represented({ layers: 1, dropout: 0.4 }, true), noise = new Rng(8, "dropout test");
  const program = await runtime.compile(graph, { outputs: { query: outputs.query } });
  await runtime.load(start);
  const total = new Float64Array(USERS * 2 * DIM);
  for (let run = 0; run < RUNS; run++) {
    const { query } = await program.run({ dropout: Float32Array.from({ length: edges }, () => noise.uniform()) });
    query!.forEach((x, at) => total[at]! += Number(x) / RUNS);
  }
  const wanted = hops(normalised(of), 1);
  near(total, [...everyone(USERS)].flatMap((node) => wanted.flatMap((x) => x[node]!)), 0.06); // 4 standard errors
  assert.equal(represented({ dropout: 0.4 }).graph.noises.size, 0);
});

for (const compat of ["paper", "mixgcf"] as const) {
  Deno.test(`gradients through a graph with dropout are finite differences under the same noise (${compat})`, async () => {
    const runtime = await openRuntime({ provider: "wasm" }),
      { graph, encoder, outputs } = represented({ dropout: compat === "paper" ? 0.3 : 0.7, compat }, true);
    const pull = graph.constant(Float32Array.from({ length: USERS * ITEMS }, () => rng.normal()), [USERS, ITEMS]);
    const [count, layers, width] = outputs.items.shape as [number, number, number];
    const pool = encoder.items(graph.constant(everyone(ITEMS), [1, ITEMS]));
    assert.deepEqual(pool.shape, [1, count, layers, width]);
    const loss = sum(mul(pull, encoder.score(encoder.query, pool))), variables = [...graph.variables.values()];
    const slopes = gradients(loss, variables) as ReadonlyMap<Value, Value>;
    const program = await runtime.compile(graph, {
      outputs: { loss, du: slopes.get(variables[0]!)!, di: slopes.get(variables[1]!)! },
    });
    const noises = Object.fromEntries(
        [...graph.noises.keys()].map((
          name,
        ) => [name, Float32Array.from({ length: of.positives.length }, () => rng.uniform())]),
      ),
      STEP = 1e-2;
    await runtime.load(start);
    const rule = await program.run(noises);
    for (const [moved, ruled] of [["user", rule.du], ["item", rule.di]] as const) {
      const { shape, data } = start.get(moved)!, direction = data.map(() => rng.normal());
      const at = async (h: number) => {
        await runtime.load(new Map([...start, [moved, { shape, data: data.map((x, i) => x + h * direction[i]!) }]]));
        return Number((await program.run(noises)).loss![0]);
      };
      const difference = (await at(STEP) - await at(-STEP)) / (2 * STEP);
      const slope = direction.reduce((total, d, i) => total + d * Number(ruled![i]), 0);
      assert(
        Math.abs(difference - slope) < 1e-3 * Math.max(1, Math.abs(slope)),
        `${moved}: ${slope}, not ${difference}`,
      );
    }
  });
}

Deno.test("it trains with dropout: the loss falls", async () => {
  const { reports, error } = await smallRun({ backbone: lightgcn({ dim: 4, dropout: 0.2 }), epochs: 8 });
  assert.equal(error, undefined);
  assert(reports.at(-1)!.loss < 0.95 * reports[0]!.loss, `${reports.map(({ loss }) => loss)}`);
});

Deno.test("neighbourhoods hold each node's neighbours once, by falling degree, at most a fifth of them padding", () => {
  const logs = fc.array(fc.tuple(fc.nat(11), fc.nat(40).map((x) => Math.floor(x * x / 160))), { maxLength: 120 });
  fc.assert(fc.property(logs, (pairs) => {
    const known = catalogue(interactions({
      users: pairs.map(([user]) => user),
      items: pairs.map(([, item]) => item),
      userCount: 12,
      itemCount: 11,
    }));
    const { count, order, position, degree, blocks, isolated } = neighbourhoods(known);
    assert.deepEqual([...order].map((node) => position[node]), [...everyone(count)]);
    const met = new Map(Array.from(order, (node) => [node, [] as string[]]));
    for (let user = 0; user < 12; user++) {
      for (let edge = known.offsets[user]!; edge < known.offsets[user + 1]!; edge++) {
        met.get(user)!.push(`${12 + known.positives[edge]!} by ${edge}`);
        met.get(12 + known.positives[edge]!)!.push(`${user} by ${edge}`);
      }
    }
    let at = 0;
    for (const { rows, width, neighbours, edges } of blocks) {
      for (let row = 0; row < rows; row++, at++) {
        const slots = [...neighbours.subarray(row * width, (row + 1) * width).entries()];
        const found = slots.filter(([, other]) => other < count)
          .map(([slot, other]) => `${order[other]} by ${edges[row * width + slot]}`);
        assert.deepEqual(found.toSorted(), met.get(order[at]!)!.toSorted());
        assert.equal(found.length, degree[at]);
        assert(found.length >= 0.8 * width);
        for (const [slot, other] of slots) {
          if (other === count) assert.equal(edges[row * width + slot], known.positives.length);
        }
      }
    }
    assert.equal(at + isolated, count);
    assert([...order.subarray(at)].every((node) => met.get(node)!.length === 0));
  }));
});
