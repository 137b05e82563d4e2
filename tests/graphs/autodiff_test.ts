import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { gradients } from "../../graphs/autodiff.ts";
import {
  GraphBuilder,
  notDifferentiable,
  type Op,
  RowGradient,
  type Value,
  type Variable,
  type Vjp,
} from "../../graphs/builder.ts";
import { filled, zeros } from "../../graphs/initializers.ts";
import { abs, add, clip, exp, log, max, min, mul, neg, pow, stopGradient, sub } from "../../graphs/ops/arithmetic.ts";
import { relu, sigmoid } from "../../graphs/ops/activation.ts";
import { argMax, gather, scatterElementsOp, scatterNdOp } from "../../graphs/ops/index.ts";
import { matmul } from "../../graphs/ops/linear.ts";
import { softmax } from "../../graphs/ops/normalize.ts";
import { maxOver, mean, minOver, product, sum } from "../../graphs/ops/reduce.ts";
import { slice } from "../../graphs/ops/shape.ts";
import { openRuntime } from "../../runtime/providers.ts";

/** The gradient of `loss` in `variable`, computed. */
async function computed(loss: Value, variable: Variable): Promise<number[]> {
  const runtime = await openRuntime({ provider: "wasm" });
  const gradient = gradients(loss, [variable]).get(variable)!;
  assert(!(gradient instanceof RowGradient));
  const out = await (await runtime.compile(loss.graph, { outputs: { gradient } })).run({});
  return Array.from(out.gradient as Float32Array);
}
function tableAndIds() {
  const g = new GraphBuilder(), table = g.variable("table", [10, 2], filled(1));
  return { g, table, ids: g.input("ids", "int32", [3]), others: g.input("others", "int32", [2, 2]) };
}

Deno.test("the gradient of a table that is gathered from is the rows, not a table", () => {
  const { table, ids } = tableAndIds();
  const found = gradients(sum(exp(gather(table, ids))), [table]).get(table);
  assert(found instanceof RowGradient);
  assert.equal(found.parts.length, 1);
  assert.equal(found.parts[0]!.ids, ids);
  assert.deepEqual(found.parts[0]!.rows.shape, [3, 2]);
});

Deno.test("two gathers of one table give a gradient of two parts", () => {
  const { table, ids, others } = tableAndIds();
  const found = gradients(add(sum(gather(table, ids)), sum(exp(gather(table, others)))), [table]).get(table);
  assert(found instanceof RowGradient);
  assert.deepEqual(found.parts.map(({ ids, rows }) => [ids.name, rows.shape]).sort(), [
    ["ids", [3, 2]],
    ["others", [2, 2, 2]],
  ]);
});

Deno.test("the same gather used twice is one part", () => {
  const { table, ids } = tableAndIds();
  const loss = add(sum(exp(gather(table, ids))), sum(gather(table, ids)));
  const found = gradients(loss, [table]).get(table);
  assert(found instanceof RowGradient && found.parts.length === 1);
});

Deno.test("rows and a whole table add up to a whole table", async () => {
  const g = new GraphBuilder(), table = g.variable("table", [3, 2], filled(1));
  const rows = gather(table, g.constant(Int32Array.of(2, 2, 0)));
  assert.deepEqual(await computed(add(sum(rows), sum(mul(table, table))), table), [3, 3, 2, 2, 4, 4]);
});

Deno.test("rows of a computed table reach the variable behind it", async () => {
  const g = new GraphBuilder(), table = g.variable("table", [3, 1], filled(1));
  const rows = gather(mul(table, 5), g.constant(Int32Array.of(1, 1)));
  assert.deepEqual(await computed(sum(rows), table), [0, 10, 0]);
});

Deno.test("nothing flows through stopGradient, and a variable behind it alone has no gradient", async () => {
  const g = new GraphBuilder(), w = g.variable("w", [], filled(3)), other = g.variable("other", [], filled(2));
  assert.deepEqual(await computed(mul(w, stopGradient(w)), w), [3]); // not 6
  assert.deepEqual([...gradients(mul(w, stopGradient(other)), [w, other]).keys()], [w]);
  assert.equal(gradients(stopGradient(w), [w]).size, 0);
});

Deno.test("one sum and one reverse pass make two players, each against the other", async () => {
  const g = new GraphBuilder(), up = g.variable("up", [], filled(2)), down = g.variable("down", [], filled(5));
  const game = add(mul(up, stopGradient(down)), neg(mul(stopGradient(up), down)));
  assert.deepEqual(await computed(game, up), [5]);
  assert.deepEqual(await computed(game, down), [-2]);
});

Deno.test("a choice carries no gradient: what is gathered at an argMax does", () => {
  const { g, table } = tableAndIds();
  const chosen = gather(table, argMax(slice(table, 0, 0, 4), 0));
  assert(gradients(sum(chosen), [table]).get(table) instanceof RowGradient);
  assert.equal(gradients(sum(gather(g.constant(new Float32Array(10)), argMax(table, 0))), [table]).size, 0);
});

