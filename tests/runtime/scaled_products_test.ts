import assert from "node:assert/strict";
import { gradients } from "../../graphs/autodiff.ts";
import { GraphBuilder, type Value } from "../../graphs/builder.ts";
import { normal } from "../../graphs/initializers.ts";
import { add, div, mul, sub, tanh } from "../../graphs/ops/mod.ts";
import { gemm } from "../../graphs/ops/linear.ts";
import { sum } from "../../graphs/ops/reduce.ts";
import { slice } from "../../graphs/ops/shape.ts";
import { prune } from "../../graphs/prune.ts";
import { rewrite } from "../../graphs/rewrite.ts";
import { scaledProducts } from "../../runtime/scaled_products.ts";
import { eachProvider } from "./each_provider.ts";

const R = 3, N = 4, D = 2;
function model() {
  const g = new GraphBuilder(), q = g.variable("q", [R, D], normal(1)), v = g.variable("v", [N, D], normal(1));
  return { g, q, v, scores: gemm(q, v, undefined, { transB: true }), row: g.input("row", "float32", [1, N]) };
}
const ops = (wanted: readonly Value[]) => {
  const { graph } = wanted[0]!, { graph: to, of } = rewrite(graph, wanted, scaledProducts(graph, wanted));
  return prune(to, wanted.map(of)).nodes.map(({ op }) => op.type);
};

Deno.test("a temperature and a number for each column become part of the product that makes the scores", () => {
  const { scores, row } = model();
  assert.deepEqual(ops([sub(div(scores, 0.2), row)]), ["Neg", "Gemm"]);
  assert.deepEqual(
    ops([add(mul(3, mul(scores, 2)), row)]).filter((type) => type !== "Gemm"),
    [],
    "6 s",
  );
});

Deno.test("a product that somebody else reads, and numbers of rows or elements, stay", () => {
  const { g, q, v, scores, row } = model(), column = g.input("column", "float32", [R, 1]);
  assert.deepEqual(ops([div(scores, 0.2), scores]), ["Gemm", "Div"]);
  assert.deepEqual(ops([add(div(scores, 0.2), tanh(scores))]), ["Gemm", "Div", "Tanh", "Add"]);
  assert.deepEqual(
    ops([sub(div(scores, 0.2), row), slice(scores, 0, 0, 2)]),
    ["Neg", "Gemm", "Slice", "Gemm"],
    "some rows",
  );
  assert.deepEqual(ops([sub(scores, column)]), ["Gemm", "Sub"]);
  assert.deepEqual(ops([sub(gemm(q, q, undefined, { transB: true }), column)]), ["Gemm", "Sub"], "as many columns");
  assert.deepEqual(ops([slice(gemm(v, v, undefined, { transA: true }), 0, 0, 1)]), ["Gemm", "Slice"], "turned");
  assert.deepEqual(ops([mul(scores, row)]), ["Gemm", "Mul"]);
});

eachProvider("scaled scores and their gradients are what they were", async (runtime) => {
  const { g, q, v, scores, row } = model(), logits = sub(div(scores, 0.2), row), loss = sum(tanh(logits));
  const [dq, dv] = [...gradients(loss, [q, v]).values()] as Value[];
  const program = await runtime.compile(g, {
    outputs: { logits, dq: dq!, dv: dv!, queries: add(q, 0), items: add(v, 0) },
  });
  const fed = Float32Array.of(0.5, -1, 0, 2), found = await program.run({ row: fed });
  const [Q, V, dQ, dV] = [found.queries, found.items, found.dq, found.dv].map((x) =>
    Array.from(x, Number)
  ) as number[][];
  const near = (x: number, y: number, what: string) =>
    assert(Math.abs(x - y) < 1e-4 * (1 + Math.abs(y)), `${what}: ${x}, ${y}`);
  const s = Array.from({ length: R * N }, (_, at) => {
    const r = Math.floor(at / N), n = at % N, dot = Q![r * D]! * V![n * D]! + Q![r * D + 1]! * V![n * D + 1]!;
    return dot / 0.2 - fed[n]!;
  });
  s.forEach((x, at) => near(Number(found.logits[at]), x, `logit ${at}`));
  const nested = await runtime.compile(g, { outputs: { more: mul(2, add(mul(3, div(scores, 0.5)), row)) } });
  const { more } = await nested.run({ row: fed });
  s.forEach((x, at) => near(Number(more[at]), 2.4 * x + 4.4 * fed[at % N]!, `12 s + 2 row, ${at}`)); // x is 5 s - row
  const slope = s.map((x) => (1 - Math.tanh(x) ** 2) / 0.2);
  for (let d = 0; d < D; d++) {
    for (let r = 0; r < R; r++) {
      const wanted = V!.filter((_, at) => at % D === d).reduce((sum, x, n) => sum + slope[r * N + n]! * x, 0);
      near(dQ![r * D + d]!, wanted, `query ${r} ${d}`);
    }
    for (let n = 0; n < N; n++) {
      const wanted = Q!.filter((_, at) => at % D === d).reduce((sum, x, r) => sum + slope[r * N + n]! * x, 0);
      near(dV![n * D + d]!, wanted, `item ${n} ${d}`);
    }
  }
});
