import assert from "node:assert/strict";
import { GraphBuilder, type Value } from "../../graphs/builder.ts";
import { mul } from "../../graphs/ops/arithmetic.ts";
import { ddim, ddimSteps, leftAt } from "../../models/ddim.ts";
import { openRuntime } from "../../runtime/providers.ts";

const near = (found: number, wanted: number, tolerance = 1e-6) =>
  assert(Math.abs(found - wanted) <= tolerance * Math.max(1, Math.abs(wanted)), `${found} is not ${wanted}`);

async function valueOf(value: Value): Promise<Float32Array> {
  const runtime = await openRuntime({ provider: "wasm" });
  const program = await runtime.compile(value.graph, { outputs: { value } });
  const found = (await program.run({})).value as Float32Array;
  await runtime.dispose();
  return found;
}

Deno.test("what is left at each level is the product of what every level before leaves", () => {
  const left = leftAt(3); // betas .0001, .01005, .02
  [0.9999, 0.9999 * 0.98995, 0.9999 * 0.98995 * 0.98].forEach((wanted, t) => near(left[t]!, wanted));
  near(leftAt(2000).at(-1)!, 1.7e-9, 1e-9);
});

Deno.test("the steps of 2000 levels are PreferDiff's: a hundred apart, from the last to the first", () => {
  const levels = ddimSteps(leftAt(2000), 21).map(({ level }) => level);
  assert.deepEqual(levels, [...Array.from({ length: 20 }, (_, n) => 1999 - 100 * n), 0]);
});

Deno.test("the weights of a step are those by hand, and the last goes to the guess itself", () => {
  const left = Float32Array.of(0.9, 0.6, 0.2), [first, second, last] = ddimSteps(left, 3);
  assert.deepEqual([first!.level, second!.level, last!.level], [2, 1, 0]);
  near(first!.c1, Math.sqrt(0.6) - Math.sqrt(0.4) * Math.sqrt(0.2) / Math.sqrt(0.8));
  near(first!.c2, Math.sqrt(0.4) / Math.sqrt(0.8));
  near(second!.c1, Math.sqrt(0.9) - Math.sqrt(0.1) * Math.sqrt(0.6) / Math.sqrt(0.4));
  near(second!.c2, Math.sqrt(0.1) / Math.sqrt(0.4));
  assert.deepEqual(last, { level: 0, c1: 1, c2: 0 });
});

Deno.test("whatever the start, guesses of the truth lead to it", async () => {
  const graph = new GraphBuilder(), truth = graph.constant(Float32Array.of(1, -2, 0.5, 3, 0, 7), [2, 3]);
  const steps = ddimSteps(leftAt(2000), 21), start = graph.constant(Float32Array.of(5, -5, 9), [1, 3]);
  const told: number[] = [];
  const found = await valueOf(ddim(start, steps, (_, step) => {
    told.push(step);
    return truth;
  }));
  found.forEach((x, at) => near(x, truth.data![at] as number));
  assert.deepEqual(told, steps.map((_, step) => step));
});

Deno.test("a guess that is what it is given stays on the noise's own path", async () => {
  const graph = new GraphBuilder(), steps = ddimSteps(Float32Array.of(0.9, 0.6, 0.2), 3);
  const found = await valueOf(ddim(graph.constant(Float32Array.of(1), [1, 1]), steps, (x) => mul(0.5, x)));
  near(found[0]!, steps.reduce((x, { c1, c2 }) => c1 * 0.5 * x + c2 * x, 1));
});
