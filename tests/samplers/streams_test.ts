import assert from "node:assert/strict";
import { batchAt } from "../../datasets/batching.ts";
import type { AnyMethod } from "../../options/method.ts";
import { Rng } from "../../random/rng.ts";
import { samplers } from "../../samplers/mod.ts";
import type { Policy, Probe } from "../../samplers/sampler.ts";
import { batchStream, otherStream, rowStream } from "../../samplers/streams.ts";
import { catalogueWhere, drawIn, opened, stubProbe } from "./drawn.ts";
import { anyMetadata } from "./metadata.ts";

/** A stream that counts how often each of its places was sought and then drawn from. */
function watched() {
  const rng = new Rng(1, "sampler"), uses = new Map<string, number>(), { seek, next, fillBelow } = Rng.prototype;
  let place: string | undefined;
  const use = () => {
    if (place !== undefined) uses.set(place, (uses.get(place) ?? 0) + 1);
    place = undefined;
  };
  Object.assign(rng, {
    seek(major: number, minor: number) {
      place = `${major}, ${minor}`;
      return seek.call(rng, major, minor);
    },
    next() {
      use();
      return next.call(rng);
    },
    fillBelow(bound: number, into: Int32Array, from: number, count: number) {
      if (count > 0) use();
      fillBelow.call(rng, bound, into, from, count);
    },
  });
  return { rng, uses };
}

Deno.test("streams of rows and other streams are all different, and a batch's is one of the others", () => {
  const { rng, uses } = watched(), draw = { rng, epoch: 2 };
  for (let n = 0; n < 40; n++) rowStream(draw, { first: 0 }, n).next();
  for (let n = 0; n < 40; n++) otherStream(draw, n).next();
  assert.equal(uses.size, 80);
  const same = batchStream(draw, { first: 8 }).next();
  assert.equal(otherStream(draw, 9).next(), same);
});

/** Options with which a sampler draws more than by default. */
const more: Readonly<Record<string, Record<string, unknown>>> = {
  divns: { share: "beta", project: 1, negatives: 2 },
  bir: { cache: 1 },
  bns: { sample: 8 },
  mcns: { moves: 3 },
  mixed: { columns: 4 },
};
const ITEMS = 20, USERS = 6, EPOCHS = 3;
const of = catalogueWhere(
  Array.from({ length: USERS }, (_, u) => Array.from({ length: 7 }, (_, k) => (3 * k + u) % ITEMS)),
  ITEMS,
  anyMetadata(USERS, ITEMS),
);
/** Items have two factors, for there to be something to project. */
const probe: Probe = {
  ...stubProbe(() => 0),
  items: (ids) =>
    Promise.resolve({ layers: 1, width: 2, data: Float32Array.from({ length: 2 * ids.length }, Math.cos) }),
};
const users = Int32Array.from(of.positives, (_, at) => Math.floor(at / 7)), items = of.positives;
const order = new Rng(1, "order").shuffle(Int32Array.from(items.keys()));

for (const [name, make] of Object.entries<AnyMethod<Policy>>(samplers)) {
  Deno.test(`no two draws of ${name} are from one stream`, async () => {
    const size = 4, sampler = opened(make(more[name]), of, size), { rng, uses } = watched();
    for (let epoch = 0; epoch < EPOCHS; epoch++) {
      const draw = { ...drawIn(of, { epoch, probe }), rng };
      await sampler.beginEpoch?.(draw);
      for (let index = 0; index * size < order.length; index++) {
        const batch = batchAt({ users, items }, order, index, { size, dropLast: false });
        const proposed = await sampler.propose(batch, draw);
        if (name === "divns") { // whose diverse sets are drawn from what it has observed
          const { candidates } = proposed as Record<string, Int32Array>, each = candidates!.length / size / 2;
          const hard = candidates!.filter((_, at) => at % each === 0), scores = Float32Array.from(candidates!);
          sampler.observe!({ hard, scores }, batch, proposed);
        }
      }
    }
    const twice = [...uses].filter(([, count]) => count > 1).map(([place]) => place);
    assert.deepEqual(twice, [], "places that were drawn from twice");
  });
}
