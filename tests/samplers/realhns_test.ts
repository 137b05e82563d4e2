import assert from "node:assert/strict";
import { openRuntime } from "../../runtime/providers.ts";
import { backbones } from "../../models/mod.ts";
import { realhns } from "../../samplers/realhns.ts";
import { eachProvider } from "../runtime/each_provider.ts";
import { anyMetadata } from "./metadata.ts";
import { assertLaw, uniformOver } from "./chi_square.ts";
import { batchOf, catalogueWhere, drawIn, opened, selector } from "./drawn.ts";
import { smallLog, smallRun } from "../training/small_run.ts";

/** Vectors are numbers: of two of one sign the cosine is 1, of others -1. */
const scores = [0, 3, 2, -1, -2, -5, 4], of = catalogueWhere([[0]], scores.length);
const fed = (candidates: readonly number[], limit: number, count: number) => ({
  candidates: Int32Array.from(candidates),
  limit: Float32Array.of(limit),
  count: Float32Array.of(count),
});

eachProvider("realhns takes of each pool the highest score that is not too like the positive", async (runtime) => {
  const select = await selector(runtime, realhns({ pool: 3, hard: 2 }), of, 2);
  const pools = [[1, 3, 4, /* 2 */ 2, 6, 1, /* uniform */ 5], [5, 4, 1, /* 2 */ 3, 4, 6, /* uniform */ 2]].flat();
  const chosen = async (limit: number, count = 2) => {
    const { ids, mask } = await select(fed(pools, limit, count), scores, [1, 1]);
    return [...ids].map((id, at) => mask[at] === 1 ? id : null);
  };
  assert.deepEqual(await chosen(0.5), [5, 3, null, 2, 4, 3]); // all of a pool are like it
  assert.deepEqual(await chosen(1), [5, 1, 6, 2, 1, 6]);
  assert.deepEqual(await chosen(1, 1), [5, 1, null, 2, 1, null]);
  assert.deepEqual(await chosen(1, 0), [5, null, null, 2, null, null]);
});

Deno.test("what a user is in every domain may ask for hard negatives, where the backbone has that", async () => {
  const runtime = await openRuntime({ provider: "wasm" }), policy = realhns({ pool: 3, by: "shared" });
  const select = await selector(runtime, policy, of, 1, { shared: -2 });
  assert.deepEqual([...(await select(fed([1, 2, 5, 6], 1, 1), scores, [1])).ids], [6, 5]);
  await assert.rejects(
    selector(runtime, policy, of, 1),
    /Cannot combine sampler "realhns" with this backbone: by=shared .*cross-domain-mf has/,
  );
  const { train } = smallLog(), metadata = anyMetadata(train.userCount, train.itemCount);
  const { error, accuracy } = await smallRun({
    backbone: backbones["cross-domain-mf"]({ dim: 4 }),
    sampler: realhns({ by: "shared", warmup: 0, similar: 1 }),
    metadata,
    epochs: 12,
    measured: true,
  });
  assert.equal(error, undefined);
  assert(accuracy! > 0.6, `${accuracy}`);
});

Deno.test("realhns' curriculum is the released one: none at first, then more and more, and liker ones", async () => {
  const sampler = opened(realhns({ hard: 3, similar: 0.5, warmup: 5 }), of, 1);
  const told = [];
  for (const epoch of [0, 4, 5, 6, 7, 9, 11, 28, 29, 90]) {
    const { limit, count } = await sampler.propose(batchOf(0, 1), drawIn(of, { epoch }));
    told.push([count![0], Math.round(Number(limit![0]) * 1e4) / 1e4]);
  }
  // 1, 2, 3 of every two epochs; 0.1 * 1.15^n, until that is above 0.5
  assert.deepEqual(told, [
    [0, Math.round(1e3 * 1.15 ** -2) / 1e4],
    [0, 0.1],
    [1, 0.115],
    [1, 0.115],
    [2, Math.round(1e3 * 1.15 ** 2) / 1e4],
    [3, Math.round(1e3 * 1.15 ** 3) / 1e4],
    [3, Math.round(1e3 * 1.15 ** 4) / 1e4],
    [3, 0.5],
    [3, 0.5],
    [3, 0.5],
  ]);
});

Deno.test("realhns draws pools and uniform negatives from what the user has not met", async () => {
  const rows = 400, sampler = opened(realhns({ pool: 4, uniform: 2 }), of, rows);
  const { candidates } = await sampler.propose(batchOf(0, rows), drawIn(of));
  assertLaw(candidates as Int32Array, uniformOver([1, 2, 3, 4, 5, 6], scores.length));
});
