import assert from "node:assert/strict";
import { GraphBuilder, type Value } from "../../graphs/builder.ts";
import { normal } from "../../graphs/initializers.ts";
import { tanh } from "../../graphs/ops/activation.ts";
import { add, mul, neg, sub } from "../../graphs/ops/arithmetic.ts";
import { gather } from "../../graphs/ops/index.ts";
import { matmul, swapAxes } from "../../graphs/ops/linear.ts";
import { reshape } from "../../graphs/ops/shape.ts";
import { prune } from "../../graphs/prune.ts";
import { rewrite } from "../../graphs/rewrite.ts";
import { distributedPools } from "../../runtime/distributed_pools.ts";
import { hostDots } from "../../runtime/host_dot.ts";
import { eachProvider } from "./each_provider.ts";

const R = 3, K = 2, M = 4, D = 8, ITEMS = 30;
/** A query, a positive and K pools of M candidates for each row, and numbers that mix them: one for each pool. */
function model() {
  const g = new GraphBuilder();
  const users = g.variable("user", [9, D], normal(1)), items = g.variable("item", [ITEMS, D], normal(1));
  const user = gather(users, g.input("users", "int32", [R]));
  const positive = reshape(gather(items, g.input("positives", "int32", [R])), [R, 1, 1, D]);
  const candidates = reshape(gather(items, g.input("candidates", "int32", [R, K * M])), [R, K, M, D]);
  const alpha = g.input("alpha", "float32", [R, K, 1, 1]);
  return { g, users, items, user, positive, candidates, alpha };
}
const scores = (user: Value, mixed: Value) => matmul(reshape(user, [R, 1, D]), swapAxes(reshape(mixed, [R, K * M, D]))); // [R, 1, K M]

/** Ids whose rows the host takes inner products of, and how many, once pools are distributed. */
function taken(value: Value): readonly (readonly [string, number])[] {
  const { graph, of } = rewrite(value.graph, [value], distributedPools);
  return hostDots(prune(graph, [of(value)]).nodes)
    .map(({ items, output }) => [items.ids.name, output.shape.reduce((a, b) => a * b)] as const);
}

Deno.test("the scores of a pool's mixtures are those of its rows, and a positive's once for its row", () => {
  const { user, positive, candidates, alpha } = model();
  const mixed = add(mul(alpha, positive), mul(sub(1, alpha), candidates));
  assert.deepEqual(taken(scores(user, mixed)), [["positives", R], ["candidates", R * K * M]]);
  assert.deepEqual(taken(scores(user, sub(candidates, neg(positive)))), [["candidates", R * K * M], ["positives", R]]);
});

Deno.test("rows as they are, what is computed of them, and numbers for single elements stay as they are", () => {
  const { g, user, positive, candidates } = model();
  const count = (mixed: Value) => {
    const value = scores(user, mixed), { graph, of } = rewrite(g, [value], distributedPools);
    return prune(graph, [of(value)]).nodes.length - prune(g, [value]).nodes.length;
  };
  assert.equal(count(candidates), 0, "rows");
  assert.equal(count(tanh(add(candidates, positive))), 0, "computed");
  assert.equal(count(mul(g.input("gate", "float32", [R, 1, 1, D]), candidates)), 0, "a number for each element");
});

Deno.test("rows that all queries share stay mixed, though they be as many as queries", () => {
  const { g, users, items } = model(), ids = (name: string, shape: readonly number[]) => g.input(name, "int32", shape);
  const query = reshape(gather(users, ids("users", [R])), [R, 1, D]), shared = gather(items, ids("shared", [R])); // [R, D]
  const pool = gather(items, ids("pool", [R, R])),
    one = gather(items, ids("one", [1, R])),
    numbers = g.input("numbers", "float32", [R, R, 1]);
  for (const mixed of [add(pool, shared), add(pool, one), sub(shared, pool), mul(numbers, shared)]) {
    const value = matmul(query, swapAxes(mixed)), { graph, of } = rewrite(g, [value], distributedPools);
    const nodes = prune(graph, [of(value)]).nodes.length;
    assert.deepEqual([of(value).node!.op.type, nodes], ["MatMul", prune(g, [value]).nodes.length]);
  }
});

eachProvider("scores of mixed pools are those of plain loops", async (runtime) => {
  const { g, users, items, user, positive, candidates, alpha } = model();
  const mixed = add(mul(alpha, positive), mul(sub(1, alpha), candidates)), less = sub(candidates, mul(alpha, positive));
  const program = await runtime.compile(g, { outputs: { scores: scores(user, mixed), less: scores(user, less) } });
  const feeds = {
    users: Int32Array.of(4, 0, 8),
    positives: Int32Array.of(7, 7, 29),
    candidates: Int32Array.from({ length: R * K * M }, (_, at) => (at * 11) % ITEMS),
    alpha: Float32Array.from({ length: R * K }, (_, at) => at / (R * K)),
  };
  const { scores: found, less: differences } = await program.run(feeds), saved = await runtime.save();
  const row = (table: Value, id: number) =>
    Array.from(saved.get(table.name)!.data).slice(id * D, (id + 1) * D) as number[];
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, d) => sum + x * b[d]!, 0);
  for (let r = 0; r < R; r++) {
    const u = row(users, feeds.users[r]!), p = dot(u, row(items, feeds.positives[r]!));
    for (let n = 0; n < K * M; n++) {
      const share = feeds.alpha[r * K + Math.floor(n / M)]!;
      const at = r * K * M + n, candidate = dot(u, row(items, feeds.candidates[at]!));
      const expected = share * p + (1 - share) * candidate, where = `row ${r}, candidate ${n}`;
      assert(Math.abs((found as Float32Array)[at]! - expected) < 1e-5, where);
      assert(Math.abs((differences as Float32Array)[at]! - (candidate - share * p)) < 1e-5, where);
    }
  }
  await program.dispose();
});
