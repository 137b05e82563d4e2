import assert from "node:assert/strict";
import { GraphBuilder, type Value } from "../../graphs/builder.ts";
import { normal } from "../../graphs/initializers.ts";
import { add, mul } from "../../graphs/ops/arithmetic.ts";
import { gather } from "../../graphs/ops/index.ts";
import { matmul, swapAxes } from "../../graphs/ops/linear.ts";
import { sum } from "../../graphs/ops/reduce.ts";
import { reshape, unsqueeze } from "../../graphs/ops/shape.ts";
import { prune } from "../../graphs/prune.ts";
import { hostDots } from "../../runtime/host_dot.ts";
import { openRuntime } from "../../runtime/providers.ts";

const R = 3, M = 4, D = 18, ITEMS = 7;
function tables() {
  const g = new GraphBuilder(), ids = (name: string, shape: readonly number[]) => g.input(name, "int32", shape);
  const user = gather(g.variable("user", [5, D], normal(1)), ids("users", [R])),
    table = g.variable("item", [ITEMS, D], normal(1));
  const positive = gather(table, ids("positives", [R, 1])), candidates = gather(table, ids("candidates", [R, M]));
  return { g, table, user, query: unsqueeze(user, 1), positive, candidates };
}
const found = (output: Value) =>
  hostDots(prune(output.graph, [output]).nodes).map(({ queries, items }) => [queries.ids.name, items.ids.name]);
const scores = (query: Value, items: Value) => matmul(query, swapAxes(items)); // [R, 1, M]
const feeds = {
  users: Int32Array.of(4, 0, 2),
  positives: Int32Array.of(6, 1, 1),
  candidates: Int32Array.of(0, 1, 2, 3, 4, 5, 6, 6, 1, 1, 0, 5),
};

Deno.test("scores of candidates, of positives and squared lengths of fed rows are taken on the host", () => {
  const { user, query, positive, candidates } = tables();
  assert.deepEqual(found(reshape(scores(query, candidates), [R, M])), [["users", "candidates"]]);
  assert.deepEqual(found(sum(mul(query, positive), [2])), [["users", "positives"]]);
  assert.deepEqual(found(sum(mul(user, reshape(positive, [R, D])), [1], true)), [["users", "positives"]]);
  assert.deepEqual(found(sum(mul(positive, positive), [1, 2])), [["positives", "positives"]]);
});

Deno.test("what is computed, summed over other axes, broadcast or not a product stays in the session", () => {
  const { g, table, query, user, positive, candidates } = tables();
  assert.deepEqual(found(scores(add(query, 1), candidates)), [], "a computed query");
  assert.deepEqual(found(scores(query, mul(candidates, 2))), [], "computed items");
  assert.deepEqual(found(matmul(query, reshape(candidates, [R, D, M]))), [], "not transposed");
  const shared = gather(table, g.input("shared", "int32", [1, M]));
  assert.deepEqual(found(scores(query, shared)), [], "one pool of all rows");
  assert.deepEqual(found(scores(reshape(candidates, [R, M, D]), candidates)), [], "several queries a row");
  assert.deepEqual(
    found(scores(reshape(user, [1, 1, R * D]), reshape(candidates, [1, M * R / 3, 3 * D]))),
    [],
    "rows joined",
  );
  const narrow = gather(g.variable("narrow", [5, 1], normal(1)), g.input("users", "int32", [R]));
  const ones = gather(g.variable("ones", [ITEMS, 1], normal(1)), g.input("candidates", "int32", [R, M]));
  assert.deepEqual(found(matmul(narrow, swapAxes(ones))), [], "each query with every row's candidates");
  assert.deepEqual(found(sum(mul(query, candidates), [2])), [], "broadcast");
  assert.deepEqual(found(sum(mul(user, user))), [], "a sum over rows");
  assert.deepEqual(found(sum(mul(query, positive), [0])), [], "a sum over rows alone");
  assert.deepEqual(found(sum(add(query, positive), [2])), [], "a sum of sums");
  assert.deepEqual(found(sum(mul(gather(table, g.constant(Int32Array.of(1))), 2), [1])), [], "constant ids");
});

Deno.test("inner products on the host and in the graph agree, and repeat to the bit", async () => {
  const { table, query, positive, candidates, g } = tables(),
    runtime = await openRuntime({ provider: "wasm", seed: 5 });
  const both = (items: Value, like: Value) => ({
    host: scores(query, items),
    graph: scores(add(query, 0), add(like, 0)),
    positive: sum(mul(query, positive), [2]),
    summed: sum(mul(add(query, 0), add(positive, 0)), [2]),
    whole: add(table, 0),
  });
  const program = await runtime.compile(g, { outputs: both(candidates, candidates) });
  const first = await program.run(feeds), again = await program.run(feeds);
  assert.deepEqual(first, again);
  for (const [host, graph] of [[first.host, first.graph], [first.positive, first.summed]] as const) {
    assert.equal(host.length, graph.length);
    host.forEach((x, at) => assert(Math.abs(Number(x) - Number(graph[at])) <= 1e-5, `${x} is not ${graph[at]}`));
  }
});
