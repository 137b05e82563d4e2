import assert from "node:assert/strict";
import { gradients } from "../../graphs/autodiff.ts";
import { GraphBuilder } from "../../graphs/builder.ts";
import { normal } from "../../graphs/initializers.ts";
import { add, mul } from "../../graphs/ops/arithmetic.ts";
import { gather } from "../../graphs/ops/index.ts";
import { sum } from "../../graphs/ops/reduce.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { rowParts } from "../../runtime/row_parts.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { webgpuRuntime } from "../../runtime/webgpu.ts";
import { optimizers } from "../../training/optimizers.ts";
import { anyAdapter, webgpuTest } from "./webgpu_test_case.ts";

const KIB = 1024, ROWS = 1500, WIDTH = 32, BOUND = 64 * KIB; // 512 rows a part: three parts, the last one shorter

Deno.test("a table is kept in as few parts as its rows fit, and in one where they do or a row does not", () => {
  const spans = (rows: number, most: number) =>
    rowParts("t", [rows, 4], most).map(({ first, shape }) => [first, shape[0]]);
  assert.deepEqual(spans(10, 48), [[0, 3], [3, 3], [6, 3], [9, 1]]);
  assert.deepEqual(spans(10, 160), [[0, 10]]);
  assert.deepEqual(spans(10, 159), [[0, 9], [9, 1]]);
  assert.deepEqual(spans(10, 15), [[0, 10]]);
  assert.deepEqual(rowParts("t", [10, 4], 80).map(({ name }) => name), ["t[0..5)", "t[5..10)"]);
  assert.deepEqual(rowParts("t", [], 4), [{ name: "t", first: 0, shape: [] }]);
});

/** Two tables, one updated wholly and one by rows; rows of every part, at its ends, and more than once. */
async function trained(runtime: Runtime) {
  const g = new GraphBuilder(), ids = g.input("ids", "int32", [3, 2]), more = g.input("more", "int32", [4]);
  const dense = g.variable("dense", [ROWS, WIDTH], normal(1)), lazy = g.variable("lazy", [ROWS, WIDTH], normal(1));
  const [one, other] = [gather(dense, ids), gather(lazy, ids)], third = gather(lazy, more);
  const loss = add(sum(mul(one, mul(other, other))), sum(mul(third, third)));
  const found = gradients(loss, [dense, lazy]);
  const rules = [[dense, optimizers.adam({ lr: 0.1 })], [lazy, optimizers.lazyAdam({ lr: 0.1 })]] as const;
  const program = await runtime.compile(g, {
    outputs: { loss, one, third },
    updates: rules.map(([variable, rule]) => ({ variable, gradient: found.get(variable)!, rule })),
  });
  const losses: unknown[] = [];
  for (
    const [ids, more] of [[[0, 511, 512, 1023, 1024, 1499], [511, 512, 0, 0]], [[7, 7, 600, 600, 1400, 7], [
      1499,
      7,
      7,
      3,
    ]]]
  ) {
    losses.push(await program.run({ ids: Int32Array.from(ids!), more: Int32Array.from(more!) }));
  }
  await assert.rejects(
    program.run({ ids: new Int32Array(6).fill(ROWS), more: new Int32Array(4) }),
    /input "ids" holds id 1500 at 0; "dense" has rows 0 to 1499/,
  );
  await program.dispose();
  const saved = await runtime.save();
  return { losses, saved };
}
const inParts = async (seed = 4) => await webgpuRuntime((await anyAdapter())!, seed, "in parts", BOUND);

webgpuTest("tables larger than a binding are trained as whole ones are", async () => {
  const [whole, parts] = [await openRuntime({ provider: "webgpu", seed: 4 }), await inParts()];
  const expected = await trained(whole), found = await trained(parts);
  assert.deepEqual(found, expected); // to the byte: parts change no sum
  assert.deepEqual(found.saved.get("lazy#v")!.shape, [ROWS, WIDTH]);
  const read = async (runtime: Runtime) => {
    const g = new GraphBuilder(), table = g.variable("dense", [ROWS, WIDTH], normal(1));
    await runtime.load(expected.saved);
    const program = await runtime.compile(g, {
      outputs: { rows: gather(table, g.constant(Int32Array.of(1499, 0, 700))) },
    });
    return (await program.run({})).rows;
  };
  const fresh = await inParts(9);
  assert.deepEqual(await read(fresh), await read(whole)); // what is saved loads before the tables are declared
  for (const runtime of [whole, parts, fresh]) await runtime.dispose();
});

webgpuTest("a table that is read in another way than by rows is refused by name, size and bound", async () => {
  const g = new GraphBuilder(), table = g.variable("item", [ROWS, WIDTH], normal(1)), runtime = await inParts();
  const wide = mul(gather(table, g.input("ids", "int32", [600])), 2);
  await assert.rejects(
    runtime.compile(g, { outputs: { all: sum(table) } }),
    /^RangeError: Cannot compile for WebGPU: "item" \(float32 \[1500,32\]\) takes 192000 bytes, and a tensor may take 65536 here; only a table whose rows are gathered is kept in parts$/,
  );
  await assert.rejects(
    runtime.compile(g, { outputs: { wide } }),
    /"\w+" \(float32 \[600,32\]\) takes 76800 bytes, and a tensor may take 65536 here; a smaller batch, or provider "wasm"/,
  );
  await runtime.dispose();
});
