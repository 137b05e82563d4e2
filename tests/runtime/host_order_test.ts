import assert from "node:assert/strict";
import { GraphBuilder, RowGradient, type Value } from "../../graphs/builder.ts";
import { normal } from "../../graphs/initializers.ts";
import { tanh } from "../../graphs/ops/activation.ts";
import { add, mul, sub } from "../../graphs/ops/arithmetic.ts";
import { gather } from "../../graphs/ops/index.ts";
import { gemm, matmul, swapAxes } from "../../graphs/ops/linear.ts";
import { sum } from "../../graphs/ops/reduce.ts";
import { reshape, unsqueeze } from "../../graphs/ops/shape.ts";
import { rewrite } from "../../graphs/rewrite.ts";
import { distributed } from "../../runtime/distributed.ts";
import { distributedPools } from "../../runtime/distributed_pools.ts";
import { hostRuntime } from "../../runtime/host_runtime.ts";
import { type Engine, wasmEngine } from "../../runtime/ort.ts";
import type { Plan } from "../../runtime/runtime.ts";
import { scaledProducts } from "../../runtime/scaled_products.ts";
import { pickLargest } from "../../samplers/candidates.ts";
import { sgd } from "../../training/optimizers.ts";

const R = 3, M = 4, D = 8, ITEMS = 10; // fewer items than R M candidates: if those are gathered, the table is fed whole
function model() {
  const g = new GraphBuilder(), ids = (name: string, shape: readonly number[]) => g.input(name, "int32", shape);
  const users = gather(g.variable("user", [9, D], normal(1)), ids("users", [R])); // [R, D]
  const item = g.variable("item", [ITEMS, D], normal(1)), candidates = ids("candidates", [R, M]);
  const positive = gather(item, ids("positives", [R, 1])), pool = gather(item, candidates);
  const scores = (items: Value) => reshape(matmul(unsqueeze(users, 1), swapAxes(items)), [R, M]);
  return { g, users, item, candidates, positive, pool, scores };
}

/** Tables that the sessions of a program are fed whole. */
async function fedWhole<K extends string>(g: GraphBuilder, plan: Plan<K>): Promise<readonly string[]> {
  const engine = await wasmEngine(), fed: string[] = [];
  const session: Engine["session"] = async (...given) => {
    const opened = await engine.session(...given);
    fed.push(...opened.inputNames);
    return opened;
  };
  const runtime = hostRuntime({ ...engine, session }, 1, "a test");
  await runtime.compile(g, plan);
  await runtime.dispose();
  return fed.filter((name) => g.variables.has(name));
}

Deno.test("a graph is rewritten first: of mixtures the host would find no inner products", async () => {
  const { g, positive, pool, scores } = model(), alpha = g.input("alpha", "float32", [R, 1, 1]);
  const mixed = scores(add(mul(alpha, positive), mul(sub(1, alpha), pool)));
  assert.deepEqual(await fedWhole(g, { outputs: { mixed: tanh(mixed) } }), []);
});

Deno.test("ids that only a gradient reads are computed early, too", async () => {
  const { g, item, candidates, pool, scores } = model(), chosen = pickLargest(candidates, tanh(scores(pool)), 1);
  const rows = tanh(gather(item, chosen)), gradient = new RowGradient([{ ids: chosen, rows }]);
  assert.deepEqual(
    await fedWhole(g, { outputs: {}, updates: [{ variable: item, gradient, rule: sgd({ lr: 1 }) }] }),
    [],
  );
});

Deno.test("inner products are taken before gathers: rows that they alone read count for none", async () => {
  const { g, positive, pool, scores } = model();
  assert.deepEqual(await fedWhole(g, { outputs: { scores: tanh(scores(pool)), positive: tanh(positive) } }), []);
});

Deno.test("no two of the CPU's rewritings are for one node, so that none comes before another", () => {
  const { g, users, positive, pool, scores } = model(), mixed = add(mul(2, positive), mul(-1, pool));
  const wanted = [
    scores(mixed),
    scores(mul(2, pool)),
    sum(mul(users, reshape(add(positive, positive), [R, D])), [1]),
    matmul(mul(2, users), gemm(users, users, undefined, { transA: true })),
    sub(mul(2, gemm(users, users, undefined, { transB: true })), 1),
  ];
  const rules = [distributed, distributedPools, scaledProducts(g, wanted)], taken = rules.map(() => 0);
  rewrite(g, wanted, (...node) => {
    const found = rules.map((rule) => rule(...node));
    found.forEach((one, at) => taken[at]! += one ? 1 : 0);
    assert(found.filter((one) => one).length <= 1, `several are for ${node[0].op.type}`);
    return found.find((one) => one) ?? null;
  });
  assert(taken.every((count) => count > 0), `${taken} nodes are rewritten`);
});
