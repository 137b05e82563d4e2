import assert from "node:assert/strict";
import { pris } from "../../samplers/pris.ts";
import { eachProvider } from "../runtime/each_provider.ts";
import { catalogueWhere, selector } from "./drawn.ts";

const of = catalogueWhere([[0], [1, 1, 1, 2, 2, 3]], 5), ids = Int32Array.of(1, 2, 3, 4, 4, 1);
const scores = [0, 1, -0.5, 0.25, 2];
const weights = (logits: readonly number[]) => {
  const mass = logits.map(Math.exp), total = mass.reduce((a, b) => a + b);
  return mass.map((m) => 3 * m / total);
};
const near = (found: Float32Array, wanted: readonly number[]) =>
  wanted.forEach((w, at) => assert(Math.abs(found[at]! - w) < 1e-5, `${[...found]}, not ${wanted}`));

eachProvider("weights are the softmax of (s_k - s+) / lambda, times the number of negatives", async (runtime) => {
  const select = await selector(runtime, pris({ negatives: 3, lambda: 0.5 }), of, 2);
  const { weight } = await select({ ids }, scores, [0.7, -1]);
  near(weight, [...weights([2, -1, 0.5]), ...weights([4, 4, 2])]);
});

eachProvider("where the draws are by popularity the weights make up for it", async (runtime) => {
  const select = await selector(runtime, pris({ negatives: 3, proposal: "popularity", exponent: 1 }), of, 1);
  const { weight } = await select({ ids: Int32Array.of(1, 2, 3) }, [0, 0, 0, 0, 0]);
  near(weight, [3, 2, 1].map((count) => 3 * (1 / count) / (1 / 3 + 1 / 2 + 1))); // proportional to 1 / q
  const cold = await selector(runtime, pris({ negatives: 3, proposal: "popularity", exponent: 1, lambda: 0.5 }), of, 1);
  const even = await cold({ ids: Int32Array.of(1, 2, 3) }, [0, 0, 0, 0, 0]);
  near(even.weight, [...weight]); // lambda divides the scores alone
  const byLog = await selector(runtime, pris({ negatives: 3, proposal: "log" }), of, 1);
  const rarity = [4, 3, 2].map((count) => 1 / Math.log(count)), total = rarity.reduce((a, b) => a + b);
  near((await byLog({ ids: Int32Array.of(1, 2, 3) }, [0, 0, 0, 0, 0])).weight, rarity.map((r) => 3 * r / total));
});

eachProvider("a large lambda makes uniform draws weigh the same", async (runtime) => {
  const select = await selector(runtime, pris({ negatives: 3, lambda: 1e7 }), of, 2);
  near((await select({ ids }, scores)).weight, [1, 1, 1, 1, 1, 1]);
});
