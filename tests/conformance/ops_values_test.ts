import assert from "node:assert/strict";
import { blocksGradient, GraphBuilder, type Value } from "../../graphs/builder.ts";
import {
  ceil,
  clip,
  floor,
  max,
  min,
  mul,
  neg,
  pow,
  roundOp,
  sign,
  stopGradient,
  sub,
} from "../../graphs/ops/arithmetic.ts";
import { gelu, softplus } from "../../graphs/ops/activation.ts";
import {
  and,
  cast,
  equal,
  greater,
  greaterOrEqual,
  isNaNOp,
  less,
  lessOrEqual,
  not,
  or,
  where,
  xorOp,
} from "../../graphs/ops/compare.ts";
import {
  argMax,
  argMaxOp,
  argMin,
  gather,
  gatherElements,
  gatherNd,
  scatterNd,
  scatterNdAdd,
  scatterNdMax,
  topK,
} from "../../graphs/ops/index.ts";
import { matmul } from "../../graphs/ops/linear.ts";
import { layerNorm, softmax } from "../../graphs/ops/normalize.ts";
import { cumSum, logSumExp, maxOver, mean, sum } from "../../graphs/ops/reduce.ts";
import { concat, expand, pad, slice, split, transpose } from "../../graphs/ops/shape.ts";
import { opTable } from "../../graphs/ops/table.ts";
import { prune } from "../../graphs/prune.ts";
import { openRuntime } from "../../runtime/providers.ts";
import type { Provider } from "../../runtime/runtime.ts";
import { webgpuTest } from "../runtime/webgpu_test_case.ts";

const graph = new GraphBuilder();
const fed = (name: string, data: Float32Array | Int32Array, ...shape: number[]) => ({
  value: graph.input(name, data instanceof Float32Array ? "float32" : "int32", shape),
  data,
});
const inputs = {
  x: fed("x", Float32Array.of(1, -2, 3, 4, 0, -6), 2, 3), //  1 -2  3
  v: fed("v", Float32Array.of(2, 0, -1), 3), //               4  0 -6
  ids: fed("ids", Int32Array.of(1, 0, 1), 3),
};
const x = inputs.x.value, v = inputs.v.value, ids = inputs.ids.value;
const int = (shape: number[], ...values: number[]) => graph.constant(Int32Array.from(values), shape);
const float = (...values: number[]) => graph.constant(Float32Array.from(values));
const table = float(1, 5, 1, 2, 9, 9);

