import assert from "node:assert/strict";
import { GraphBuilder } from "../../graphs/builder.ts";
import { zeros } from "../../graphs/initializers.ts";
import { add, exp, mul, neg } from "../../graphs/ops/arithmetic.ts";
import { prune } from "../../graphs/prune.ts";

function chain() {
  const g = new GraphBuilder(), x = g.input("x", "float32", [2]), w = g.variable("w", [2], zeros);
  const product = mul(x, w), unused = exp(w), y = neg(add(product, 1));
  return { g, x, w, product, unused, y };
}

Deno.test("only what the outputs depend on is kept, in order", () => {
  const { g, x, w, y } = chain(), { nodes, leaves } = prune(g, [y]);
  assert.deepEqual(nodes.map(({ name }) => name), ["Mul_0", "Add_2", "Neg_3"]);
  assert.deepEqual(leaves.slice(0, 2), [x, w]);
  assert.deepEqual(leaves[2]!.data, Float32Array.of(1));
});

Deno.test("a given value is a leaf, and what computes it is left out", () => {
  const { g, product, y } = chain(), { nodes, leaves } = prune(g, [y], new Set([product]));
  assert.deepEqual(nodes.map(({ name }) => name), ["Add_2", "Neg_3"]);
  assert.equal(leaves[0], product);
});

Deno.test("leaves come in the order they are first read, outputs that are leaves last", () => {
  const { g, x, w, unused } = chain(), z = g.input("z", "float32", []);
  assert.deepEqual(prune(g, [z, unused, mul(x, w)]).leaves, [x, w, z]);
});
