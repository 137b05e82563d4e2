import assert from "node:assert/strict";
import { GraphBuilder, type Value } from "../../graphs/builder.ts";
import { normal } from "../../graphs/initializers.ts";
import { tanh } from "../../graphs/ops/activation.ts";
import { add, mul } from "../../graphs/ops/arithmetic.ts";
import { gather } from "../../graphs/ops/index.ts";
import { matmul, swapAxes } from "../../graphs/ops/linear.ts";
import { sum } from "../../graphs/ops/reduce.ts";
import { reshape, unsqueeze } from "../../graphs/ops/shape.ts";
import { earlyIds, named } from "../../runtime/early_ids.ts";
import { phasePlan } from "../../runtime/host_phase.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { pickLargest } from "../../samplers/candidates.ts";
import { eachProvider } from "./each_provider.ts";

const R = 3, M = 4, D = 8, ITEMS = 90;
/** Of each query's candidates the id that scores highest, and what is done with its vector. */
function choice(layer: (x: Value) => Value = (x) => x) {
  const g = new GraphBuilder(), ids = (name: string, shape: readonly number[]) => g.input(name, "int32", shape);
  const query = layer(gather(g.variable("user", [9, D], normal(1)), ids("users", [R]))), // [R, D]
    table = g.variable("item", [ITEMS, D], normal(1)),
    candidates = ids("candidates", [R, M]);
  const scores = matmul(unsqueeze(query, 1), swapAxes(gather(table, candidates))); // [R, 1, M]
  const chosen = pickLargest(candidates, reshape(scores, [R, M]), 1), vector = reshape(gather(table, chosen), [R, D]);
  return { g, table, query, chosen, vector, score: sum(mul(query, vector), [1]), again: gather(table, add(chosen, 1)) };
}
const names = (values: Iterable<Value>) => Array.from(values, ({ name }) => name);
const feeds = {
  users: Int32Array.of(4, 0, 2),
  candidates: Int32Array.of(80, 1, 2, 3, 4, 5, 66, 6, 1, 11, 0, 5),
};

Deno.test("ids that the graph chooses by score are computed first, so that no table is fed whole", () => {
  const { g, chosen, score } = choice(), early = earlyIds(g, { score });
  assert.deepEqual(names(early), [chosen.name]);
  assert.deepEqual(phasePlan(g, { score }).variables.map(({ name }) => name), ["item"]);
  for (const plan of [phasePlan(g, named(early)), phasePlan(g, { score }, early)]) {
    assert.deepEqual(plan.variables, []);
  }
});

Deno.test("ids that follow from other computed ids, not from rows gathered by them, are computed first, too", () => {
  const { g, table, chosen, score } = choice(), next = add(chosen, 1), other = sum(gather(table, next), [2]);
  assert.deepEqual(names(earlyIds(g, { score, other })).toSorted(), [chosen.name, next.name].toSorted());
});

Deno.test("ids stay where they are used if computing them apart would repeat more than it spares", () => {
  const deep = (x: Value) => Array.from({ length: 40 }).reduce<Value>((y) => add(tanh(y), x), x);
  const { g, score } = choice(deep);
  assert.equal(earlyIds(g, { score }).size, 0);
  const fed = choice();
  assert.equal(earlyIds(fed.g, { scores: fed.query }).size, 0, "nothing is chosen");
});

Deno.test("nothing is computed apart where later ids need the whole table anyway", () => {
  const { g, table, chosen, again } = choice(), next = pickLargest(add(chosen, 1), sum(again, [2]), 1);
  assert.equal(earlyIds(g, { next: gather(table, next) }).size, 0);
});

eachProvider("what is chosen first, and what is gathered by it, is what plain loops choose", async (runtime) => {
  const { g, chosen, vector, score } = choice();
  const found = await (await runtime.compile(g, { outputs: { chosen, vector, score } })).run(feeds);
  const saved = await runtime.save();
  const row = (table: string, id: number) => Array.from(saved.get(table)!.data.subarray(id * D, (id + 1) * D));
  feeds.users.forEach((user, at) => {
    const product = (id: number) => row("item", id).reduce((sum, x, d) => sum + x * row("user", user)[d]!, 0);
    const best = [...feeds.candidates.subarray(at * M, (at + 1) * M)].toSorted((a, b) => product(b) - product(a))[0]!;
    assert.equal(found.chosen[at], best);
    assert.deepEqual(Array.from(found.vector.subarray(at * D, (at + 1) * D), Number), row("item", best));
    assert(Math.abs(Number(found.score[at]) - product(best)) < 1e-5);
  });
});

Deno.test("an id that is computed first and is not in the table is an error that names it", async () => {
  const g = new GraphBuilder(), ids = g.input("ids", "int32", [2]), next = add(ids, 1);
  const rows = gather(g.variable("item", [ITEMS, D], normal(1)), next),
    runtime = await openRuntime({ provider: "wasm" });
  assert.deepEqual(names(earlyIds(g, { rows })), [next.name]);
  const program = await runtime.compile(g, { outputs: { rows } });
  await assert.rejects(program.run({ ids: Int32Array.of(3, ITEMS - 1) }), /holds id 90 at 1; "item" has rows 0 to 89/);
  assert.equal((await program.run({ ids: Int32Array.of(3, 4) })).rows.length, 2 * D);
});
