import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { CholeskyFactor } from "../../../random/dpp/cholesky.ts";
import { openKernel } from "../../../random/dpp/kernel.ts";
import { Rng } from "../../../random/rng.ts";
import { determinant } from "./determinant.ts";

Deno.test("after any slots have come and gone, residuals are ratios of determinants", () => {
  fc.assert(
    fc.property(fc.nat(), fc.array(fc.nat(), { maxLength: 12 }), (seed, moves) => {
      const rng = new Rng(seed, "cholesky"), m = 8, width = 7, most = 5;
      const features = Float64Array.from({ length: m * width }, () => rng.normal());
      const kernel = { features, width, quality: new Float64Array(m).fill(1) };
      const factor = new CholeskyFactor(openKernel(kernel), most), set: number[] = [];
      for (const move of moves) {
        if (set.length === most - 1 || (move % 3 === 0 && set.length > 0)) {
          factor.remove(move % set.length);
          set.splice(move % set.length, 1);
        } else {
          const slot = [...Array(m).keys()].filter((other) => !set.includes(other))[move % (m - set.length)]!;
          factor.add(slot, factor.residual(slot));
          set.push(slot);
        }
        assert.deepEqual([...factor.slots.subarray(0, factor.size)], set);
        const whole = determinant(kernel, set);
        assert(Math.abs(factor.logDeterminant() - Math.log(whole)) < 1e-8);
        for (let slot = 0; slot < m; slot++) {
          const ratio = determinant(kernel, [...set, slot]) / whole;
          assert(
            Math.abs(factor.residual(slot) - ratio) < 1e-8 * (1 + ratio),
            `${factor.residual(slot)}, not ${ratio}`,
          );
        }
      }
    }),
    { numRuns: 20 },
  );
});
