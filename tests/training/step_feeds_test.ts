import assert from "node:assert/strict";
import { StepFeeds } from "../../training/step_feeds.ts";

const batch = { rows: 2, first: 0, users: Int32Array.of(5, 6, 5), positives: Int32Array.of(1, 2, 1) };
const noise = { name: "sampler/noise", length: 6, normal: false, perRow: true };
const feedsOf = (noises: readonly typeof noise[] = [], seed = 0) => {
  const proposes = {
    ids: 2,
    weight: { dtype: "float32", shape: [3, 1] },
    pool: { dtype: "int32", shape: [3], shared: true },
  } as const;
  return new StepFeeds({ proposes }, { taskFeeds: () => ({}), noises }, { batchSize: 3, seed });
};
const proposed = {
  ids: Int32Array.of(1, 2, 3, 4, 5, 6),
  weight: Float32Array.of(0.5, 2, 9),
  pool: Int32Array.of(7, 8, 9),
};

Deno.test("rows that pad a batch do not count and are fed as its first, but for a pool that all rows share", () => {
  const fed = feedsOf([noise]).of(batch, proposed, 0, 0), drawn = fed["sampler/noise"] as Float32Array;
  assert.deepEqual(fed.rows, Float32Array.of(1, 1, 0));
  assert.deepEqual(fed["sampler/ids"], Int32Array.of(1, 2, 3, 4, 1, 2));
  assert.deepEqual(fed["sampler/weight"], Float32Array.of(0.5, 2, 0.5));
  assert.deepEqual(fed["sampler/pool"], Int32Array.of(7, 8, 9));
  assert.deepEqual(drawn.subarray(4), drawn.subarray(0, 2));
  assert.deepEqual(proposed.ids, Int32Array.of(1, 2, 3, 4, 5, 6), "what the sampler has is as it was");
});

Deno.test("noise is that of its name, the seed, the epoch and the step, and of nothing else", () => {
  const full = { ...batch, rows: 3 };
  const drawn = (seed: number, epoch: number, step: number, name = noise.name) => {
    const feeds = feedsOf([{ ...noise, name }], seed);
    feeds.of(full, proposed, 9, 9); // another step before it
    return [...feeds.of(full, proposed, epoch, step)[name] as Float32Array];
  };
  assert.deepEqual(drawn(0, 1, 2), drawn(0, 1, 2));
  const all = [drawn(0, 1, 2), drawn(1, 1, 2), drawn(0, 0, 2), drawn(0, 1, 0), drawn(0, 2, 1), drawn(0, 1, 2, "other")];
  assert.equal(new Set(all.map(String)).size, all.length);
  assert(all.flat().every((x) => x >= 0 && x < 1));
});
