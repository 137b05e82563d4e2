import assert from "node:assert/strict";
import { decisiveColumns, fingerprintOf } from "../../cli/fingerprint.ts";
import type { Dataset } from "../../datasets/dataset.ts";
import { namedIds } from "../../datasets/ids.ts";
import { synthetic } from "../../datasets/synthetic.ts";

const dataset = synthetic({ users: 4, items: 20, median: 5, seed: 1 });
const digest = (data: Dataset) => fingerprintOf({}, decisiveColumns(data));
const attributed = (...names: readonly string[]): Dataset => ({
  ...dataset,
  metadata: {
    attributes: { offsets: new Int32Array(21).fill(2, 1), targets: Int32Array.of(0, 1), names },
  },
});

Deno.test("what decides a run's numbers is its data, however they and their users are called", async () => {
  const called = { name: "another", notes: ["read"], userIds: namedIds(["ann", "bob", "eve", "joe"]) };
  assert.equal(await digest({ ...dataset, ...called }), await digest(dataset));
  const others = dataset.train.items.with(0, dataset.train.items[0]! ^ 1);
  assert.notEqual(await digest({ ...dataset, train: { ...dataset.train, items: others } }), await digest(dataset));
});

Deno.test("names of attributes decide, as options choose by them", async () => {
  const drama = await digest(attributed("drama", "comedy"));
  assert.equal(await digest(attributed("drama", "comedy")), drama);
  assert.notEqual(await digest(attributed("comedy", "drama")), drama);
  assert.notEqual(await digest(attributed("dra", "macomedy")), drama);
});
