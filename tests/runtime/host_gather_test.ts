import assert from "node:assert/strict";
import { GraphBuilder, type Value } from "../../graphs/builder.ts";
import { normal } from "../../graphs/initializers.ts";
import { add, mul } from "../../graphs/ops/arithmetic.ts";
import { gather } from "../../graphs/ops/index.ts";
import { sum } from "../../graphs/ops/reduce.ts";
import { reshape } from "../../graphs/ops/shape.ts";
import { prune } from "../../graphs/prune.ts";
import { hostGathers } from "../../runtime/host_gather.ts";
import { openRuntime } from "../../runtime/providers.ts";

function tables() {
  const g = new GraphBuilder();
  return { g, table: g.variable("table", [10, 3], normal(1)), ids: g.input("ids", "int32", [2, 2]) };
}
const found = (...outputs: Value[]) =>
  hostGathers(prune(outputs[0]!.graph, outputs).nodes, outputs).map(({ variable, ids }) => [variable.name, ids.name]);

Deno.test("a table that is read only at fed ids is not fed whole", () => {
  const { g, table, ids } = tables(), more = g.input("more", "int32", [3]);
  assert.deepEqual(found(gather(table, ids)), [["table", "ids"]]);
  assert.deepEqual(found(gather(table, ids), sum(gather(table, more))), [["table", "ids"], ["table", "more"]]);
});

Deno.test("a table that is needed whole, at computed ids, along another axis, or at most of its rows, is fed whole", () => {
  const { g, table, ids } = tables();
  assert.deepEqual(found(gather(table, ids), table), [], "an output");
  assert.deepEqual(found(gather(table, ids), mul(table, 2)), [], "used whole");
  assert.deepEqual(found(gather(table, reshape(ids, [4]))), [], "computed ids");
  assert.deepEqual(found(gather(table, g.constant(Int32Array.of(1, 2)))), [], "constant ids");
  assert.deepEqual(found(gather(table, g.input("columns", "int32", [1]), 1)), [], "columns");
  assert.deepEqual(found(gather(table, g.input("many", "int32", [11]))), [], "more rows than there are");
});

Deno.test("gathering on the host or in the graph gives the same rows", async () => {
  const { g, table, ids } = tables(), rows = gather(table, ids);
  const runtime = await openRuntime({ provider: "wasm", seed: 3 });
  const feeds = { ids: Int32Array.of(9, 0, 4, 9) };
  const host = await (await runtime.compile(g, { outputs: { rows } })).run(feeds);
  const whole = await (await runtime.compile(g, { outputs: { rows, all: add(table, 0) } })).run(feeds);
  assert.deepEqual(host.rows, whole.rows);
  assert.deepEqual(host.rows.slice(0, 3), whole.all.slice(27, 30));
});

Deno.test("what a run gave stays as it is when the next run gathers other rows", async () => {
  const { g, table, ids } = tables(), runtime = await openRuntime({ provider: "wasm", seed: 3 });
  const program = await runtime.compile(g, { outputs: { rows: gather(table, ids) } });
  const { rows } = await program.run({ ids: Int32Array.of(1, 2, 3, 4) }), before = rows.slice();
  const { rows: other } = await program.run({ ids: Int32Array.of(5, 6, 7, 8) });
  assert.deepEqual(rows, before);
  assert.notDeepEqual(other, before);
  await runtime.dispose();
});
