import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { GraphBuilder } from "../../graphs/builder.ts";
import { mf } from "../../models/mf.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { checkerboard } from "./checkerboard.ts";

const of = catalogue(checkerboard(3));
const USER = [[1, 2], [0, -1], [3, 0.5]], ITEM = [[2, 1], [-1, 4], [0, 3]], BIAS = [10, 20, 30];
const table = (rows: readonly (readonly number[])[]) => ({
  shape: [rows.length, rows[0]!.length],
  data: Float32Array.from(rows.flat()),
});

/** Scores of users 2 and 0 for items 1, 2 and 2, 0. */
async function scores(bias: boolean): Promise<number[]> {
  const runtime = await openRuntime({ provider: "wasm" }), graph = new GraphBuilder();
  const encoder = mf({ dim: 2, bias }).build(graph, of, { rows: 2, users: graph.input("users", "int32", [2]) });
  const items = encoder.items(graph.input("ids", "int32", [2, 2]));
  const program = await runtime.compile(graph, { outputs: { scores: encoder.score(encoder.query, items) } });
  await runtime.load(new Map([["user", table(USER)], ["item", table(ITEM)], ["bias", table(BIAS.map((b) => [b]))]]));
  const found = await program.run({ users: Int32Array.of(2, 0), ids: Int32Array.of(1, 2, 2, 0) });
  return Array.from(found.scores as Float32Array);
}

Deno.test("matrix factorisation scores the inner product of a user's and an item's vector", async () => {
  assert.deepEqual(await scores(false), [-1, 1.5, 6, 4]); // (3, .5).(-1, 4), (3, .5).(0, 3), (1, 2).(0, 3), (1, 2).(2, 1)
});

Deno.test("with a bias it adds that of the item", async () => {
  assert.deepEqual(await scores(true), [-1 + 20, 1.5 + 30, 6 + 30, 4 + 10]);
});

Deno.test("tables start Xavier-uniform by their own rows, biases at zero, and only the user's vector decays", async () => {
  const runtime = await openRuntime({ provider: "wasm", seed: 3 }), graph = new GraphBuilder();
  const big = { ...of, users: 300, items: 500 };
  const encoder = mf({ dim: 8, bias: true }).build(graph, big, { rows: 1, users: graph.input("users", "int32", [1]) });
  const items = encoder.items(graph.constant(Int32Array.of(0), [1, 1]));
  assert.deepEqual([encoder.query.shape, encoder.decayed?.shape], [[1, 1, 9], [1, 8]]);
  await runtime.compile(graph, { outputs: { scores: encoder.score(encoder.query, items) } });
  const saved = await runtime.save(),
    largest = (name: string) => saved.get(name)!.data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  for (const [name, rows] of [["user", 300], ["item", 500]] as const) {
    const bound = Math.sqrt(6 / (rows + 8));
    assert(largest(name) <= bound && largest(name) > 0.98 * bound, `${name}: ${largest(name)} of ${bound}`);
  }
  assert.equal(largest("bias"), 0);
});
