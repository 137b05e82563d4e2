import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { interactions } from "../../datasets/interactions.ts";
import { GraphBuilder } from "../../graphs/builder.ts";
import { sizeOf, type TensorData } from "../../graphs/tensor.ts";
import { ngcf } from "../../models/ngcf.ts";
import { Rng } from "../../random/rng.ts";
import { openRuntime } from "../../runtime/providers.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { eachProvider } from "../runtime/each_provider.ts";
import { smallRun } from "../training/small_run.ts";
import { type Matrix, normalised, times } from "./dense_graph.ts";

/** User 3 has met nothing, nobody has met item 3. */
const of = catalogue(interactions({
  users: [0, 0, 1, 1, 2, 2],
  items: [0, 1, 2, 0, 0, 1],
  userCount: 4,
  itemCount: 4,
}));
const USERS = 4, ITEMS = 4, NODES = USERS + ITEMS, DIM = 3, LAYERS = 2, A = normalised(of);
type Options = NonNullable<Parameters<typeof ngcf>[0]>;
type Compat = NonNullable<Options["compat"]>;
const everyone = Int32Array.from({ length: USERS }, (_, id) => id);

/** The layers of all users and of all items, their scores, and the variables that they are of. */
async function represented(runtime: Runtime, options: Options, noise: Readonly<Record<string, TensorData>> = {}) {
  const graph = new GraphBuilder(), rng = new Rng(6, "ngcf test"), training = Object.keys(noise).length > 0;
  const encoder = ngcf({ dim: DIM, layers: LAYERS, ...options })
    .build(graph, of, { rows: USERS, users: graph.constant(everyone), training });
  const items = encoder.items(graph.constant(everyone, [1, ITEMS])), scores = encoder.score(encoder.query, items);
  const program = await runtime.compile(graph, { outputs: { users: encoder.query, items, scores } });
  const start = new Map([...graph.variables.values()].map(({ name, shape }) => [
    name,
    { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => 0.7 * rng.normal()) },
  ]));
  await runtime.load(start);
  const matrix = (name: string): Matrix => {
    const { shape, data } = start.get(name)!, width = shape.at(-1)!;
    return Array.from({ length: data.length / width }, (_, row) => [...data.subarray(row * width, (row + 1) * width)]);
  };
  const found = await program.run(noise) as Record<"users" | "items" | "scores", Float32Array>;
  return { ...found, shape: encoder.query.shape, matrix, graph };
}
const each = (a: Matrix, b: Matrix, f: (x: number, y: number) => number): Matrix =>
  a.map((row, at) => row.map((x, column) => f(x, b[at]![column] ?? b[at]![0]!)));
const plus = (a: Matrix, b: Matrix) => each(a, b, (x, y) => x + y);
const by = (a: Matrix, b: Matrix) => each(a, b, (x, y) => x * y);
const leaky = (a: Matrix) => a.map((row) => row.map((x) => x > 0 ? x : 0.2 * x));
const unit = (a: Matrix) => a.map((row) => row.map((x) => x / Math.hypot(...row)));
const near = (found: ArrayLike<number>, wanted: readonly number[]) => {
  assert.equal(found.length, wanted.length);
  wanted.forEach((x, at) => assert(Math.abs(found[at]! - x) < 2e-5, `${at}: ${found[at]}, not ${x}`));
};

/** Layers 0..L as the score sees them, by dense matrices. */
function layers(
  compat: Compat,
  matrix: (name: string) => Matrix,
  { sent = (X: Matrix) => X, kept = (X: Matrix, _layer: number) => X } = {},
): readonly Matrix[] {
  let X: Matrix = [...matrix("user"), ...matrix("item")];
  const found = [X];
  for (let layer = 1; layer <= LAYERS; layer++) {
    const S = times(A, sent(X)), W1 = matrix(`W1_${layer}`), W2 = matrix(`W2_${layer}`);
    const sum = plus(times(compat === "mixgcf" ? S : plus(X, S), W1), times(by(X, S), W2));
    const b = compat === "paper" ? [new Array<number>(DIM).fill(0)] : matrix(`b_${layer}`);
    X = kept(leaky(plus(sum, X.map(() => b[0]!))), layer);
    found.push(compat === "paper" ? X : unit(X));
    if (compat === "recbole") X = unit(X);
  }
  return found;
}
const byNode = (all: readonly Matrix[]) => Array.from({ length: NODES }, (_, node) => all.flatMap((X) => X[node]!));

