import assert from "node:assert/strict";
import { gradients } from "../../graphs/autodiff.ts";
import { GraphBuilder, type RowGradient, type Value, type Variable } from "../../graphs/builder.ts";
import { filled, normal, zeros } from "../../graphs/initializers.ts";
import { softplus } from "../../graphs/ops/activation.ts";
import { add, mul, neg, sub } from "../../graphs/ops/arithmetic.ts";
import { matmul, swapAxes } from "../../graphs/ops/linear.ts";
import { argMax, gather, gatherElements } from "../../graphs/ops/index.ts";
import { sum } from "../../graphs/ops/reduce.ts";
import { reshape, unsqueeze } from "../../graphs/ops/shape.ts";
import { denseRows } from "../../graphs/ops/index.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { scaledRows } from "../../runtime/scaled_rows.ts";
import type { UpdateRule } from "../../runtime/update.ts";

const R = 3, D = 6, USERS = 4, ITEMS = 5;
function model() {
  const g = new GraphBuilder(), ids = (name: string, shape: readonly number[]) => g.input(name, "int32", shape);
  const users = g.variable("user", [USERS, D], normal(1)), items = g.variable("item", [ITEMS, D], normal(1));
  const user = gather(users, ids("users", [R])), positive = gather(items, ids("positives", [R, 1]));
  return { g, users, items, user, query: unsqueeze(user, 1), positive };
}
const terms = (value: Value) => scaledRows(value)?.map(({ rows, scale }) => [rows.ids.name, scale.name]) ?? null;

Deno.test("sums of rows times numbers are taken apart, whatever their order, nesting and axes", () => {
  const { g, user, query, positive } = model(),
    each = g.input("each", "float32", [R, 1, 1]),
    c = g.input("c", "float32", []);
  assert.deepEqual(terms(mul(query, each)), [["users", "each"]]);
  assert.deepEqual(terms(reshape(mul(each, positive), [R, D])), [["positives", "each"]]);
  assert.deepEqual(terms(add(add(mul(each, query), mul(c, positive)), mul(positive, each))), [
    ["users", "each"],
    ["positives", "c"],
    ["positives", "each"],
  ]);
  assert.deepEqual(terms(add(mul(c, user), reshape(mul(each, positive), [R, D]))), [["users", "c"], [
    "positives",
    "each",
  ]]);
});

Deno.test("differences, products of products and rows as they are count as scaled rows", () => {
  const { g, user, positive } = model(), c = g.input("c", "float32", []), each = g.input("each", "float32", [R, 1, 1]);
  const scales = (value: Value) =>
    scaledRows(value)?.map(({ scale: { node, data } }) => node ? node.op.type : data ? [...data] : "fed");
  assert.deepEqual(scales(user), [[1]]);
  assert.deepEqual(scales(neg(user)), ["Neg"]);
  assert.deepEqual(scales(sub(mul(user, c), user)), ["fed", "Neg"]);
  assert.deepEqual(scales(mul(each, sub(mul(c, positive), positive))), ["Mul", "Mul"]);
});

Deno.test("rows that are computed, scaled by element, broadcast or not a sum of products are left whole", () => {
  const { g, users, user, query, positive } = model(), c = g.input("c", "float32", []);
  assert.equal(terms(mul(add(user, 1), c)), null, "computed");
  assert.equal(terms(mul(user, g.input("all", "float32", [R, D]))), null, "a number for each element");
  assert.equal(terms(mul(user, g.input("columns", "float32", [D]))), null, "a number for each column");
  const square = gather(users, g.input("square", "int32", [D]));
  assert.equal(terms(mul(square, g.input("width", "float32", [D]))), null, "as many columns as rows");
  const several = gather(users, g.input("several", "int32", [R, 2])), one = g.input("scales", "float32", [1, 1, 2]);
  assert.equal(terms(matmul(one, several)), null, "numbers that rows share");
  const own = matmul(g.input("own", "float32", [R, 1, 2]), several);
  assert.deepEqual(terms(mul(own, c))?.length, 1, "a sum of two rows times a number");
  assert.equal(terms(mul(own, g.input("each", "float32", [R, 1, 1]))), null, "a sum of two rows times its own");
  assert.equal(
    terms(mul(gather(users, g.input("one", "int32", [1])), g.input("many", "float32", [R, 1]))),
    null,
    "broadcast",
  );
  assert.equal(terms(add(mul(query, c), mul(user, c))), null, "added across axes");
  assert.equal(terms(reshape(mul(reshape(positive, [R, 2, D / 2]), c), [R, 1, D])), null, "halves of rows");
});

/** x - gradient: shows the gradient itself. */
const descent: UpdateRule = {
  states: [],
  rows: "touched",
  scalars: () => ({}),
  next: ({ parameter, gradient }) => ({ parameter: sub(parameter, gradient), states: {} }),
};

