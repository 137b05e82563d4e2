import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { historyBatches } from "../../datasets/history_batches.ts";
import { interactions } from "../../datasets/interactions.ts";
import { GraphBuilder } from "../../graphs/builder.ts";
import { sizeOf } from "../../graphs/tensor.ts";
import type { Backbone } from "../../models/backbone.ts";
import { historyFeeds, historyInputs } from "../../models/history_inputs.ts";
import { backbones } from "../../models/mod.ts";
import type { AnyMethod } from "../../options/method.ts";
import { Rng } from "../../random/rng.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { smallBackbone } from "./small_backbone.ts";

const ITEMS = 12;
const of = (items: readonly number[]) => {
  const users = [...items.map(() => 0), 1, 1, 1];
  return catalogue(interactions({ users, items: [...items, 3, 9, 4], userCount: 2, itemCount: ITEMS }));
};
const reading = Object.entries<AnyMethod<Backbone>>(backbones).flatMap(([name, make]) => {
  const backbone = smallBackbone(make);
  return backbone.history ? [{ name, backbone, history: backbone.history }] : [];
});

/** The queries of the first user's rows, oldest first, in a batch with another user's. */
async function queriesOf(backbone: Backbone, history: NonNullable<Backbone["history"]>, items: readonly number[]) {
  const data = of(items), runtime = await openRuntime({ provider: "wasm", seed: 3 }), graph = new GraphBuilder();
  const batches = historyBatches(
    data.sequences(),
    { ...history, asks: "all" },
    { size: 60, dropLast: false },
    () => true,
  );
  const batch = batches.plan(0, new Rng(0, "order")).at(0);
  const users = graph.input("users", "int32", [60]);
  const { query } = backbone.build(graph, data, { rows: 60, users, history: historyInputs(graph, batches.caps, 60) });
  const program = await runtime.compile(graph, { outputs: { query } });
  const rng = new Rng(1, "causality");
  await runtime.load(
    new Map([...graph.variables.values()].map(({ name, shape }) => [
      name,
      { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => 2 * rng.uniform() - 1) },
    ])),
  );
  const found = (await program.run(historyFeeds(batch.history!))).query as Float32Array, width = found.length / 60;
  await runtime.dispose();
  const rows = Array.from({ length: batch.rows }, (_, row) => row).filter((row) => batch.users[row] === 0);
  return rows.map((row) => found.slice(row * width, (row + 1) * width));
}

assert(reading.length >= 3);
for (const { name, backbone, history } of reading) {
  Deno.test(`${name}: changing an item changes no query before it, and every one from it on`, async () => {
    const items = [5, 1, 8, 2, 11, 7, 0], CHANGED = 3; // the last is only asked for
    const before = await queriesOf(backbone, history, items);
    const after = await queriesOf(backbone, history, items.with(CHANGED, 6));
    assert.equal(before.length, items.length - 1);
    before.forEach((query, time) => {
      const same = query.every((x, at) => x === after[time]![at]);
      assert.equal(same, time < CHANGED, `time ${time}`);
    });
  });
}
