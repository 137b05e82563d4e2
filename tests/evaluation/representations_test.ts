import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { interactions } from "../../datasets/interactions.ts";
import { openScorer } from "../../evaluation/scorer.ts";
import { innerVectors } from "../../evaluation/vectors.ts";
import { lightgcn } from "../../models/lightgcn.ts";
import { mf } from "../../models/mf.ts";
import { sasrec } from "../../models/sasrec.ts";
import { openRuntime } from "../../runtime/providers.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { smallLog } from "../training/small_run.ts";

const of = catalogue(smallLog().train);
/** A runtime that counts the runs of its programs. */
async function counting(): Promise<{ readonly runtime: Runtime; readonly runs: () => number }> {
  const runtime = await openRuntime({ provider: "wasm", seed: 1 });
  let runs = 0;
  const compile: Runtime["compile"] = async (graph, plan) => {
    const program = await runtime.compile(graph, plan);
    return { ...program, run: (feeds) => (runs++, program.run(feeds)) };
  };
  return { runtime: { ...runtime, compile }, runs: () => runs };
}
const BLOCKS = { rows: 4, columns: 5 }, USER_BLOCKS = 12 / 4, ITEM_BLOCKS = 20 / 5;
/** All scores, [12, 20]. */
async function scores(scorer: Awaited<ReturnType<typeof openScorer>>) {
  const all = new Float32Array(12 * 20);
  for (let from = 0; from < 12; from += 4) {
    await scorer.score(Int32Array.of(from, from + 1, from + 2, from + 3), (found, first) => {
      for (let row = 0; row < 4; row++) all.set(found.subarray(row * 5, row * 5 + 5), (from + row) * 20 + first);
    });
  }
  return all;
}

for (
  const { name, backbone, representing } of [
    { name: "lightgcn", backbone: lightgcn({ dim: 4 }), representing: 2 },
    { name: "mf", backbone: mf({ dim: 4 }), representing: USER_BLOCKS + ITEM_BLOCKS },
  ]
) {
  Deno.test(`ranking with ${name} represents users and items in ${representing} runs, and anew after a refresh`, async () => {
    const { runtime, runs } = await counting(), scorer = await openScorer(runtime, backbone, of, BLOCKS);
    const first = await scores(scorer);
    assert.equal(runs(), representing + USER_BLOCKS * ITEM_BLOCKS);
    const saved = await runtime.save();
    await runtime.load(
      new Map([...saved].map(([key, { shape, data }]) => [key, { shape, data: data.map((x) => 2 * x) }])),
    );
    await scorer.refresh();
    (await scores(scorer)).forEach((x, at) => assert(Math.abs(x - 4 * first[at]!) < 1e-5));
    assert.equal(runs(), 2 * (representing + USER_BLOCKS * ITEM_BLOCKS));
  });
}

Deno.test("whoever has met nothing is represented by zeros where a backbone asks with what was met", async () => {
  const log = interactions({ users: [0, 0, 2, 2], items: [0, 1, 2, 3], userCount: 3, itemCount: 4 });
  const runtime = await openRuntime({ provider: "wasm", seed: 1 }), width = 4;
  const { data } = await innerVectors(runtime, sasrec({ dim: width, length: 3 }), catalogue(log), "users");
  const isZero = [0, 1, 2].map((user) => data.subarray(user * width, (user + 1) * width).every((x) => x === 0));
  assert.deepEqual(isZero, [false, true, false]);
  await runtime.dispose();
});