for (const compat of ["paper", "mixgcf", "recbole"] as const) {
  eachProvider(`layers of ngcf are those of dense matrices, as ${compat} has them`, async (runtime) => {
    const { users, items, scores, shape, matrix } = await represented(runtime, { compat });
    assert.deepEqual(shape, [USERS, LAYERS + 1, DIM]);
    const wanted = byNode(layers(compat, matrix));
    near([...users, ...items], wanted.flat());
    const [p, q] = [wanted.slice(0, USERS), wanted.slice(USERS)]; // a score is of all layers side by side
    near(scores, p.flatMap((u) => q.map((i) => u.reduce((total, x, at) => total + x * i[at]!, 0))));
  });
}

Deno.test("nodes that are dropped send their neighbours nothing in any layer, and the others more", async () => {
  const noise = Float32Array.of(0.9, 0.1, 0.24, 0.26, 0.5, 0.2, 0.7, 0.8, 0.3),
    runtime = await openRuntime({ provider: "wasm" });
  const { users, items, matrix, graph } = await represented(runtime, { nodeDropout: 0.25 }, { nodeDropout: noise });
  assert.deepEqual([...graph.noises.keys()], ["nodeDropout"]);
  const degree = A.map((row) => row.filter((x) => x > 0).length); // noise is by position: by falling degree
  const order = degree.map((_, node) => node).sort((a, b) => degree[b]! - degree[a]!);
  const scale = degree.map((_, node) => [noise[order.indexOf(node)]! < 0.25 ? 0 : 1 / 0.75]);
  near([...users, ...items], byNode(layers("paper", matrix, { sent: (X) => by(X, scale) })).flat());
});

Deno.test("elements of messages that are dropped are zero in their layer and what follows, the others larger", async () => {
  const rng = new Rng(2, "messages"), runtime = await openRuntime({ provider: "wasm" });
  const drawn = () => Float32Array.from({ length: (NODES + 1) * DIM }, () => rng.uniform());
  const noise: Readonly<Record<string, Float32Array>> = { messageDropout_1: drawn(), messageDropout_2: drawn() };
  const { users, items, matrix, graph } = await represented(runtime, { messageDropout: 0.4 }, noise);
  assert.deepEqual([...graph.noises.keys()], Object.keys(noise));
  const degree = A.map((row) => row.filter((x) => x > 0).length);
  const order = degree.map((_, node) => node).sort((a, b) => degree[b]! - degree[a]!);
  const kept = (X: Matrix, layer: number) =>
    X.map((row, node) =>
      row.map((x, at) => noise[`messageDropout_${layer}`]![order.indexOf(node) * DIM + at]! < 0.4 ? 0 : x / 0.6)
    );
  near([...users, ...items], byNode(layers("paper", matrix, { kept })).flat());
});

Deno.test("ngcf drops nothing where it does not train, and trains with both dropouts", async () => {
  const runtime = await openRuntime({ provider: "wasm" }), dropouts = { nodeDropout: 0.1, messageDropout: 0.1 };
  assert.equal((await represented(runtime, dropouts)).graph.noises.size, 0);
  const { reports, error } = await smallRun({ backbone: ngcf({ dim: 4, ...dropouts }), epochs: 8 });
  assert.equal(error, undefined);
  assert(reports.at(-1)!.loss < 0.95 * reports[0]!.loss, `${reports.map(({ loss }) => loss)}`);
});
