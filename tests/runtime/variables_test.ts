import assert from "node:assert/strict";
import { GraphBuilder, type Variable } from "../../graphs/builder.ts";
import { filled, normal, xavierUniform } from "../../graphs/initializers.ts";
import { add, mul } from "../../graphs/ops/arithmetic.ts";
import { gather, scatterNdAdd } from "../../graphs/ops/index.ts";
import { sum } from "../../graphs/ops/reduce.ts";
import { openRuntime } from "../../runtime/providers.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { eachProvider } from "./each_provider.ts";
import { webgpuTest } from "./webgpu_test_case.ts";

const graphWith = (name: string, shape: number[], init = filled(1)) => {
  const g = new GraphBuilder();
  return { g, w: g.variable(name, shape, init) };
};
const valueOf = async (runtime: Runtime, w: Variable) =>
  (await (await runtime.compile(w.graph, { outputs: { value: w } })).run({})).value;

eachProvider("programs that declare a variable of one name share it", async (runtime) => {
  const training = graphWith("w", [2]), reading = graphWith("w", [2], filled(99));
  training.g.assign(training.w, mul(training.w, 3));
  const step = await runtime.compile(training.g, { outputs: {} });
  const read = await runtime.compile(reading.g, { outputs: { twice: mul(reading.w, 2) } });
  await step.run({});
  await step.run({});
  assert.deepEqual((await read.run({})).twice, Float32Array.of(18, 18));
});

eachProvider("a variable of the same name and another shape is refused", async (runtime) => {
  await valueOf(runtime, graphWith("w", [2, 3]).w);
  await assert.rejects(
    (async () => await valueOf(runtime, graphWith("w", [3, 2]).w))(),
    /Cannot declare variable "w" as \[3,2\]: another program has it as \[2,3\]/,
  );
});

eachProvider(
  "what is saved loads into another runtime, before or after its variables are declared",
  async (runtime) => {
    await valueOf(runtime, graphWith("first", [5], normal(1)).w);
    await valueOf(runtime, graphWith("second", [2, 2], normal(1)).w);
    const saved = await runtime.save();
    assert.deepEqual([...saved].map(([name, { shape }]) => [name, shape]), [["first", [5]], ["second", [2, 2]]]);
    const other = await openRuntime({ provider: runtime.provider, seed: 7 });
    const early = graphWith("first", [5]).w, late = graphWith("second", [2, 2]).w;
    await valueOf(other, early);
    await other.load(saved);
    assert.deepEqual(await valueOf(other, early), saved.get("first")!.data);
    assert.deepEqual(await valueOf(other, late), saved.get("second")!.data);
    assert.deepEqual(await other.save(), saved);
    await other.dispose();
  },
);

eachProvider("what is saved is a copy", async (runtime) => {
  const { g, w } = graphWith("w", [1]);
  g.assign(w, add(w, 1));
  const program = await runtime.compile(g, { outputs: {} }), saved = await runtime.save();
  await program.run({});
  assert.deepEqual(saved.get("w")!.data, Float32Array.of(1));
});

eachProvider(
  "a saved tensor of another shape is refused by name, also where it has as many elements",
  async (runtime) => {
    await valueOf(runtime, graphWith("w", [3, 2]).w);
    for (const shape of [[2], [2, 3], [6]]) {
      const length = shape.reduce((size, each) => size * each, 1);
      const wanted = `Cannot load "w": it is [3,2], the saved tensor [${shape}] with ${length} elements`;
      await assert.rejects(
        (async () => await runtime.load(new Map([["w", { shape, data: new Float32Array(length) }]])))(),
        ({ message }: Error) => message === wanted,
      );
    }
  },
);

eachProvider("where one saved tensor has another shape none is loaded", async (runtime) => {
  const first = graphWith("first", [2]).w, second = graphWith("second", [2]).w, later = graphWith("later", [2]).w;
  const before = [await valueOf(runtime, first), await valueOf(runtime, second)];
  const saved = (length: number) => ({ shape: [length], data: new Float32Array(length).fill(9) });
  const tensors = new Map([["later", saved(2)], ["first", saved(2)], ["second", saved(3)]]);
  await assert.rejects((async () => await runtime.load(tensors))(), /^TypeError: Cannot load "second": it is \[2\]/);
  assert.deepEqual([await valueOf(runtime, first), await valueOf(runtime, second)], before);
  assert.notDeepEqual(await valueOf(runtime, later), saved(2).data);
});