/** What a graph computes, and what it should by hand. */
const cases: Readonly<Record<string, [Value, readonly number[]]>> = {
  "x - v stretches v over rows": [sub(x, v), [-1, -2, 4, 2, 0, -5]],
  "x squared": [pow(x, 2), [1, 4, 9, 16, 0, 36]],
  "min with v": [min(x, v), [1, -2, -1, 2, 0, -6]],
  "max with v": [max(x, v), [2, 0, 3, 4, 0, -1]],
  "clip to [-2, 3]": [clip(x, -2, 3), [1, -2, 3, 3, 0, -2]],
  "softplus of 0 is log 2": [softplus(mul(x, 0)), Array(6).fill(Math.LN2)],
  "softplus of 1000 is 1000, of -1000 is 0": [softplus(mul(v, 1000)), [2000, Math.LN2, 0]],
  "gelu(1) is Phi(1), gelu(0) is 0": [gelu(float(1, 0)), [0.8413447, 0]],
  "matrix by vector": [matmul(x, v), [-1, 14]],
  "sum of rows": [sum(x, [1]), [2, -2]],
  "mean of columns": [mean(x, [0]), [2.5, -1, -1.5]],
  "largest of each row": [maxOver(x, [-1]), [3, 4]],
  "log sum e^x of two equal 1000s": [logSumExp(float(1000, 1000)), [1000 + Math.LN2]],
  "log sum e^x over no axes is x": [logSumExp(mul(v, 100), []), [200, 0, -100]],
  "running sums": [cumSum(x, 1), [1, -1, 2, 4, 4, -2]],
  "softmax of log weights": [softmax(float(Math.log(1), Math.log(3))), [0.25, 0.75]],
  "layerNorm of -1, 1": [layerNorm(float(-1, 1), float(2, 2), float(1, 1), 0), [-1, 3]],
  "transpose": [transpose(x, [1, 0]), [1, 4, -2, 0, 3, -6]],
  "slice from the back": [slice(x, 1, -2, -1), [-2, 0]],
  "slice of the second of what is joined": [slice(concat([v, neg(v)], 0), 0, 3, 6), [-2, 0, 1]],
  "slice of the start of the second of what is joined": [slice(concat([v, neg(v)], 0), 0, 3, 5), [-2, 0]],
  "slice across what is joined": [slice(concat([v, neg(v)], 0), 0, 1, 4), [0, -1, -2]],
  "pad": [pad(v, [1], [0]), [0, 2, 0, -1]],
  "split and join the other way": [concat([...split(v, 0, [1, 2])].reverse(), 0), [0, -1, 2]],
  "a product of two stretched tensors has the stretched shape": [
    mul(expand(slice(x, 0, 0, 1), [2, 3]), expand(sub(slice(x, 0, 0, 1), 1), [2, 3])),
    [0, 6, 6, 0, 6, 6],
  ],
  "stopGradient passes the value": [stopGradient(v), [2, 0, -1]],
  "gather of rows": [gather(x, ids), [4, 0, -6, 1, -2, 3, 4, 0, -6]],
  "gather of columns": [gather(x, ids, 1), [-2, 1, -2, 0, 4, 0]],
  "gatherElements": [gatherElements(x, int([2, 2], 2, 0, 1, 1), 1), [3, 1, 0, 0]],
  "gatherNd": [gatherNd(x, int([2, 2], 1, 2, 0, 0)), [-6, 1]],
  "scatterNd writes": [scatterNd(v, int([1, 1], 2), float(7)), [2, 0, 7]],
  "scatterNdAdd adds duplicates": [scatterNdAdd(v, int([3, 1], 0, 0, 2), float(1, 2, 4)), [5, 0, 3]],
  "scatterNdMax keeps the largest": [scatterNdMax(v, int([3, 1], 0, 1, 1), float(1, 3, 2)), [2, 3, -1]],
  "the top 2 of each row": [topK(x, 2).values, [3, 1, 4, 0]],
  "the slots of the top 2": [topK(x, 2).slots, [2, 0, 0, 1]],
  "argMax": [argMax(x, 1), [2, 0]],
  "argMax along the first axis, by default": [graph.apply(argMaxOp, [x])[0]!, [1, 1, 0]],
  "argMin along the first axis": [argMin(x, 0), [0, 0, 1]],
  "argMax of a tie is the lowest slot": [argMax(table, 0), [4]],
  "argMin of a tie is the lowest slot": [argMin(table, 0), [0]],
  "equal": [equal(x, v), [0, 0, 0, 0, 1, 0]],
  "less": [less(x, v), [1, 1, 0, 0, 0, 1]],
  "less or equal": [lessOrEqual(x, v), [1, 1, 0, 0, 1, 1]],
  "greater": [greater(x, v), [0, 0, 1, 1, 0, 0]],
  "greater or equal": [greaterOrEqual(x, v), [0, 0, 1, 1, 1, 0]],
  "equal ids": [equal(ids, int([], 1)), [1, 0, 1]],
  "and": [and(less(x, v), less(x, 0)), [0, 1, 0, 0, 0, 1]],
  "or": [or(less(x, v), less(x, 0)), [1, 1, 0, 0, 0, 1]],
  "exclusive or": [graph.apply(xorOp, [less(x, v), less(x, 0)])[0]!, [1, 0, 0, 0, 0, 0]],
  "is no number": [graph.apply(isNaNOp, [float(0, NaN, 1)])[0]!, [0, 1, 0]],
  "round": [graph.apply(roundOp, [float(-1.5, 0.5, 1.4)])[0]!, [-2, 0, 1]],
  "floor": [floor(float(-1.5, 0.5, 2)), [-2, 0, 2]],
  "ceil": [ceil(float(-1.5, 0.5, 2)), [-1, 1, 2]],
  "sign": [sign(v), [1, 0, -1]],
  "not": [not(less(v, 0)), [1, 1, 0]],
  "where": [where(less(x, 0), 0, x), [1, 0, 3, 4, 0, 0]],
  "cast truncates towards 0": [cast(float(-1.5, 0.5, 2.9), "int32"), [-1, 0, 2]],
  "cast of a condition": [cast(less(v, 1), "float32"), [0, 1, 1]],
};

Deno.test("every op that blocks the gradient is in a case whose value is known by hand", () => {
  const used = new Set(prune(graph, Object.values(cases).map(([value]) => value)).nodes.map(({ op }) => op.type));
  for (const [type, { vjp }] of opTable) if (vjp === blocksGradient) assert(used.has(type), `no case uses "${type}"`);
});

async function check(provider: Provider, t: Deno.TestContext): Promise<void> {
  const runtime = await openRuntime({ provider });
  const outputs = Object.fromEntries(Object.entries(cases).map(([name, [value]]) => [name, value]));
  const program = await runtime.compile(graph, { outputs });
  const out = await program.run({ x: inputs.x.data, v: inputs.v.data, ids: inputs.ids.data });
  await program.dispose();
  await runtime.dispose();
  for (const [name, [value, expected]] of Object.entries(cases)) {
    await t.step(name, () => {
      const found = Array.from<number | bigint>(out[name]!).map(Number);
      assert.equal(found.length, value.shape.reduce((a, b) => a * b, 1), `the shape [${value.shape}] is a lie`);
      const near = found.length === expected.length &&
        found.every((y, at) => Math.abs(y - expected[at]!) <= 1e-5 * Math.max(1, Math.abs(expected[at]!)));
      assert(near, `found ${found}, expected ${expected}`);
    });
  }
}
Deno.test("on WASM ops compute what one computes by hand", (t) => check("wasm", t));
webgpuTest("on WebGPU ops compute what one computes by hand", (t) => check("webgpu", t));
