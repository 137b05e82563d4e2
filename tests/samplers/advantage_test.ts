import assert from "node:assert/strict";
import { GraphBuilder, type Value } from "../../graphs/builder.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { advantage } from "../../samplers/advantage.ts";
import type { Step } from "../../samplers/sampler.ts";
import { eachProvider } from "../runtime/each_provider.ts";

/** The advantages of rewards [R, 2] in a step of R rows, of which those that `holds` marks count. */
async function advantages(
  runtime: Runtime,
  of: (step: Step, reward: Value) => Value,
  rewards: readonly number[],
  holds?: readonly number[],
): Promise<readonly number[]> {
  const graph = new GraphBuilder(), rows = rewards.length / 2;
  const rowMask = holds && graph.constant(Float32Array.from(holds), [rows, 1]);
  const step = { graph, rows, ...rowMask && { rowMask } } as unknown as Step;
  const found = of(step, graph.constant(Float32Array.from(rewards), [rows, 2]));
  const program = await runtime.compile(graph, { outputs: { found } });
  return Array.from((await program.run({})).found as Float32Array, (x) => Number(x.toFixed(4)));
}
const REWARDS = [1, 3, 2, 6, 9, 9], HOLDS = [1, 1, 0];

eachProvider("a reward exceeds the mean of the other rows that hold an interaction, or 0", async (runtime) => {
  const { mean } = advantage;
  assert.deepEqual(await advantages(runtime, mean, REWARDS), [1 - 6.5, 3 - 6.5, 2 - 5.5, 6 - 5.5, 9 - 3, 9 - 3]);
  assert.deepEqual((await advantages(runtime, mean, REWARDS, HOLDS)).slice(0, 4), [1 - 4, 3 - 4, 2 - 2, 6 - 2]);
  assert.deepEqual((await advantages(runtime, mean, REWARDS, [1, 0, 0])).slice(0, 2), [1, 3]);
  assert.deepEqual(await advantages(runtime, mean, [5, 7]), [5, 7]);
});

eachProvider(
  "the running mean moves a hundredth of the way to the mean of rows that hold an interaction",
  async (runtime) => {
    await runtime.load(new Map([["baseline", { shape: [1], data: Float32Array.of(0.5) }]]));
    const exceeded = async () => (await advantages(runtime, advantage.ema, REWARDS, HOLDS)).slice(0, 4);
    assert.deepEqual(await exceeded(), [0.5, 2.5, 1.5, 5.5]);
    assert.deepEqual(await exceeded(), [0.475, 2.475, 1.475, 5.475]); // .99 x .5 + .01 x 3 = .525
  },
);
