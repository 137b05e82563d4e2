import assert from "node:assert/strict";
import { relation } from "../../datasets/relation.ts";
import { GraphBuilder, type Value } from "../../graphs/builder.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { predefined } from "../../samplers/predefined.ts";
import type { Negatives, Step } from "../../samplers/sampler.ts";
import { gather } from "../../graphs/ops/index.ts";
import { assertLaw } from "./chi_square.ts";
import { batchOf, catalogueWhere, drawIn, opened, proposals, selector } from "./drawn.ts";

/** User 0 dislikes 1, 2, 3 (weights 1, 3, 2) and met 3; user 1 dislikes 4 and met it; user 2 has no dislikes. */
const dislikes = relation({
  rows: Int32Array.of(0, 0, 0, 1),
  targets: Int32Array.of(1, 2, 3, 4),
  weights: Float32Array.of(1, 3, 2, 5),
  rowCount: 3,
  targetCount: 6,
});
const of = catalogueWhere([[3], [0, 4], [5]], 6, { dislikes }), DRAWS = 12_000;
const draw = (user: number, options: Parameters<typeof predefined>[0] = {}) =>
  proposals(predefined(options), drawIn(of), new Int32Array(DRAWS).fill(user), 1000, "ids");

Deno.test("negatives are the user's dislikes less what was met, by weight or evenly", async () => {
  assertLaw(await draw(0), [0, 1 / 4, 3 / 4, 0, 0, 0]);
  assertLaw(await draw(0, { weighted: false }), [0, 1 / 2, 1 / 2, 0, 0, 0]);
});

Deno.test("a user whose list comes after others' draws from its own, by its weights", async () => {
  const lists = relation({
    rows: Int32Array.of(0, 0, 1, 1, 1),
    targets: Int32Array.of(1, 2, 0, 3, 5),
    weights: Float32Array.of(4, 9, 1, 2, 5),
    rowCount: 2,
    targetCount: 6,
  });
  const two = catalogueWhere([[4], [4]], 6, { dislikes: lists }), users = new Int32Array(DRAWS).fill(1);
  assertLaw(await proposals(predefined(), drawIn(two), users, 1000, "ids"), [1 / 8, 0, 0, 2 / 8, 0, 5 / 8]);
});

Deno.test("users without dislikes that they have not met draw uniformly from what they have not met", async () => {
  assertLaw(await draw(1), [0, 1 / 4, 1 / 4, 1 / 4, 0, 1 / 4]); // 3 degrees of freedom
  assertLaw(await draw(2), [1 / 5, 1 / 5, 1 / 5, 1 / 5, 1 / 5, 0]);
});

Deno.test("a share of draws is uniform all the same", async () => {
  const uniform = 0.4 / 5; // of the five items that user 0 has not met
  const law = [uniform, 0.6 / 4 + uniform, 0.6 * 3 / 4 + uniform, 0, uniform, uniform];
  assertLaw(await draw(0, { uniform: 0.4 }), law); // 4 degrees of freedom
});

Deno.test("the log probability is that of the mixture, for items of the list and others", async () => {
  const sampler = opened(predefined({ uniform: 0.4, negatives: 100 }), of, 3);
  const batch = { ...batchOf(0, 3), users: Int32Array.of(0, 1, 2) };
  const { ids, logQ } = await sampler.propose(batch, drawIn(of)) as { ids: Int32Array; logQ: Float32Array };
  const law = [0.08, 0.23, 0.53, 0, 0.08, 0.08];
  assert(new Set(ids.subarray(0, 100)).size === 5);
  ids.forEach((id, at) => {
    const wanted = at < 100 ? law[id]! : at < 200 ? 1 / 4 : 1 / 5;
    assert(Math.abs(Math.exp(logQ[at]!) - wanted) < 1e-6, `${id} at ${at}`);
  });
});

/** What select makes of a batch of users 0, 1, 2 and a padding row. */
async function selected(fallback: "uniform" | "skip") {
  const runtime = await openRuntime({ provider: "wasm" }), graph = new GraphBuilder();
  const sampler = opened(predefined({ negatives: 2, fallback }), of, 4);
  const proposed = {
    ids: graph.input("ids", "int32", [4, 2]),
    logQ: graph.input("logQ", "float32", [4, 2]),
    lacking: graph.input("lacking", "float32", [4, 1]),
  };
  const table = graph.constant(new Float32Array(6), [6, 1, 1]);
  const step = {
    graph,
    rowMask: graph.constant(Float32Array.of(1, 1, 1, 0), [4, 1]),
    items: (ids: Value) => gather(table, ids),
  };
  const { mask, measures } = sampler.select(step as unknown as Step, proposed) as Negatives;
  const outputs: Record<string, Value> = { ...measures, ...mask && { mask } };
  const program = await runtime.compile(graph, { outputs });
  const batch = { ...batchOf(0, 4), rows: 3, users: Int32Array.of(0, 1, 2, 0) };
  return await program.run(await sampler.propose(batch, drawIn(of)) as Record<string, Int32Array>);
}

Deno.test("the share of rows without a list is measured: of those whose dislikes less what was met are empty", async () => {
  const { fallback } = await selected("uniform");
  assert(Math.abs((fallback as Float32Array)[0]! - 2 / 3) < 1e-6);
});

Deno.test("rows without a list can be skipped", async () => {
  assert.deepEqual([...(await selected("skip")).mask as Float32Array], [1, 1, 0, 0, 0, 0, 1, 1]);
});

Deno.test("data without dislikes are refused, saying what would bring them", () => {
  assert.throws(
    () => opened(predefined(), catalogueWhere([[0]], 2)),
    /"predefined": the data have no dislikes.*--dislikes/,
  );
});

Deno.test("an entry of weight 0, or less, is never drawn", async () => {
  for (const weight of [0, -1]) await assertUndrawn(weight);
});

/** That item 1 is not drawn, and item 2 always, where user 0 weighs item 1 so. */
async function assertUndrawn(weight: number) {
  const none = { ...dislikes, weights: Float32Array.of(weight, 3, 2, 5) },
    zero = catalogueWhere([[3], [0], [5]], 6, { dislikes: none });
  const ids = await proposals(predefined(), drawIn(zero), new Int32Array(500), 100, "ids");
  assert.deepEqual([...new Set(ids)], [2]);
  const select = await selector(await openRuntime({ provider: "wasm" }), predefined(), zero, 1);
  const fed = await opened(predefined(), zero).propose(batchOf(0, 1), drawIn(zero));
  assert.equal((await select(fed, new Float32Array(6))).logQ[0], 0);
}
