import assert from "node:assert/strict";
import { GraphBuilder } from "../../graphs/builder.ts";
import { Rng } from "../../random/rng.ts";
import { drawSlots } from "../../samplers/draw_slots.ts";
import { eachProvider } from "../runtime/each_provider.ts";
import { assertLaw } from "./chi_square.ts";

eachProvider("slots are drawn in proportion to their mass, and those without mass never", async (runtime) => {
  const ROWS = 4000, MASS = [0, 2, 0, 1, 5, 0], graph = new GraphBuilder(), rng = new Rng(8, "slots");
  const mass = graph.constant(Float32Array.from({ length: ROWS * 6 }, (_, at) => MASS[at % 6]!), [ROWS, 6]);
  const slots = drawSlots(mass, graph.input("noise", "float32", [ROWS, 1]));
  const program = await runtime.compile(graph, { outputs: { slots } });
  const noise = Float32Array.from({ length: ROWS }, () => rng.uniform());
  assertLaw((await program.run({ noise })).slots as Int32Array, MASS.map((m) => m / 8));
  const ends = (await program.run({ noise: noise.map((_, at) => at % 2 === 0 ? 0 : 1 - 2 ** -24) }))
    .slots as Int32Array;
  assert.deepEqual([...ends.subarray(0, 2)], [1, 4]);
});