Deno.test("a step of pairwise ranking moves each table by its whole gradient, of the tables as they were", async () => {
  const { g, users, items, user, query, positive } = model(), candidates = g.input("candidates", "int32", [R, 2]);
  const scores = sum(mul(query, gather(items, candidates)), [2]); // [R, 2]
  const negative = gather(items, gatherElements(candidates, argMax(scores, 1), 1)); // [R, 1, D], computed ids
  const score = (item: Value) => sum(mul(query, item), [2]);
  const squares = [user, positive, negative].map((x) => sum(mul(x, x))).reduce(add);
  const loss = add(sum(softplus(sub(score(negative), score(positive)))), mul(0.1, squares));
  const found = gradients(loss, [users, items]);
  const rows = [...found.values()].flatMap((gradient) => (gradient as RowGradient).parts.map(({ rows }) => rows));
  assert(rows.every((value) => scaledRows(value)), "the session is asked for scales alone");
  const updates = [...found].map(([variable, gradient]) => ({ variable, gradient, rule: descent }));
  const dense = (variable: Variable) => denseRows(found.get(variable) as RowGradient, variable.shape);
  const feeds = {
    users: Int32Array.of(2, 0, 2),
    positives: Int32Array.of(1, 3, 1),
    candidates: Int32Array.of(4, 1, 0, 4, 2, 3),
  };
  const runtime = await openRuntime({ provider: "wasm", seed: 8 });
  const before = await runtime.save();
  assert.equal(before.size, 0);
  const expected = await (await runtime.compile(g, {
    outputs: { nextuser: sub(users, dense(users)), nextitem: sub(items, dense(items)), loss },
  })).run(feeds);
  const step = await runtime.compile(g, { outputs: { loss }, updates });
  assert(Math.abs(Number((await step.run(feeds)).loss[0]) - Number(expected.loss[0])) < 1e-5);
  const after = await runtime.save();
  for (const name of ["user", "item"] as const) {
    after.get(name)!.data.forEach((x, at) => {
      assert(
        Math.abs(x - Number(expected[`next${name}`][at])) < 1e-5,
        `${name} ${at}: ${x} is not ${expected[`next${name}`][at]}`,
      );
    });
  }
});

Deno.test("the gradients of several inner products at once are scaled rows, spread and summed", async () => {
  const K = 4, { g, users, items, query } = model(), negatives = gather(items, g.input("negatives", "int32", [R, K]));
  const scores = reshape(matmul(query, swapAxes(negatives)), [R, K]);
  const loss = add(sum(softplus(scores)), mul(0.1, sum(mul(negatives, negatives))));
  const found = gradients(loss, [users, items]);
  const terms = (variable: Variable) =>
    (found.get(variable) as RowGradient).parts.map(({ rows }) =>
      scaledRows(rows)?.map(({ rows: { ids } }) => ids.name)
    );
  assert.deepEqual(terms(users), [["negatives"]], "K rows of items make one of a user");
  assert.deepEqual(terms(items), [["negatives", "users"]], "one row of a user counts for K of items");

  const updates = [...found].map(([variable, gradient]) => ({ variable, gradient, rule: descent }));
  const dense = (variable: Variable) => denseRows(found.get(variable) as RowGradient, variable.shape);
  const feeds = { users: Int32Array.of(2, 0, 2), negatives: Int32Array.of(4, 1, 0, 4, 2, 3, 1, 1, 0, 2, 3, 4) };
  for (const rule of [descent, { ...descent, rows: "all" as const }]) {
    const runtime = await openRuntime({ provider: "wasm", seed: 8 });
    const next = { nextuser: sub(users, dense(users)), nextitem: sub(items, dense(items)) };
    const expected = await (await runtime.compile(g, { outputs: { ...next, loss } })).run(feeds);
    const step = await runtime.compile(g, { outputs: { loss }, updates: updates.map((each) => ({ ...each, rule })) });
    assert(Math.abs(Number((await step.run(feeds)).loss[0]) - Number(expected.loss[0])) < 1e-5);
    const after = await runtime.save();
    for (const name of ["user", "item"] as const) {
      after.get(name)!.data.forEach((x, at) => {
        const wanted = Number(expected[`next${name}`][at]);
        assert(Math.abs(x - wanted) < 1e-5, `${name} ${at} of ${rule.rows} rows: ${x} is not ${wanted}`);
      });
    }
    await runtime.dispose();
  }
});

Deno.test("known numbers of rows, of which the first is 1, scale all of them", async () => {
  const g = new GraphBuilder(),
    users = g.variable("user", [3, 1], filled(1)),
    items = g.variable("item", [3, 1], zeros);
  const ids = g.input("ids", "int32", [3]), known = g.constant(Float32Array.of(1, 10, 100), [3, 1]);
  const loss = sum(softplus(mul(mul(known, gather(users, ids)), gather(items, ids))));
  const [gradient] = gradients(loss, [items]).values(), runtime = await openRuntime({ provider: "wasm" });
  const updates = [{ variable: items, gradient: gradient!, rule: descent }];
  await (await runtime.compile(g, { outputs: {}, updates })).run({ ids: Int32Array.of(0, 1, 2) });
  assert.deepEqual([...(await runtime.save()).get("item")!.data], [-0.5, -5, -50]); // sigmoid(0) is a half
  await runtime.dispose();
});

Deno.test("an update without an output, of rows times constants, runs", async () => {
  const { g, users, user } = model(), runtime = await openRuntime({ provider: "wasm", seed: 8 });
  const [gradient] = gradients(mul(0.5, sum(mul(user, user))), [users]).values();
  const step = await runtime.compile(g, {
    outputs: {},
    updates: [{ variable: users, gradient: gradient!, rule: descent }],
  });
  const start = (await runtime.save()).get("user")!.data;
  await step.run({ users: Int32Array.of(3, 3, 1) });
  const end = (await runtime.save()).get("user")!.data;
  const times = [1, 0, 1, -1]; // rows 1 and 3 lose themselves once and twice
  end.forEach((x, at) =>
    assert(Math.abs(x - times[Math.floor(at / D)]! * start[at]!) < 1e-6 || Math.floor(at / D) === 1 && x === 0)
  );
  await assert.rejects(step.run({ users: Int32Array.of(0, 4, 0) }), /input "users" holds id 4 at 1/);
});