eachProvider("assignments are simultaneous: two variables can swap", async (runtime) => {
  const g = new GraphBuilder(), a = g.variable("a", [4], filled(1)), b = g.variable("b", [4], filled(2));
  g.assign(a, b);
  g.assign(b, a);
  await (await runtime.compile(g, { outputs: {} })).run({});
  const saved = await runtime.save();
  assert.deepEqual([saved.get("a")!.data[0], saved.get("b")!.data[0]], [2, 1]);
});

eachProvider("a run reads a table as it was before the run scatters into it", async (runtime) => {
  const g = new GraphBuilder(), table = g.variable("table", [4, 1], filled(1));
  const at = g.constant(Int32Array.of(2), [1, 1]), ids = g.constant(Int32Array.of(2, 3));
  g.assign(table, scatterNdAdd(table, at, g.constant(Float32Array.of(5), [1, 1])));
  const program = await runtime.compile(g, { outputs: { whole: table, rows: gather(table, ids) } });
  const first = await program.run({}), second = await program.run({});
  assert.deepEqual([first.whole, first.rows], [Float32Array.of(1, 1, 1, 1), Float32Array.of(1, 1)]);
  assert.deepEqual([second.whole, second.rows], [Float32Array.of(1, 1, 6, 1), Float32Array.of(6, 1)]);
});

webgpuTest("one seed starts the variables with the same bytes on both providers", async () => {
  const values = await Promise.all((["wasm", "webgpu"] as const).map(async (provider) => {
    const runtime = await openRuntime({ provider, seed: 5 });
    const found = [
      await valueOf(runtime, graphWith("table", [7, 3], normal(0.1)).w),
      await valueOf(runtime, graphWith("weights", [3, 3], xavierUniform).w),
    ];
    await runtime.dispose();
    return found;
  }));
  assert.deepEqual(values[0], values[1]);
});

Deno.test("another seed, or another name, starts a variable otherwise", async () => {
  const start = async (seed: number, name: string) => {
    const runtime = await openRuntime({ provider: "wasm", seed });
    return await valueOf(runtime, graphWith(name, [4], normal(1)).w);
  };
  assert.deepEqual(await start(1, "a"), await start(1, "a"));
  assert.notDeepEqual(await start(1, "a"), await start(2, "a"));
  assert.notDeepEqual(await start(1, "a"), await start(1, "b"));
});

eachProvider("a program that was disposed of does not run, and touches nothing that came after it", async (runtime) => {
  const g = new GraphBuilder(), table = g.variable("table", [50, 4], normal(1));
  const rows = (name: string) => gather(table, g.input(name, "int32", [3]));
  const program = await runtime.compile(g, { outputs: { dots: sum(mul(rows("a"), rows("b")), [1]) } });
  await program.dispose();
  await program.dispose();
  const { g: other, w } = graphWith("after", [4]), x = other.variable("x", [4], filled(2));
  await runtime.compile(other, { outputs: { y: add(w, x) } }); // takes the memory that the program had
  const before = await runtime.save();
  await assert.rejects(program.run({ a: Int32Array.of(7, 8, 9), b: Int32Array.of(1, 2, 3) }), /was disposed of/);
  assert.deepEqual(await runtime.save(), before);
});

eachProvider(
  "an initializer of too few elements, or too many, is refused by the variable's name",
  async (runtime) => {
    await assert.rejects(() => valueOf(runtime, graphWith("long", [2], () => Float32Array.of(1, 2, 3)).w), {
      message: 'Cannot initialise variable "long": its shape is [2], 2 elements; its initializer made 3',
    });
    await assert.rejects(() => valueOf(runtime, graphWith("bias", [4, 1], () => Float32Array.of(1, 2)).w), {
      name: "TypeError",
      message: 'Cannot initialise variable "bias": its shape is [4,1], 4 elements; its initializer made 2',
    });
  },
);
