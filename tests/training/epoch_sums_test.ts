import assert from "node:assert/strict";
import { EpochSums } from "../../training/epoch_sums.ts";

const one = (x: number) => Float32Array.of(x);

Deno.test("losses are summed, all else is averaged, from the sums of the steps before on", () => {
  const sums = new EpochSums([{ name: "eta", output: "measures/eta" }], { loss: 1, auxiliary: 2, "measures/eta": 3 });
  sums.add({ loss: one(4), auxiliary: one(6), "measures/eta": one(7) }, 0, 1);
  assert.deepEqual(sums.over(2), { lossSum: 5, auxiliary: 4, measures: { eta: 5 } });
  assert.deepEqual(new EpochSums([], { loss: 1 }).over(2), { lossSum: 1 });
});

Deno.test("a loss that is not finite, or what is lost beside it, ends training at its epoch and step", () => {
  const sums = new EpochSums([], {});
  for (const found of [{ loss: one(Infinity) }, { loss: one(NaN) }, { loss: one(1), auxiliary: one(-Infinity) }]) {
    assert.throws(() => sums.add(found, 3, 5), /^RangeError: Training stopped: the loss is .* at epoch 3, step 5/);
  }
  assert.deepEqual(sums.sofar, {});
});
