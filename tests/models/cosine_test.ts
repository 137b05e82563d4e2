import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { gradients } from "../../graphs/autodiff.ts";
import { GraphBuilder, RowGradient } from "../../graphs/builder.ts";
import { denseRows } from "../../graphs/ops/index.ts";
import { add, mul } from "../../graphs/ops/arithmetic.ts";
import { sum } from "../../graphs/ops/reduce.ts";
import { mf } from "../../models/mf.ts";
import { eachProvider } from "../runtime/each_provider.ts";
import { checkerboard } from "./checkerboard.ts";

const of = catalogue(checkerboard(3));
const USER = [[3, 4], [0, 0], [-2, 0]], ITEM = [[4, 3], [0, 0], [0, 5]];
const table = (rows: readonly (readonly number[])[]) => ({ shape: [3, 2], data: Float32Array.from(rows.flat()) });
const build = () => {
  const graph = new GraphBuilder(), users = graph.constant(Int32Array.of(0, 1, 2));
  const encoder = mf({ dim: 2, score: "cosine" }).build(graph, of, { rows: 3, users });
  return { graph, encoder, pool: encoder.items(graph.constant(Int32Array.of(0, 1, 2), [1, 3])) };
};

eachProvider("cosine scores are those of the angles, whatever the lengths; a zero vector scores 0", async (runtime) => {
  const { graph, encoder, pool } = build();
  const mixed = add(mul(0.5, pool), mul(0.5, encoder.items(graph.constant(Int32Array.of(2, 2, 2), [1, 3]))));
  const program = await runtime.compile(graph, {
    outputs: { scores: encoder.score(encoder.query, pool), mixed: encoder.score(encoder.query, mixed) },
  });
  await runtime.load(new Map([["user", table(USER)], ["item", table(ITEM)]]));
  const { scores, mixed: ofMixed } = await program.run({});
  const near = (found: ArrayLike<unknown>, wanted: readonly number[]) =>
    wanted.forEach((x, at) => assert(Math.abs(Number(found[at]) - x) < 1e-6, `${at}: ${found[at]}, not ${x}`));
  near(scores!, [0.96, 0, 0.8, 0, 0, 0, -0.8, 0, 0]);
  const half = 4 / Math.hypot(4, 8); // of (2, 4), the mean of items 0 and 2
  near(ofMixed!, [(3 * 2 + 4 * 4) / (5 * Math.hypot(2, 4)), 0.8, 0.8, 0, 0, 0, -half, 0, 0]);
});

eachProvider("the gradient of a cosine is finite everywhere, and zero at a zero vector", async (runtime) => {
  const { graph, encoder, pool } = build(), variables = [...graph.variables.values()];
  const slopes = gradients(sum(encoder.score(encoder.query, pool)), variables);
  const dense = variables.map((v) => {
    const slope = slopes.get(v)!;
    return slope instanceof RowGradient ? denseRows(slope, v.shape) : slope;
  });
  const program = await runtime.compile(graph, { outputs: { du: dense[0]!, di: dense[1]! } });
  await runtime.load(new Map([["user", table(USER)], ["item", table(ITEM)]]));
  const { du, di } = await program.run({});
  for (const slope of [du!, di!]) {
    assert(slope.every((x) => Number.isFinite(Number(x))));
    assert.deepEqual([Number(slope[2]), Number(slope[3])], [0, 0]);
    assert(Number(slope[0]) !== 0);
  }
});

Deno.test("a bias and a cosine do not go together", () => {
  assert.throws(() => mf({ bias: true, score: "cosine" }), /option "bias" adds to inner products/);
});

Deno.test("a backbone that scores cosines does not say that it scores inner products", () => {
  assert.equal(build().encoder.dot, undefined);
  const graph = new GraphBuilder(), users = graph.input("users", "int32", [3]);
  assert.equal(mf({ dim: 2 }).build(graph, of, { rows: 3, users }).dot, true);
});
