import assert from "node:assert/strict";
import { GraphBuilder, type Value } from "../../graphs/builder.ts";
import { filled, normal } from "../../graphs/initializers.ts";
import { abs, add, div, max, min, mul, neg, reciprocal, sqrt, sub } from "../../graphs/ops/arithmetic.ts";
import { sigmoid } from "../../graphs/ops/activation.ts";
import { expand } from "../../graphs/ops/shape.ts";
import { openRuntime } from "../../runtime/providers.ts";
import type { Provider } from "../../runtime/runtime.ts";
import type { UpdateRule } from "../../runtime/update.ts";
import { wgslKernel } from "../../runtime/wgsl_kernel.ts";
import { webgpuTest } from "./webgpu_test_case.ts";

/** Every op that a rule may use, and the same scalars in another order. */
const everyOp: UpdateRule = {
  states: ["lowest", "seen"],
  rows: "all",
  scalars: (step) => ({ rate: 0.1 * step, least: -0.25, most: 1e-8 }),
  next({ parameter, gradient, states: { lowest, seen }, scalars: { rate, least, most } }) {
    const root = sqrt(add(abs(gradient), most!)), clipped = max(least!, min(gradient, 0.75));
    return {
      parameter: sub(parameter, mul(rate!, div(clipped, add(root, reciprocal(add(seen!, 2)))))),
      states: { lowest: min(lowest!, neg(parameter)), seen: add(seen!, 1) },
    };
  },
};

async function updated(provider: Provider, steps: number) {
  const g = new GraphBuilder(), table = g.variable("t", [5, 7], normal(1)), slope = g.input("slope", "float32", [5, 7]);
  const runtime = await openRuntime({ provider, seed: 6 });
  const program = await runtime.compile(g, {
    outputs: {},
    updates: [{ variable: table, gradient: slope, rule: everyOp }],
  });
  for (let step = 0; step < steps; step++) {
    await program.start({ slope: Float32Array.from({ length: 35 }, (_, at) => 2 * Math.sin(at + 40 * step)) });
  }
  const saved = await runtime.save();
  await runtime.dispose();
  return saved;
}

webgpuTest(
  "a shader computes every op of a rule as a kernel on the CPU does, over a gradient that is fed",
  async () => {
    const [expected, found] = [await updated("wasm", 3), await updated("webgpu", 3)];
    assert.deepEqual([...found.keys()].sort(), ["t", "t#lowest", "t#seen", "t#step"]);
    for (const [name, { data }] of expected) {
      data.forEach((x, at) => {
        const y = found.get(name)!.data[at]!;
        assert(Math.abs(x - y) <= 1e-6 * Math.max(1, Math.abs(x)), `${name} [${at}]: ${y}, not ${x}`);
      });
    }
  },
);

webgpuTest("a table of more elements than one row of workgroups has is updated to its end", async () => {
  const LENGTH = 65535 * 64 + 100, g = new GraphBuilder(), table = g.variable("t", [LENGTH], filled(1));
  const runtime = await openRuntime({ provider: "webgpu" });
  const rule: UpdateRule = {
    states: [],
    rows: "all",
    scalars: () => ({}),
    next: ({ parameter, gradient }) => ({ parameter: sub(parameter, gradient), states: {} }),
  };
  const gradient = expand(g.input("slope", "float32", [1]), [LENGTH]);
  const program = await runtime.compile(g, { outputs: {}, updates: [{ variable: table, gradient, rule }] });
  await program.start({ slope: Float32Array.of(3) });
  const { data } = (await runtime.save()).get("t")!;
  assert(data.every((x) => x === -2));
  await runtime.dispose();
});

Deno.test("an op without a form in a shader is named with its node", () => {
  const g = new GraphBuilder(), array = (name: string): Value => g.input(name, "float32", [1]), x = array("x");
  assert.throws(
    () =>
      wgslKernel({ arrays: [x, array("g")], scalars: [], writes: [{ array: 0, value: mul(x, sigmoid(x)) }] }, false),
    /Cannot compile a kernel: op "Sigmoid" \(node "Sigmoid_0"\) has no shader form/,
  );
});
