import assert from "node:assert/strict";
import { openRuntime } from "../../runtime/providers.ts";
import { bir } from "../../samplers/bir.ts";
import { assertLaw } from "./chi_square.ts";
import { catalogueWhere, drawIn, opened, selector } from "./drawn.ts";

// items 0 .. 4 are met 4, 3, 2, 1 and 1 times; user 0 has met item 0
const of = catalogueWhere([[0], [0, 0, 1, 1, 2], [0, 1, 2, 3, 4]], 5), POPULARITY = [4, 3, 2, 1, 1];
const batch = { rows: 5, first: 0, users: Int32Array.of(0, 1, 2, 2, 1), positives: Int32Array.of(0, 1, 2, 3, 1) };
const normal = (mass: readonly number[]) => mass.map((m) => m / mass.reduce((a, b) => a + b));

/** What row 0 draws from a batch whose columns are items 0, 1, 2, 3 and 1, in 500 steps. */
async function drawn(scores: readonly number[]): Promise<number[]> {
  const runtime = await openRuntime({ provider: "wasm" }), policy = bir({ negatives: 8 }), found: number[] = [];
  const fed = await opened(policy, of, 5).propose(batch, drawIn(of)), select = await selector(runtime, policy, of, 5);
  for (let step = 0; step < 500; step++) found.push(...(await select(fed, scores)).ids.subarray(0, 8));
  await runtime.dispose();
  return found;
}

Deno.test("with equal scores a column is resampled by 1 / q: an item that comes twice has twice its share", async () => {
  assertLaw(await drawn([0, 0, 0, 0, 0]), normal([0, 2 / 3, 1 / 2, 1 / 1, 0]));
});

Deno.test("scores count as in a softmax, and what the user has met is left out", async () => {
  const scores = [9, 0.4, 1, -0.5, 9];
  assertLaw(await drawn(scores), normal([0, 2 * Math.exp(0.4) / 3, Math.exp(1) / 2, Math.exp(-0.5), 0]));
});

Deno.test("a row whose user has met every column keeps none, and padding is no column", async () => {
  const runtime = await openRuntime({ provider: "wasm" }), policy = bir({ negatives: 2 });
  const padded = { ...batch, rows: 3, users: Int32Array.of(0, 1, 2, 0, 0), positives: Int32Array.of(0, 1, 2, 1, 1) };
  const fed = await opened(policy, of, 5).propose(padded, drawIn(of)), kept = fed.kept as Uint8Array;
  assert.deepEqual([...kept.subarray(0, 15)], [0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  const { mask } = await (await selector(runtime, policy, of, 5))(fed, [0, 0, 0, 0, 0]);
  assert.deepEqual([...mask.subarray(0, 6)], [1, 1, 0, 0, 0, 0]);
});

Deno.test("the cache is drawn by how often items were resampled, to a power, with that law as their q", async () => {
  const rows = 400, sampler = opened(bir({ negatives: 1, cache: 10, power: 0.5 }), of, rows);
  const wide = { rows, first: 0, users: new Int32Array(rows), positives: new Int32Array(rows) };
  const counts = [4, 0, 99, 24, 8]; // and one more of each: to the power 1/2 they are root 5, 1, 10, 5, 3
  const before = await sampler.propose(wide, drawIn(of));
  const observe = (item: number, times: number, open: number) => {
    const drawn = new Int32Array(times + 9).fill(item, 0, times); // rows that pad draw item 0, which counts for nothing
    const report = { drawn, open: new Float32Array(times + 9).fill(open) };
    sampler.observe!(report, { ...wide, rows: times }, before);
  };
  counts.forEach((times, item) => observe(item, times, 1));
  observe(1, 50, 0); // of rows that have met every column, which draw nothing
  const { ids, logQ } = await sampler.propose(wide, drawIn(of)) as { ids: Int32Array; logQ: Float32Array };
  const law = normal([Math.sqrt(5), 1, 10, 5, 3]);
  assertLaw(ids.subarray(rows), law);
  ids.forEach((item, column) => {
    const wanted = column < rows ? POPULARITY[item]! / 11 : law[item]!;
    assert(Math.abs(logQ[column]! - Math.log(wanted)) < 1e-5);
  });
});

Deno.test("a cache of less than one item for the batch holds one", () => {
  const { ids } = opened(bir({ cache: 0.05 }), of, 5).proposes;
  assert.deepEqual(ids, { dtype: "int32", shape: [1, 6] });
});
