import assert from "node:assert/strict";
import { openRuntime } from "../../runtime/providers.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { dns } from "../../samplers/dns.ts";
import { rns } from "../../samplers/rns.ts";
import { eachProvider } from "../runtime/each_provider.ts";
import { assertLaw } from "./chi_square.ts";
import { batchOf, catalogueWhere, drawIn, opened, proposals, selector } from "./drawn.ts";

/** The slots chosen from rows of scores, `negatives` pools side by side in each. */
async function slots(runtime: Runtime, scores: readonly (readonly number[])[], negatives = 1): Promise<number[]> {
  const width = scores[0]!.length, of = catalogueWhere([[]], scores.length * width);
  const sampler = dns({ pool: width / negatives, negatives }),
    candidates = Int32Array.from({ length: of.items }, (_, i) => i);
  const { ids } = await (await selector(runtime, sampler, of, scores.length))({ candidates }, scores.flat());
  return Array.from(ids, (id) => id % width);
}

eachProvider("the highest score of the pool is chosen, ties taking the lowest slot", async (runtime) => {
  assert.deepEqual(
    await slots(runtime, [[1, 3, 2, -1], [5, 5, 5, 5], [-4, -2, -2, -3], [0, -0, 0, 0], [1e30, 2, 1e31, 1e31]]),
    [1, 0, 1, 0, 2],
  );
});

eachProvider(
  "a score that is not finite is not chosen while another is finite; without any, slot 0 is",
  async (runtime) => {
    assert.deepEqual(
      await slots(runtime, [
        [NaN, 1, 2],
        [Infinity, 1, 2],
        [-Infinity, -1e30, NaN],
        [NaN, NaN, NaN],
        [Infinity, NaN, -Infinity],
        [-Infinity, -Infinity, -Infinity],
      ]),
      [2, 2, 1, 0, 0, 0],
    );
  },
);

Deno.test("several negatives come from pools of their own", async () => {
  const runtime = await openRuntime({ provider: "wasm" });
  assert.deepEqual(await slots(runtime, [[1, 2, 9, 8], [7, 3, 4, 4]], 2), [1, 2, 0, 2]);
});

Deno.test("of 10 unseen items and a pool of 4, the item of rank r is chosen with ((11-r)/10)^4 - ((10-r)/10)^4", async () => {
  const ROWS = 4000, RUNS = 10, of = catalogueWhere([[3, 8]], 12), draw = drawIn(of), policy = dns({ pool: 4 });
  const sampler = opened(policy, of, ROWS);
  const scores = [0.4, -0.1, 2, 9, 0.3, 1.5, -3, 0.7, 9.5, 0.9, -1, 0.2],
    unseen = scores.flatMap((_, i) => draw.seen.has(0, i) ? [] : [i]);
  const ranked = unseen.toSorted((a, b) => scores[b]! - scores[a]!);
  const law = ranked.map((_, above) => ((10 - above) / 10) ** 4 - ((9 - above) / 10) ** 4);
  assert(Math.abs(law[0]! - 0.3439) < 1e-12 && Math.abs(law[9]! - 0.0001) < 1e-12);

  const runtime = await openRuntime({ provider: "wasm" }), select = await selector(runtime, policy, of, ROWS);
  const ranks: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const { ids } = await select(await sampler.propose(batchOf(0, ROWS, run * ROWS), draw), scores);
    for (const id of ids) ranks.push(ranked.indexOf(id));
  }
  // the last two ranks share a cell, so that 64 are expected there: 8 degrees of freedom
  assertLaw(ranks.map((rank) => Math.min(rank, 8)), [...law.slice(0, 8), law[8]! + law[9]!]);
});

Deno.test("a pool of one is uniform sampling, draw for draw", async () => {
  const of = catalogueWhere([[0, 2], [], [1]], 6), users = Int32Array.from({ length: 60 }, (_, at) => at % 3);
  const drawn = await proposals(dns({ pool: 1 }), drawIn(of), users, 20, "candidates");
  assert.deepEqual(drawn, await proposals(rns(), drawIn(of), users, 20, "ids"));
  const runtime = await openRuntime({ provider: "wasm" });
  const select = await selector(runtime, dns({ pool: 1 }), of, 60);
  const { ids } = await select({ candidates: Int32Array.from(drawn) }, [5, 4, 3, 2, 1, 0]);
  assert.deepEqual([...ids], drawn);
});
