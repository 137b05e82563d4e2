import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { GraphBuilder } from "../../graphs/builder.ts";
import { sizeOf } from "../../graphs/tensor.ts";
import type { Backbone } from "../../models/backbone.ts";
import { gmf } from "../../models/gmf.ts";
import { mf } from "../../models/mf.ts";
import { mlp } from "../../models/mlp.ts";
import { neumf } from "../../models/neumf.ts";
import { Rng } from "../../random/rng.ts";
import { eachProvider } from "../runtime/each_provider.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { checkerboard } from "./checkerboard.ts";

const SIZE = 5, of = catalogue(checkerboard(SIZE)), ROWS = 2, ITEMS = 3, USERS = Int32Array.of(4, 1);
const IDS = Int32Array.of(0, 2, 3, 4, 4, 1); // [R, N]
type Vector = readonly number[];
type Table = (row: number) => Vector;
const dot = (a: Vector, b: Vector) => a.reduce((total, x, at) => total + x * b[at]!, 0);

/** A backbone's scores of IDS for USERS with random variables, and the tables of these. */
async function scored(runtime: Awaited<ReturnType<typeof openRuntime>>, backbone: Backbone) {
  const graph = new GraphBuilder(), rng = new Rng(5, "ncf test");
  const encoder = backbone.build(graph, of, { rows: ROWS, users: graph.constant(USERS) });
  const items = encoder.items(graph.constant(IDS, [ROWS, ITEMS]));
  const program = await runtime.compile(graph, { outputs: { scores: encoder.score(encoder.query, items) } });
  const start = new Map([...graph.variables.values()].map(({ name, shape }) => [
    name,
    { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => rng.normal()) },
  ]));
  await runtime.load(start);
  const table = (name: string): Table => (row) => {
    const { shape, data } = start.get(name)!, width = shape.at(-1)!;
    return [...data.subarray(row * width, (row + 1) * width)];
  };
  return { scores: [...(await program.run({})).scores as Float32Array], table };
}
const each = (score: (user: number, item: number) => number) =>
  Array.from(IDS, (item, at) => score(USERS[Math.floor(at / ITEMS)]!, item));
const near = (found: Vector, wanted: Vector) => {
  assert.equal(found.length, wanted.length);
  wanted.forEach((x, at) => assert(Math.abs(found[at]! - x) < 1e-5, `${at}: ${found[at]}, not ${x}`));
};
/** h . z_n of z_l = ReLU(z_{l-1} W_l + b_l), z_0 = x. */
function network(x: Vector, widths: readonly number[], table: (name: string) => Table): number {
  const z = widths.reduce((z, width, at) => {
    const W = table(`W_${at + 1}`), b = table(`b_${at + 1}`)(0);
    return Array.from({ length: width }, (_, to) => Math.max(0, b[to]! + dot(z, z.map((_, from) => W(from)[to]!))));
  }, x);
  return dot(z, z.map((_, from) => table("h")(from)[0]!));
}

eachProvider("gmf scores h . (p_u * q_i)", async (runtime) => {
  const { scores, table } = await scored(runtime, gmf({ dim: 4 })), h = table("h")(0);
  near(scores, each((u, i) => dot(h, table("user")(u).map((x, at) => x * table("item")(i)[at]!))));
});

Deno.test("gmf starts as mf, of the same seed", async () => {
  const found = await Promise.all([gmf({ dim: 4 }), mf({ dim: 4 })].map(async (backbone) => {
    const runtime = await openRuntime({ provider: "wasm", seed: 8 }), graph = new GraphBuilder();
    const encoder = backbone.build(graph, of, { rows: ROWS, users: graph.constant(USERS) });
    const items = encoder.items(graph.constant(IDS, [ROWS, ITEMS]));
    const program = await runtime.compile(graph, { outputs: { scores: encoder.score(encoder.query, items) } });
    return [...(await program.run({})).scores as Float32Array];
  }));
  assert(found[0]!.some((score) => Math.abs(score) > 0.01));
  near(found[0]!, found[1]!);
});

eachProvider("mlp scores [p_u; q_i] by a network with rectified hidden layers", async (runtime) => {
  const { scores, table } = await scored(runtime, mlp({ dim: 3, hidden: "7-4-2" }));
  near(scores, each((u, i) => network([...table("user")(u), ...table("item")(i)], [7, 4, 2], table)));
});

eachProvider("neumf scores h . [p * q; z_n] of two pairs of vectors", async (runtime) => {
  const { scores, table } = await scored(runtime, neumf({ dim: 2, mlpDim: 3, hidden: "5-4" })), h = table("h_gmf")(0);
  near(
    scores,
    each((u, i) => {
      const p = table("user")(u), q = table("item")(i);
      return h[0]! * p[0]! * q[0]! + h[1]! * p[1]! * q[1]! +
        network([...p.slice(2), ...q.slice(2)], [5, 4], table);
    }),
  );
});

Deno.test("a network's hidden layers are what the option says, and the output layer follows the last", () => {
  const graph = new GraphBuilder();
  mlp({ dim: 8, hidden: "16-6" }).build(graph, of, { rows: 1, users: graph.constant(Int32Array.of(0)) });
  const shapes = Object.fromEntries([...graph.variables.values()].map(({ name, shape }) => [name, shape]));
  const tables = { user: [SIZE, 8], item: [SIZE, 8] };
  assert.deepEqual(shapes, { ...tables, W_1: [16, 16], b_1: [16], W_2: [16, 6], b_2: [6], h: [6, 1] });
});
