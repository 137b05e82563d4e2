import assert from "node:assert/strict";
import type { AnyMethod } from "../../options/method.ts";
import { Rng } from "../../random/rng.ts";
import { samplers } from "../../samplers/mod.ts";
import type { Policy } from "../../samplers/sampler.ts";
import { catalogueWhere, drawIn, opened, proposals } from "./drawn.ts";
import { anyMetadata } from "./metadata.ts";

const rng = new Rng(5, "draws test");
/** 30 users, each of whom has met about a third of 50 items. */
const of = catalogueWhere(
  Array.from({ length: 30 }, () => Array.from({ length: 50 }, (_, i) => i).filter(() => rng.below(3) === 0)),
  50,
  anyMetadata(30, 50),
);
const users = Int32Array.from({ length: 64 }, () => rng.below(30));

for (const [name, make] of Object.entries<AnyMethod<Policy>>(samplers)) {
  const policy = make(), { proposes } = opened(policy, of);
  /** Ids proposed for each row: those that are promised not to have been met. */
  const column = Object.keys(proposes).find((name) => typeof proposes[name] === "number");
  if (column === undefined) continue;
  const draws = (size: number, at: { seed?: number; epoch?: number } = {}) =>
    proposals(policy, drawIn(of, at), users, size, column);

  Deno.test(`${name} proposes the same ids for an interaction whatever the batch size`, async () => {
    const wanted = await draws(64);
    for (const size of [4, 8, 7, 100]) assert.deepEqual(await draws(size), wanted, `batches of ${size}`);
  });

  Deno.test(`${name} proposes the same ids for the same seed, others for another seed or epoch`, async () => {
    const wanted = await draws(8, { epoch: 3 }), most = 0.8 * wanted.length;
    assert.deepEqual(await draws(8, { epoch: 3 }), wanted);
    for (const other of [{ epoch: 4 }, { epoch: 3, seed: 2 }]) {
      const equal = (await draws(8, other)).filter((id, at) => id === wanted[at]).length;
      assert(equal < most, `${equal} of ${wanted.length} ids are the same`);
    }
  });

  Deno.test(`${name} never proposes what the user has met`, async () => {
    const columns = proposes[column] as number, { seen } = drawIn(of), ids = await draws(16);
    ids.forEach((id, at) => assert(!seen.has(users[Math.floor(at / columns)]!, id)));
  });
}
