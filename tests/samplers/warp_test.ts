import assert from "node:assert/strict";
import { openRuntime } from "../../runtime/providers.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { harmonicSums } from "../../samplers/harmonic_sums.ts";
import { warp } from "../../samplers/warp.ts";
import { eachProvider } from "../runtime/each_provider.ts";
import { assertLaw } from "./chi_square.ts";
import { batchOf, catalogueWhere, drawIn, opened, selector } from "./drawn.ts";

Deno.test("Phi of ranks 1, 2, 5 and 10 is golden", () => {
  const phi = harmonicSums(10);
  [[1, 1], [2, 1.5], [5, 2.283333], [10, 2.928968]].forEach(([rank, wanted]) =>
    assert(Math.abs(phi[rank!]! - wanted!) < 1e-6)
  );
  assert.equal(phi[0], 0);
});

const SCORES = [0, 3, 1.5, 2.5, -9];
/** What is chosen of one row of candidates for a positive that scores 3. */
async function chosen(runtime: Runtime, candidates: readonly number[], options: Parameters<typeof warp>[0] = {}) {
  const of = catalogueWhere([[0, 4]], 12), policy = warp({ trials: candidates.length, ...options });
  const select = await selector(runtime, policy, of, 1), scores = [...SCORES, ...new Array<number>(7).fill(-1)];
  const { ids, weight, mask } = await select({ candidates: Int32Array.from(candidates) }, scores, [3]);
  return [ids[0]!, weight[0]!, mask[0]!];
}

eachProvider("the first violator after t trials weighs Phi(floor(|E_u| / t))", async (runtime) => {
  const near = ([id, weight, mask]: number[], wanted: readonly number[]) => {
    assert.deepEqual([id, mask], [wanted[0], wanted[2]]);
    assert(Math.abs(weight! - wanted[1]!) < 1e-6, `${weight}, not ${wanted[1]}`);
  };
  // 10 of 12 items are unseen; candidates 1 (3) and 3 (2.5) score above 3 - 1
  near(await chosen(runtime, [2, 5, 3, 1]), [3, 1 + 1 / 2 + 1 / 3, 1]); // floor(10 / 3)
  near(await chosen(runtime, [1, 5, 3, 1]), [1, 2.928968, 1]);
  near(await chosen(runtime, [2, 5, 3, 1], { margin: 0.2 }), [1, 1.5, 1]); // only 3 > 2.8, floor(10 / 4)
  near(await chosen(runtime, [2, 3], { original: true }), [3, 2.283333, 1]); // floor(11 / 2)
});

eachProvider("a row without a violator is masked", async (runtime) => {
  assert.equal((await chosen(runtime, [2, 5, 6, 7]))[2], 0);
  assert.equal((await chosen(runtime, [1, 5], { margin: -1 }))[2], 0);
});

Deno.test("the number of trials is geometric in the share of violators", async () => {
  const ROWS = 6000, of = catalogueWhere([[]], 10), policy = warp({ trials: 5 }), draw = drawIn(of);
  const runtime = await openRuntime({ provider: "wasm" }), select = await selector(runtime, policy, of, ROWS);
  const { candidates } = await opened(policy, of, ROWS).propose(batchOf(0, ROWS), draw) as { candidates: Int32Array };
  const scores = Array.from({ length: 10 }, (_, id) => id < 3 ? 5 : -5); // 3 of 10 violate
  const { weight, mask } = await select({ candidates }, scores);
  const phi = harmonicSums(10), trials = [1, 2, 3, 4, 5], weights = trials.map((t) => phi[Math.floor(10 / t)]!);
  const found = Array.from(weight, (w, row) => mask[row] ? weights.indexOf(w) : 5);
  // ranks floor(10 / 4) and floor(10 / 5) are both 2: trials 4 and 5 share a cell
  const geometric = trials.map((t) => 0.3 * 0.7 ** (t - 1));
  assertLaw(found, [...geometric.slice(0, 3), geometric[3]! + geometric[4]!, 0, 0.7 ** 5]);
});
