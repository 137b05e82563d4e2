import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import type { Backbone } from "../../models/backbone.ts";
import { lightgcn } from "../../models/lightgcn.ts";
import { mf } from "../../models/mf.ts";
import { Rng } from "../../random/rng.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { openProbe } from "../../training/probe.ts";
import { stubProbe } from "../samplers/drawn.ts";
import { eachProvider } from "../runtime/each_provider.ts";
import { smallLog } from "./small_run.ts";

eachProvider("neighbours are the other vectors of the largest cosine, nearest first", async (runtime) => {
  const rng = new Rng(4, "vectors"), width = 5, count = 7;
  const vectors = Float32Array.from({ length: 300 * width }, () => rng.normal());
  const probe = openProbe(runtime, mf({ dim: 4 }), catalogue(smallLog().train));
  const found = await probe.nearest(vectors, width, count),
    wanted = await stubProbe(() => 0).nearest(vectors, width, count);
  assert.deepEqual(found.ids, wanted.ids);
  assert.deepEqual(
    (await probe.farthest(vectors, width, 3)).ids,
    (await stubProbe(() => 0).farthest(vectors, width, 3)).ids,
  );
  found.cosines.forEach((cosine, at) => assert(Math.abs(cosine - wanted.cosines[at]!) < 1e-5));
  await assert.rejects(probe.nearest(new Float32Array(6), 2, 3), /Cannot find 3 neighbours of each of 3 vectors/);
});

eachProvider("scores and vectors of more rows than are computed at a time are those of each row", async (runtime) => {
  const of = catalogue(smallLog().train), probe = openProbe(runtime, mf({ dim: 4 }), of), rng = new Rng(5, "ids");
  const users = Int32Array.from({ length: 2500 }, () => rng.below(of.users));
  const items = Int32Array.from({ length: 2 * users.length }, () => rng.below(of.items));
  const scores = await probe.score(users, items), asked = await probe.queries(users), found = await probe.items(items);
  assert.deepEqual([asked.layers, asked.width, asked.data.length], [1, 4, 4 * users.length]);
  for (const row of [0, 1023, 1024, 2499]) {
    for (const at of [2 * row, 2 * row + 1]) {
      let wanted = 0;
      for (let k = 0; k < 4; k++) wanted += asked.data[4 * row + k]! * found.data[4 * at + k]!;
      assert(Math.abs(scores[at]! - wanted) < 1e-6);
    }
  }
  assert.equal((await probe.score(users.subarray(0, 0), items.subarray(0, 0))).length, 0);
  const three = await probe.score(users.subarray(0, 1024), items.subarray(0, 3 * 1024)); // as many rows, of more items
  const one = await probe.score(users.subarray(0, 1).slice(), items.subarray(0, 3));
  assert.equal(three.length, 3 * 1024);
  one.forEach((score, at) => assert(Math.abs(score - three[at]!) < 1e-6));
  await probe.dispose();
});

Deno.test("points are one vector of each item or user, as ranking takes its layers, without its bias", async () => {
  const of = catalogue(smallLog().train), ids = Int32Array.of(3, 0);
  const widths = async (backbone: Backbone) => {
    const runtime = await openRuntime({ provider: "wasm", seed: 4 }), probe = openProbe(runtime, backbone, of);
    const points = await probe.points(ids), items = await probe.items(ids);
    const users = { points: await probe.points(ids, "users"), queries: await probe.queries(ids) };
    await probe.dispose();
    await runtime.dispose();
    return { points, items, users };
  };
  const biased = await widths(mf({ dim: 3, bias: true }));
  assert.deepEqual([biased.points.layers, biased.points.width, biased.items.width], [1, 3, 4]);
  assert.deepEqual(biased.points.data.subarray(3), biased.items.data.subarray(4, 7));
  const { points, queries } = biased.users; // which end in 1, by which scores take the items' biases
  assert.deepEqual([points.width, queries.width, queries.data[3], queries.data[7]], [3, 4, 1, 1]);
  assert.deepEqual([...points.data], [...queries.data.subarray(0, 3), ...queries.data.subarray(4, 7)]);
  const layered = await widths(lightgcn({ dim: 2, layers: 2 })), { data } = layered.items;
  assert.deepEqual([layered.points.layers, layered.items.layers], [1, 3]);
  assert(Math.abs(layered.points.data[0]! - (data[0]! + data[2]! + data[4]!) / 3) < 1e-6);
});
