import assert from "node:assert/strict";
import { GraphBuilder, type Value } from "../../graphs/builder.ts";
import { mul, neg, pow, sign } from "../../graphs/ops/arithmetic.ts";
import { cast, less, or, where } from "../../graphs/ops/compare.ts";
import { argMax, gatherElements, topK } from "../../graphs/ops/index.ts";
import { sum } from "../../graphs/ops/reduce.ts";
import { reshape, slice, transpose } from "../../graphs/ops/shape.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { CPU, GPU, placementOf } from "./placement.ts";
import { webgpuTest } from "./webgpu_test_case.ts";

/** Ops without a kernel on WebGPU, in a form whose result is known by WASM. */
function written() {
  const g = new GraphBuilder(), x = g.input("x", "float32", [2, 3, 4]), ids = g.input("ids", "int32", [2, 3, 4]);
  const slots = g.input("slots", "int32", [2, 2, 4]), best = argMax(x, 2); // [2, 3, 1]
  const high = less(1, x), low = less(x, -1);
  const outputs: Record<string, Value> = {
    "ids at the largest": gatherElements(ids, best, 2),
    "ids at slots along an axis within, slots from the end included": gatherElements(ids, slots, 1),
    "slots of the top, in halves": slice(topK(x, 2).slots, 2, 1, 2),
    "signs, of zero and of what is no number": sign(where(high, Number.NaN, x)),
    "either": where(or(high, low), x, 0),
    "less than none": neg(ids),
    "one by what is zero here and there": pow(x, -1),
    "squares": sum(mul(x, x), [1, 2]),
    "an axis of one moved": transpose(reshape(x, [2, 1, 3, 4]), [0, 2, 1, 3]),
  };
  return { g, outputs };
}
const count = { length: 24 };
const feeds = {
  x: Float32Array.from(count, (_, at) => at % 5 === 0 ? 0 : Math.round(12 * Math.sin(7 * at)) / 4),
  ids: Int32Array.from(count, (_, at) => 100 + 2 ** 24 + at), // beyond what float32 tells apart
  slots: Int32Array.from({ length: 16 }, (_, at) => at % 6 - 3),
};

webgpuTest("ops without a kernel run on WebGPU in ops that have one, and give what they give on WASM", async () => {
  const computed = async (provider: "wasm" | "webgpu") => {
    const { g, outputs } = written(), runtime = await openRuntime({ provider });
    const results = await (await runtime.compile(g, { outputs })).run(feeds);
    await runtime.dispose();
    return results;
  };
  const expected = await computed("wasm");
  let found = {};
  const { counts, named } = await placementOf(async () => found = await computed("webgpu"));
  assert.deepEqual(Object.keys(counts), [GPU], `${named[CPU]}`);
  assert.deepEqual(found, expected);
});

webgpuTest("a node that is left to the CPU is seen there, with the copies that it costs", async () => {
  const g = new GraphBuilder(), x = g.input("x", "float32", [2]), long = g.input("long", "int64", [2]);
  const runtime = await openRuntime({ provider: "webgpu" });
  const { counts, named } = await placementOf(() =>
    runtime.compile(g, { outputs: { y: mul(cast(long, "float32"), x) } })
  );
  await runtime.dispose();
  const types = (nodes: readonly string[]) => nodes.map((node) => node.split(" ")[0]).sort();
  assert.deepEqual([counts, types(named[CPU]!), types(named[GPU]!)], [{ [CPU]: 1, [GPU]: 2 }, ["Cast"], [
    "MemcpyFromHost",
    "Mul",
  ]]);
});
