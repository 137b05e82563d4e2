import assert from "node:assert/strict";
import { GraphBuilder } from "../../graphs/builder.ts";
import { encode } from "../../graphs/encode.ts";
import { add, mul } from "../../graphs/ops/arithmetic.ts";
import { openModel } from "../../runtime/model.ts";
import type { Program, Runtime } from "../../runtime/runtime.ts";
import { eachProvider } from "./each_provider.ts";

/** x times `factor`, plus 1. */
function times(factor: number): readonly [GraphBuilder, ReturnType<typeof add>] {
  const graph = new GraphBuilder(), x = graph.input("x", "float32", [2]);
  return [graph, add(mul(x, factor), 1)];
}
const x = Float32Array.of(1, 2);
const compiled = (runtime: Runtime, factor: number): Promise<Program<"y">> => {
  const [graph, y] = times(factor);
  return runtime.compile(graph, { outputs: { y } });
};

eachProvider(
  "a program that was disposed of runs no more, and disposing of it again touches no other",
  async (runtime) => {
    const gone = await compiled(runtime, 2);
    await gone.dispose();
    const next = await compiled(runtime, 5); // its session has the number of the one before
    await gone.dispose();
    await assert.rejects(gone.run({ x }), /^TypeError: Cannot run: the program was disposed of/);
    await assert.rejects(gone.start({ x }), /disposed of/);
    assert.deepEqual((await next.run({ x })).y, Float32Array.of(6, 11));
  },
);

eachProvider("runs that were started come to their end, and a runtime disposes of its programs", async (runtime) => {
  const [one, other] = await Promise.all([compiled(runtime, 2), compiled(runtime, 5)]);
  const running = one.run({ x }), disposed = one.dispose();
  assert.deepEqual((await running).y, Float32Array.of(3, 5));
  await disposed;
  await runtime.dispose();
  await assert.rejects(other.run({ x }), /disposed of/);
});

Deno.test("a model that was disposed of runs no more, and disposing of it again touches no other", async () => {
  const open = (factor: number) => {
    const [graph, y] = times(factor);
    return openModel(encode(graph, { y }));
  };
  const fed = { x: { dtype: "float32", shape: [2], data: x } } as const;
  const gone = await open(2);
  await gone.dispose();
  const next = await open(5);
  await gone.dispose();
  await assert.rejects(gone.run(fed), /^TypeError: Cannot run: the model was disposed of/);
  assert.deepEqual((await next.run(fed)).y!.data, Float32Array.of(6, 11));
  await next.dispose();
});
