import assert from "node:assert/strict";
import { gradients } from "../../graphs/autodiff.ts";
import { GraphBuilder, type Value } from "../../graphs/builder.ts";
import { normal } from "../../graphs/initializers.ts";
import { tanh } from "../../graphs/ops/activation.ts";
import { add, mul, sub } from "../../graphs/ops/arithmetic.ts";
import { denseRows, gather } from "../../graphs/ops/index.ts";
import type { RowGradient } from "../../graphs/builder.ts";
import { sum } from "../../graphs/ops/reduce.ts";
import { reshape } from "../../graphs/ops/shape.ts";
import { prune } from "../../graphs/prune.ts";
import { distributed } from "../../runtime/distributed.ts";
import { rewrite } from "../../graphs/rewrite.ts";
import { hostDots } from "../../runtime/host_dot.ts";
import { eachProvider } from "./each_provider.ts";

const R = 3, D = 8, ITEMS = 30;
/** A query, two items of each row, and what mixes them. */
function model() {
  const g = new GraphBuilder(), ids = (name: string) => g.input(name, "int32", [R]);
  const users = g.variable("user", [9, D], normal(1)), items = g.variable("item", [ITEMS, D], normal(1));
  const user = gather(users, ids("users")), hard = gather(items, ids("hard")), other = gather(items, ids("other"));
  const lambda = g.input("lambda", "float32", [1]), each = g.input("each", "float32", [R, 1]);
  return {
    g,
    users,
    items,
    user,
    hard,
    other,
    lambda,
    each,
    mixed: add(mul(lambda, hard), mul(sub(1, lambda), other)),
  };
}
const inner = (a: Value, b: Value) => sum(mul(a, b), [1]);
/** Pairs of ids whose rows' inner products the host takes, once products are distributed. */
function pairs(value: Value): readonly (readonly [string, string])[] {
  const { graph, of } = rewrite(value.graph, [value], distributed);
  return hostDots(prune(graph, [of(value)]).nodes).map(({ queries, items }) => [queries.ids.name, items.ids.name]);
}

Deno.test("an inner product with a mixture is one with each of its rows", () => {
  const { user, hard, other, mixed, each } = model();
  assert.deepEqual(pairs(inner(user, mixed)), [["users", "hard"], ["users", "other"]]);
  assert.deepEqual(pairs(inner(mul(each, sub(hard, other)), user)), [["hard", "users"], ["other", "users"]]);
});

Deno.test("the square of a mixture takes each pair of its rows once", () => {
  const { mixed } = model();
  assert.deepEqual(pairs(inner(mixed, mixed)), [["hard", "hard"], ["hard", "other"], ["other", "other"]]);
});

Deno.test("what is no mixture stays, and so does a product of too many terms", () => {
  const { g, user, hard, other, mixed } = model(),
    count = (value: Value) => {
      const { graph, of } = rewrite(g, [value], distributed);
      return prune(graph, [of(value)]).nodes.length - prune(g, [value]).nodes.length;
    };
  assert.equal(count(inner(user, hard)), 0, "rows as they are");
  assert.equal(count(inner(user, tanh(mixed))), 0, "computed");
  assert.equal(count(inner(add(user, mixed), add(hard, other))), 0, "six products");
  assert.equal(count(sum(mul(user, tanh(mixed)))), 0, "computed, over rows");
});

Deno.test("a sum over rows, too, is one of inner products that the host can take", () => {
  const { g, user, hard, mixed } = model(), whole = sum(mul(user, hard));
  const dots = (graph: typeof g, value: Value) =>
    hostDots(prune(graph, [value]).nodes).map(({ output }) => output.shape);
  const { graph, of } = rewrite(g, [whole], distributed);
  assert.deepEqual([dots(g, whole), dots(graph, of(whole)), of(whole).shape], [[], [[user.shape[0]!]], []]);
  const deep = (x: Value) => reshape(x, [1, ...x.shape]), mixtures = sum(mul(deep(user), deep(mixed)), [1, 2]);
  assert.deepEqual(rewrite(g, [mixtures], distributed).of(mixtures).shape, [1], "of mixtures, over rows and elements");
});

eachProvider("scores, lengths and gradients of mixtures are those of plain loops", async (runtime) => {
  const { g, users, items, user, mixed } = model();
  const score = inner(user, mixed),
    square = inner(mixed, mixed),
    found = gradients(sum(add(score, square)), [
      users,
      items,
    ]);
  const dense = (variable: typeof users) => denseRows(found.get(variable) as RowGradient, variable.shape);
  const program = await runtime.compile(g, {
    outputs: { score, square, ofUsers: dense(users), ofItems: dense(items) },
  });
  const feeds = { users: Int32Array.of(4, 0, 4), hard: Int32Array.of(7, 2, 29), other: Int32Array.of(7, 3, 2) };
  const lambda = 0.7, result = await program.run({ ...feeds, lambda: Float32Array.of(lambda) });
  const saved = await runtime.save(),
    at = (table: string, id: number, d: number) => saved.get(table)!.data[id * D + d]!;
  const expected = {
    score: [0, 0, 0],
    square: [0, 0, 0],
    ofUsers: new Float64Array(9 * D),
    ofItems: new Float64Array(ITEMS * D),
  };
  for (let row = 0; row < R; row++) {
    const [u, h, o] = [feeds.users[row]!, feeds.hard[row]!, feeds.other[row]!];
    for (let d = 0; d < D; d++) {
      const mix = lambda * at("item", h, d) + (1 - lambda) * at("item", o, d), slope = at("user", u, d) + 2 * mix;
      expected.score[row]! += at("user", u, d) * mix;
      expected.square[row]! += mix * mix;
      expected.ofUsers[u * D + d]! += mix;
      expected.ofItems[h * D + d]! += lambda * slope;
      expected.ofItems[o * D + d]! += (1 - lambda) * slope;
    }
  }
  for (const name of ["score", "square", "ofUsers", "ofItems"] as const) {
    assert.equal(result[name].length, expected[name].length);
    expected[name].forEach((x, at) =>
      assert(Math.abs(x - Number(result[name][at])) < 1e-4, `${name} ${at}: ${result[name][at]} is not ${x}`)
    );
  }
});
