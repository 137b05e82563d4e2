import assert from "node:assert/strict";
import { gradients } from "../../graphs/autodiff.ts";
import { GraphBuilder, RowGradient, type Value } from "../../graphs/builder.ts";
import { filled, normal, xavierUniform, zeros } from "../../graphs/initializers.ts";
import { add, mul, neg, sub } from "../../graphs/ops/arithmetic.ts";
import { gelu } from "../../graphs/ops/activation.ts";
import { denseRows, gather, gatherElements } from "../../graphs/ops/index.ts";
import { matmul } from "../../graphs/ops/linear.ts";
import { layerNorm } from "../../graphs/ops/normalize.ts";
import { logSumExp, mean, sum } from "../../graphs/ops/reduce.ts";
import { openRuntime } from "../../runtime/providers.ts";

/** A classifier of embedded ids: table, layer norm, hidden layer, softmax cross entropy, and weight decay. */
function classifier() {
  const g = new GraphBuilder();
  const table = g.variable("table", [5, 4], normal(1));
  const scale = g.variable("scale", [4], filled(1)), bias = g.variable("bias", [4], zeros);
  const w1 = g.variable("w1", [4, 6], xavierUniform), b1 = g.variable("b1", [6], normal(0.1));
  const w2 = g.variable("w2", [6, 3], xavierUniform);
  const ids = g.input("ids", "int32", [4]), labels = g.input("labels", "int32", [4, 1]);
  const hidden = gelu(add(matmul(layerNorm(gather(table, ids), scale, bias), w1), b1)); // [4, 6]
  const logits = matmul(hidden, w2); // [4, 3]
  const entropy = neg(mean(sub(gatherElements(logits, labels, 1), logSumExp(logits, [1], true))));
  const loss = add(entropy, mul(0.01, sum(mul(w1, w1))));
  return { g, loss, parameters: [table, scale, bias, w1, b1, w2] };
}
const feeds = { ids: Int32Array.of(3, 0, 3, 4), labels: Int32Array.of(0, 2, 1, 1) };

Deno.test("every element of every gradient of a small classifier agrees with finite differences", async () => {
  const { g, loss, parameters } = classifier(), found = gradients(loss, parameters);
  const outputs: Record<string, Value> = { loss };
  for (const [variable, gradient] of found) {
    outputs[`d ${variable.name}`] = gradient instanceof RowGradient ? denseRows(gradient, variable.shape) : gradient;
  }
  assert(found.get(parameters[0]!) instanceof RowGradient);
  const runtime = await openRuntime({ provider: "wasm", seed: 11 });
  const program = await runtime.compile(g, { outputs }), lossOnly = await runtime.compile(g, { outputs: { loss } });
  const rule = await program.run(feeds), saved = await runtime.save(), STEP = 1e-2;
  let checked = 0;
  for (const { name, shape } of parameters) {
    const start = saved.get(name)!.data;
    for (let at = 0; at < start.length; at++) {
      const losses: number[] = [];
      for (const h of [STEP, -STEP]) {
        const data = start.slice();
        data[at]! += h;
        await runtime.load(new Map([[name, { shape, data }]]));
        losses.push(Number((await lossOnly.run(feeds)).loss[0]));
      }
      await runtime.load(new Map([[name, { shape, data: start }]]));
      const slope = (losses[0]! - losses[1]!) / (2 * STEP), byRule = Number(rule[`d ${name}`]![at]);
      assert(Math.abs(slope - byRule) < 5e-4, `${name}[${at}]: the rule says ${byRule}, differences say ${slope}`);
      if (Math.abs(byRule) > 5e-3) checked++;
    }
  }
  assert(checked > 40, `only ${checked} elements have a gradient to speak of`);
});

Deno.test("a row that is not gathered has gradient 0", async () => {
  const { g, loss, parameters: [table] } = classifier(), gradient = gradients(loss, [table!]).get(table!);
  assert(gradient instanceof RowGradient);
  const runtime = await openRuntime({ provider: "wasm", seed: 11 });
  const program = await runtime.compile(g, { outputs: { dense: denseRows(gradient, [5, 4]) } });
  const { dense } = await program.run(feeds);
  for (const row of [1, 2]) assert.deepEqual(dense.slice(4 * row, 4 * row + 4), new Float32Array(4));
  assert(dense.slice(12, 16).some((x) => x !== 0));
});
