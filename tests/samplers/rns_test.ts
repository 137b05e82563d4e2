import assert from "node:assert/strict";
import { openRuntime } from "../../runtime/providers.ts";
import { rns } from "../../samplers/rns.ts";
import { assertLaw, uniformOver } from "./chi_square.ts";
import { batchOf, catalogueWhere, drawIn, opened, proposals, selector } from "./drawn.ts";

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at);
const DRAWS = 8000;

Deno.test("uniform candidates follow 1 / |E_u| over what the user has not met, and are never a train positive", async () => {
  const of = catalogueWhere([[1, 4], [], range(0, 96), range(3, 200)], 200), draw = drawIn(of);
  const few = catalogueWhere([[1, 4]], 8);
  assertLaw(
    await proposals(rns(), drawIn(few), new Int32Array(DRAWS), 500, "ids"),
    uniformOver([0, 2, 3, 5, 6, 7], 8), // 5 degrees of freedom
  );
  for (const user of [0, 1, 2, 3]) {
    const ids = await proposals(rns(), draw, new Int32Array(1000).fill(user), 100, "ids");
    assert(ids.every((id) => id >= 0 && id < 200 && !draw.seen.has(user, id)));
  }
});

Deno.test("a user who has met 197 of 200 items draws the other three equally often", async () => {
  // a draw hits one of them with probability 0.015: after 16 misses in a row, 79 times in 100, the exact fallback decides
  const unseen = [0, 101, 199], met = range(0, 200).filter((item) => !unseen.includes(item));
  const ids = await proposals(rns(), drawIn(catalogueWhere([met], 200)), new Int32Array(DRAWS), 500, "ids");
  assertLaw(ids, uniformOver(unseen, 200)); // 2 degrees of freedom
});

Deno.test("a user with one unseen item always draws it", async () => {
  for (const left of [0, 7, 39]) {
    const of = catalogueWhere([range(0, 40).filter((item) => item !== left)], 40);
    const ids = await proposals(rns({ negatives: 3 }), drawIn(of), new Int32Array(50), 10, "ids");
    assert.deepEqual(new Set(ids), new Set([left]));
    assert.equal(ids.length, 150);
  }
});

Deno.test("the log probability of a uniform negative is -log |E_u|, and the negatives are what was proposed", async () => {
  const of = catalogueWhere([[1, 4], [0], [], [0, 1, 2, 3]], 5), runtime = await openRuntime({ provider: "wasm" });
  const select = await selector(runtime, rns({ negatives: 2 }), of, 4, { users: Int32Array.of(0, 1, 2, 3) });
  const { ids, logQ } = await select({ ids: Int32Array.of(0, 2, 3, 4, 0, 1, 4, 4) }, new Float32Array(5));
  assert.deepEqual([...ids], [0, 2, 3, 4, 0, 1, 4, 4]);
  [3, 4, 5, 1].forEach((unseen, row) => assert(Math.abs(logQ[row]! + Math.log(unseen)) < 1e-6, `row ${row}: ${logQ}`));
});

Deno.test("two negatives of one row are drawn one after the other, with replacement", async () => {
  const of = catalogueWhere([[0]], 3), sampler = opened(rns({ negatives: 2 }), of, DRAWS);
  const { ids } = await sampler.propose(batchOf(0, DRAWS), drawIn(of)) as { ids: Int32Array };
  const pairs = Array.from({ length: DRAWS }, (_, row) => 2 * (ids[2 * row]! - 1) + (ids[2 * row + 1]! - 1));
  assertLaw(pairs, [0.25, 0.25, 0.25, 0.25]); // 3 degrees of freedom
});