Deno.test("an op without a rule is named with its node, but only on the way to a variable", () => {
  const g = new GraphBuilder(), w = g.variable("w", [2], zeros), x = g.input("x", "float32", [2]);
  const odd: Op = { type: "Odd", infer: ([v]) => [v!.type], vjp: notDifferentiable };
  const apply = (value: Value) => g.scope("model", () => g.apply(odd, [value])[0]!);
  assert.throws(
    () => gradients(sum(apply(w)), [w]),
    /Cannot differentiate "ReduceSum_1": no gradient for op "Odd" \(node "model\/Odd_0"\)/,
  );
  assert.equal(gradients(sum(mul(apply(x), w)), [w]).size, 1);
  assert.equal(gradients(sum(mul(stopGradient(apply(w)), w)), [w]).size, 1);
  assert.equal(gradients(sum(mul(apply(stopGradient(w)), w)), [w]).size, 1);
});

Deno.test("what is written over has no gradient, what is written over it has; only adding has one otherwise", async () => {
  const make = () => {
    const g = new GraphBuilder(), w = g.variable("w", [2, 1], zeros), rows = g.variable("rows", [1, 1], zeros);
    return {
      g,
      w,
      rows,
      first: g.constant(Int32Array.of(0), [1, 1]),
      weights: g.constant(Float32Array.of(3, 5), [2, 1]),
    };
  };
  for (const op of [scatterNdOp, scatterElementsOp]) {
    const { g, w, rows, first, weights } = make();
    const loss = sum(mul(weights, g.apply(op, [w, first, rows])[0]!));
    assert.deepEqual([await computed(loss, w), await computed(loss, rows)], [[0, 5], [3]]);
    const other = make(), [product] = other.g.apply(op, [other.w, other.first, other.rows], { reduction: "mul" });
    assert.throws(
      () => gradients(sum(product!), [other.w]),
      { message: `Cannot differentiate "${op.type}" with reduction "mul": only "add" and "none" have a gradient` },
    );
  }
});

Deno.test("a loss must be a float32 scalar", () => {
  const { table, ids } = tableAndIds();
  assert.throws(
    () => gradients(gather(table, ids), [table]),
    /Cannot differentiate "Gather_0": a loss is a float32 scalar, this is float32 \[3,2\]/,
  );
  assert.throws(() => gradients(sum(ids), [table]), /this is int32 \[\]/);
});

Deno.test("a rule that gives a cotangent of the wrong shape is caught", () => {
  const g = new GraphBuilder(), w = g.variable("w", [2], zeros);
  const wrong: Op = { type: "Neg", infer: ([v]) => [v!.type], vjp: ([c]) => [sum(c!)] };
  assert.throws(
    () => gradients(sum(g.apply(wrong, [w])[0]!), [w]),
    /gradient of op "Neg" \(node "Neg_0"\): input 0 has shape \[2\], its cotangent has \[\]/,
  );
});

Deno.test("a variable that is the loss itself has gradient 1", async () => {
  const w = new GraphBuilder().variable("w", [], zeros);
  assert.deepEqual(await computed(w, w), [1]);
});

Deno.test("a diamond sums both paths", async () => {
  const w = new GraphBuilder().variable("w", [], filled(3));
  const square = mul(w, w); // d/dw (w^2 * 2 + w^2 * w^2) = 4 w + 4 w^3
  assert.deepEqual(await computed(add(mul(square, 2), mul(square, square)), w), [12 + 108]);
});

Deno.test("a graph of 5,000 nodes in a row overflows no stack", () => {
  const w = new GraphBuilder().variable("w", [], filled(1));
  let value: Value = w;
  for (let at = 0; at < 5000; at++) value = sigmoid(value);
  assert(gradients(value, [w]).has(w));
});

Deno.test("a ladder of 60 diamonds is walked in linear time", () => {
  const g = new GraphBuilder(), w = g.variable("w", [], filled(1));
  let value: Value = w;
  for (let at = 0; at < 60; at++) value = add(neg(value), exp(value)); // 2^60 paths
  assert(gradients(value, [w]).has(w));
  assert(g.nodes.length < 1000);
});

Deno.test("the gradient of a softmax regression is that of the formula, (p - y) x", async () => {
  // By hand: logits x w, p = softmax; with w = 0, p = 1/2 each. d/dw = x' (p - y) / rows.
  const g = new GraphBuilder(), w = g.variable("w", [2, 2], zeros);
  const x = g.constant(Float32Array.of(1, 2, 3, 4), [2, 2]), y = g.constant(Float32Array.of(1, 0, 0, 1), [2, 2]);
  const p = softmax(matmul(x, w));
  const loss = neg(mean(sum(mul(y, log(p)), [1])));
  const found = await computed(loss, w);
  [0.5, -0.5, 0.5, -0.5].forEach((wanted, at) => assert(Math.abs(found[at]! - wanted) < 1e-6, `${found}`));
});

