import assert from "node:assert/strict";
import type { Batch } from "../../datasets/batching.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { inverse } from "../../samplers/inverse.ts";
import { pns } from "../../samplers/pns.ts";
import { rns } from "../../samplers/rns.ts";
import type { Policy } from "../../samplers/sampler.ts";
import { eachProvider } from "../runtime/each_provider.ts";
import { assertLaw } from "./chi_square.ts";
import { batchOf, catalogueWhere, drawIn, opened, selector } from "./drawn.ts";

/** Popularity 4, 2, 1, 0; user 0 has met item 0, user 1 items 1 and 2, user 2 nothing. */
const of = catalogueWhere([[0], [1, 2], [], [0, 0, 0, 1]], 4);
const NEGATIVES = 16;
const users = Int32Array.of(0, 1, 2);
const batch: Batch = { rows: 3, first: 0, users, positives: Int32Array.of(0, 1, 3) };
const policies: readonly (readonly [string, Policy<"ids">, readonly number[]])[] = [
  ["uniform", rns({ negatives: NEGATIVES, shared: true }), [1 / 4, 1 / 4, 1 / 4, 1 / 4]],
  ["popular", pns({ negatives: NEGATIVES, exponent: 1, shared: true }), [4 / 7, 2 / 7, 1 / 7, 0]],
  ["rare", inverse({ negatives: NEGATIVES, shared: true }), [1 / 7, 2 / 7, 4 / 7, 0]],
];
type Fed = { readonly ids: Int32Array; readonly kept: Uint8Array };

for (const [name, policy, law] of policies) {
  Deno.test(`a shared pool of ${name} items is drawn by the law of everyone, whatever a user has met`, async () => {
    const sampler = opened(policy, of, 3), draws: number[] = [];
    for (let first = 0; first < 600; first++) {
      draws.push(...(await sampler.propose({ ...batch, first }, drawIn(of)) as Fed).ids);
    }
    assertLaw(draws, law);
  });
}

eachProvider("a row's mask drops of the pool what its user has met, and log q is that of everyone", async (runtime) => {
  for (const [, policy, law] of policies) {
    const fed = await opened(policy, of, 3).propose(batch, drawIn(of)) as Fed;
    const select = await selector(runtime, policy, of, 3, { users });
    const { ids, mask, logQ } = await select(fed, [0, 0, 0, 0]);
    assert.deepEqual(ids, fed.ids);
    assert.equal(ids.length, NEGATIVES);
    const { seen } = drawIn(of);
    assert.deepEqual([...mask], [...users].flatMap((user) => Array.from(ids, (id) => seen.has(user, id) ? 0 : 1)));
    assert(mask.includes(0) && mask.includes(1));
    ids.forEach((id, column) => assert(Math.abs(logQ[column]! - Math.log(law[id]!)) < 1e-6));
  }
});

Deno.test("pools of two batches, two epochs and two seeds differ; those of one do not", async () => {
  const sampler = opened(rns({ negatives: NEGATIVES, shared: true }), of, 3);
  const pool = async (first = 0, at = {}) => (await sampler.propose(batchOf(0, 3, first), drawIn(of, at)) as Fed).ids;
  const wanted = await pool();
  assert.deepEqual(await pool(), wanted);
  for (const other of [await pool(3), await pool(0, { epoch: 1 }), await pool(0, { seed: 2 })]) {
    assert.notDeepEqual(other, wanted);
  }
});

Deno.test("a shared pool scores one matrix product: its representations have a leading 1", async () => {
  const runtime = await openRuntime({ provider: "wasm" });
  const select = await selector(runtime, rns({ negatives: 2, shared: true }), of, 3, { users });
  const { ids, logQ } = await select({ ids: Int32Array.of(3, 0), kept: new Uint8Array(6) }, [0, 0, 0, 0]);
  assert.deepEqual([ids.length, logQ.length], [2, 2]);
});
