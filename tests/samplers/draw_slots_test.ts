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

eachProvider(
  "of many slots as of few: the first whose running total is above the noise, several for each row",
  async (runtime) => {
    const ROWS = 50, DRAWS = 3, rng = new Rng(4, "many slots");
    for (const count of [1, 5, 64, 65, 100, 127, 128, 129, 1000]) {
      const graph = new GraphBuilder();
      // whole numbers, whose totals are exact; a third of the slots, the first and the last have no mass
      const masses = Float32Array.from({ length: ROWS * count }, (_, at) => {
        const slot = at % count, none = count > 2 && (slot === 0 || slot === count - 1 || rng.below(3) === 0);
        return none ? 0 : 1 + rng.below(9);
      });
      masses.fill(0, 0, count); // a row without any
      const slots = drawSlots(graph.constant(masses, [ROWS, count]), graph.input("noise", "float32", [ROWS, DRAWS]));
      const program = await runtime.compile(graph, { outputs: { slots } });
      const ends = [0, 1 - 2 ** -24],
        noise = Float32Array.from(
          { length: ROWS * DRAWS },
          (_, at) => at % DRAWS < 2 && at % 5 === 0 ? ends[at % 2]! : Math.fround(rng.below(2 ** 24) * 2 ** -24),
        );
      const found = (await program.run({ noise })).slots as Int32Array;
      found.forEach((slot, at) => {
        const row = Math.floor(at / DRAWS), own = masses.subarray(row * count, (row + 1) * count);
        const total = own.reduce((a, b) => a + b, 0), bound = Math.fround(noise[at]! * total);
        let wanted = 0;
        for (let sum = own[0]!; wanted < count - 1 && sum <= bound; sum += own[wanted]!) wanted++;
        assert.equal(slot, wanted, `${count} slots, row ${row}`);
        if (total > 0) assert(own[slot]! > 0);
      });
      await program.dispose();
    }
  },
);