Deno.test("the gradient of any sum of products is the other factors", async () => {
  const runtime = await openRuntime({ provider: "wasm" });
  const terms = fc.array(fc.tuple(fc.nat(2), fc.nat(2)), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(terms, async (pairs) => {
      const g = new GraphBuilder(), start = [2, 3, 5];
      const ws = start.map((value, at) => g.variable(`w${at}`, [], filled(value)));
      const loss = pairs.map(([a, b]) => mul(ws[a]!, sub(ws[b]!, 1))).reduce(add);
      const found = gradients(loss, ws), zero = g.constant(Float32Array.of(0), []);
      const outputs = Object.fromEntries(ws.map((w) => [`d${w.name}`, add((found.get(w) ?? zero) as Value, zero)]));
      const program = await runtime.compile(g, { outputs }), out = await program.run({});
      await program.dispose();
      ws.forEach((w, at) => {
        const wanted = pairs.reduce(
          (total, [a, b]) => total + (a === at ? start[b]! - 1 : 0) + (b === at ? start[a]! : 0),
          0,
        );
        assert.equal(out[`d${w.name}`]![0], wanted);
      });
    }),
    { numRuns: 20, seed: 7 },
  );
});

Deno.test("at a tie the first operand takes the gradient, extremes share it, and kinks have the slope that is told", async () => {
  const g = new GraphBuilder(), a = g.variable("a", [2], filled(1)), b = g.variable("b", [2], filled(1));
  const zero = sub(a, 1);
  const wanted: readonly [Value, Variable, number][] = [
    [max(a, b), a, 1],
    [max(a, b), b, 0],
    [min(a, b), a, 1],
    [min(a, b), b, 0],
    [maxOver(a), a, 0.5],
    [minOver(a), a, 0.5],
    [clip(a, 1, 2), a, 1],
    [clip(a, 0, 1), a, 1],
    [abs(zero), a, 0],
    [relu(zero), a, 0],
    [pow(zero, 2), a, 0],
    [pow(zero, 0), a, 0],
    [pow(zero, b), b, 0],
  ];
  const slopes = wanted.map(([y, of], at) => [`${at}`, gradients(sum(y), [of]).get(of) as Value]);
  const runtime = await openRuntime({ provider: "wasm" });
  const found = await (await runtime.compile(g, { outputs: Object.fromEntries(slopes) })).run({});
  wanted.forEach(([{ name }, , slope], at) => assert.deepEqual([...found[at]!], [slope, slope], name));
});

Deno.test("a value on the way has a gradient, too, and it can be differentiated again", async () => {
  const g = new GraphBuilder(), x = g.input("x", "float32", [3]), square = mul(x, x);
  const loss = sum(mul(square, square)); // x^4
  const first = gradients(loss, [square, x]), slope = first.get(x) as Value;
  const second = gradients(sum(slope), [x]).get(x) as Value;
  const runtime = await openRuntime({ provider: "wasm" });
  const program = await runtime.compile(g, { outputs: { of: first.get(square) as Value, slope, second } });
  const found = await program.run({ x: Float32Array.of(1, -2, 3) });
  assert.deepEqual([...found.of as Float32Array], [2, 8, 18]); // d/dy y^2
  assert.deepEqual([...found.slope as Float32Array], [4, -32, 108]);
  assert.deepEqual([...found.second as Float32Array], [12, 48, 108]);
});

Deno.test("ops of one type on one value are told apart by their gradients", async () => {
  const identity = (vjp: Vjp): Op => ({ type: "Identity", infer: ([x]) => [x!.type], vjp });
  const reversed = identity(([g]) => [neg(g!)]), doubled = identity(([g]) => [mul(2, g!)]);
  const g = new GraphBuilder(), x = g.variable("x", [], filled(1)), of = (op: Op) => g.apply(op, [x])[0]!;
  assert.equal(of(reversed), of(reversed));
  assert.deepEqual(await computed(add(of(reversed), mul(10, of(doubled))), x), [-1 + 10 * 2]);
});

Deno.test("a rule that leaves out an input is caught: it would be taken for one without a gradient", () => {
  const product: Op = { type: "Mul", infer: ([a]) => [a!.type], vjp: ([g], { inputs: [, b] }) => [mul(g!, b!)] };
  const g = new GraphBuilder(), a = g.variable("a", [], zeros), b = g.variable("b", [], zeros);
  assert.throws(() => gradients(g.apply(product, [a, b])[0]!, [a, b]), {
    name: "TypeError",
    message:
      'Cannot use the gradient of op "Mul" (node "Mul_0"): it has 2 inputs, its vjp gave 1 cotangents; null is that of an input without one',
  });
});

Deno.test("each factor's gradient is the product of the others, where none, one or two of them are zero", async () => {
  const g = new GraphBuilder(), x = g.variable("x", [3, 3], () => Float32Array.of(2, 3, 4, 2, 0, 3, 0, 0, 5));
  assert.deepEqual(await computed(sum(product(x, [1])), x), [12, 8, 6, 0, 6, 0, 0, 0, 0]);
});
