import assert from "node:assert/strict";
import { GraphBuilder } from "../../graphs/builder.ts";
import { normal } from "../../graphs/initializers.ts";
import { add } from "../../graphs/ops/arithmetic.ts";
import { cast } from "../../graphs/ops/compare.ts";
import { gather, scatterElementsAdd, scatterNdAdd } from "../../graphs/ops/index.ts";
import { expand, reshape, zerosOf } from "../../graphs/ops/shape.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { eachProvider } from "./each_provider.ts";
import { anyAdapter } from "./webgpu_test_case.ts";

Deno.test("auto takes WASM where the only adapter is software or there is none, and says why", async () => {
  const adapter = await anyAdapter(), runtime = await openRuntime();
  if (!adapter) {
    assert.deepEqual([runtime.provider, runtime.reason], ["wasm", "no WebGPU adapter was found"]);
  } else if (/llvmpipe|swiftshader/i.test(adapter.info.description)) {
    assert.equal(runtime.provider, "wasm");
    assert.match(runtime.reason, /^the only WebGPU adapter is software \(".*"\), which is slower than WASM$/);
  } else {
    assert.equal(runtime.provider, "webgpu");
    assert.match(runtime.reason, /^adapter "/);
  }
  await runtime.dispose();
});

eachProvider("a provider that is asked for is given, and says so", (runtime) => {
  assert.match(runtime.reason, /^asked for/);
  return Promise.resolve();
});

eachProvider("a feed that is missing, too short or of another type is refused by the input's name", async (runtime) => {
  const g = new GraphBuilder(), x = g.input("scores", "float32", [2, 2]), ids = g.input("ids", "int32", [1]);
  const program = await runtime.compile(g, { outputs: { y: add(x, cast(ids, "float32")) } });
  const scores = new Float32Array(4);
  await assert.rejects(
    program.run({ scores }),
    /Cannot run: input "ids" \(int32 \[1\]\) is not fed/,
  );
  await assert.rejects(
    program.run({ scores: new Float32Array(3), ids: Int32Array.of(1) }),
    /Cannot run: input "scores" has shape \[2,2\], 4 elements; 3 were fed/,
  );
  await assert.rejects(
    program.run({ scores, ids: Float32Array.of(1) }),
    /Cannot run: input "ids" takes int32, found float32/,
  );
  assert.deepEqual((await program.run({ scores, ids: Int32Array.of(3) })).y, new Float32Array(4).fill(3));
});

eachProvider("an id that the table does not have is refused before it can do harm", async (runtime) => {
  const g = new GraphBuilder(), table = g.variable("table", [3, 2], normal(1));
  const ids = g.input("ids", "int32", [2]), columns = g.input("columns", "int32", [1]);
  const pairs = g.input("pairs", "int32", [1, 2]), p = gather(table, cast(reshape(pairs, [2]), "int64"));
  const program = await runtime.compile(g, { outputs: { y: gather(table, ids), z: gather(table, columns, 1), p } });
  const fine = { ids: Int32Array.of(0, 2), columns: Int32Array.of(1), pairs: Int32Array.of(0, 1) };
  await program.run(fine);
  await assert.rejects(
    program.run({ ...fine, ids: Int32Array.of(0, 3) }),
    /Cannot run: input "ids" holds id 3 at 1; "table" has rows 0 to 2/,
  );
  await assert.rejects(program.run({ ...fine, ids: Int32Array.of(-1, 0) }), /input "ids" holds id -1 at 0/);
  await assert.rejects(program.run({ ...fine, columns: Int32Array.of(2) }), /input "columns" holds id 2 at 0/);
  await assert.rejects(program.run({ ...fine, pairs: Int32Array.of(0, 9) }), /input "pairs" holds id 9 at 1/);
});

eachProvider("runs that are started together come out as if one by one", async (runtime) => {
  const g = new GraphBuilder(), count = g.variable("count", [], () => new Float32Array(1));
  g.assign(count, add(count, g.input("x", "float32", [])));
  const program = await runtime.compile(g, { outputs: { before: add(count, 0) } });
  const results = await Promise.all([1, 2, 3, 4].map((x) => program.start({ x: Float32Array.of(x) })));
  const read = await runtime.read(results);
  assert.deepEqual(read.map(({ before }) => before[0]), [0, 1, 3, 6]);
  assert.deepEqual((await runtime.save()).get("count")!.data, Float32Array.of(10));
});

eachProvider("what is saved after a run was started holds that run", async (runtime) => {
  const g = new GraphBuilder(), count = g.variable("count", [], () => new Float32Array(1));
  g.assign(count, add(count, 1));
  const program = await runtime.compile(g, { outputs: {} });
  const running = program.start({});
  assert.deepEqual((await runtime.save()).get("count")!.data, Float32Array.of(1));
  await running;
});

eachProvider("a program may be compiled, growing the memory, while another runs", async (runtime) => {
  const g = new GraphBuilder(), table = g.variable("table", [100, 8], normal(1));
  const program = await runtime.compile(g, { outputs: { y: add(table, 0) } });
  const expected = (await program.run({})).y, other = new GraphBuilder();
  const large = add(other.variable("large", [2000, 64], normal(1)), 0);
  const [{ y }] = await Promise.all([program.run({}), runtime.compile(other, { outputs: { sum: large } })]);
  assert.deepEqual(y, expected);
});

eachProvider("two runtimes may work at the same time", async ({ provider }) => {
  await Promise.all([0, 1].map(async (seed) => {
    const runtime = await openRuntime({ provider, seed });
    const g = new GraphBuilder(), count = g.variable("count", [8], () => new Float32Array(8));
    g.assign(count, add(count, 1));
    const program = await runtime.compile(g, { outputs: { next: add(count, 1) } });
    for (let step = 1; step <= 5; step++) assert.equal((await program.run({})).next[0], step);
    await runtime.dispose();
  }));
});

Deno.test("native on threads adds up all rows that go to one place", async () => {
  const count = 32_768, rows = 20, width = 64, runtime = await openRuntime({ provider: "native", threads: 2 });
  const g = new GraphBuilder(), ids = g.input("ids", "int32", [count]), x = g.input("x", "float32", [count, width]);
  const at = reshape(ids, [count, 1]), zeros = zerosOf(x, [rows, width]);
  const program = await runtime.compile(g, {
    outputs: {
      byRow: scatterNdAdd(zeros, at, x),
      byElement: scatterElementsAdd(zeros, expand(at, [count, width]), x, 0),
    },
  });
  const places = Int32Array.from({ length: count }, (_, n) => n % 7 * n % rows);
  const expected = new Float32Array(rows * width);
  for (const place of places) for (let d = 0; d < width; d++) expected[place * width + d]! += 1;
  try {
    for (let run = 0; run < 10; run++) {
      const { byRow, byElement } = await program.run({ ids: places, x: new Float32Array(count * width).fill(1) });
      assert.deepEqual([byRow, byElement], [expected, expected]);
    }
  } finally {
    await runtime.dispose();
  }
});
