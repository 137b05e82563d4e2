import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { type Attributes, GraphBuilder, type Value } from "../../graphs/builder.ts";
import { encode } from "../../graphs/encode.ts";
import { zeros } from "../../graphs/initializers.ts";
import { add, mul, neg, sub } from "../../graphs/ops/arithmetic.ts";
import { softplus } from "../../graphs/ops/activation.ts";
import { cast } from "../../graphs/ops/compare.ts";
import { logSumExp, maxOver } from "../../graphs/ops/reduce.ts";
import { opTable } from "../../graphs/ops/table.ts";
import { prune } from "../../graphs/prune.ts";
import { simplify } from "../../graphs/simplify.ts";
import { openModel } from "../../runtime/model.ts";

/** A node as it is, past functions that would leave it out. */
const apply = (type: string, inputs: readonly Value[], attributes: Attributes = {}): Value =>
  inputs[0]!.graph.apply(opTable.get(type)!, inputs, attributes)[0]!;
const ints = (g: GraphBuilder, ...values: number[]) => g.constant(BigInt64Array.from(values, BigInt), [values.length]);
const scalar = (g: GraphBuilder, x: number) => g.constant(Float32Array.of(x), []);

const ROWS = 2, WIDTH = 3;
/** What a random graph is made of: [2, 3] in, [2, 3] out. */
const pieces: Readonly<Record<string, (x: Value, y: Value, c: number) => Value>> = {
  "x + y": (x, y) => apply("Add", [x, y]),
  "x - y": (x, y) => apply("Sub", [x, y]),
  "c x": (x, _, c) => apply("Mul", [scalar(x.graph, c), x]),
  "x c": (x, _, c) => apply("Mul", [x, scalar(x.graph, c)]),
  "x / c": (x, _, c) => apply("Div", [x, scalar(x.graph, c === 0 ? 4 : c)]),
  "c / (1 + |x|)": (x, _, c) =>
    apply("Div", [scalar(x.graph, c), apply("Add", [scalar(x.graph, 1), apply("Abs", [x])])]),
  "c - x": (x, _, c) => apply("Sub", [scalar(x.graph, c), x]),
  "x + c": (x, _, c) => apply("Add", [x, scalar(x.graph, c)]),
  "-x": (x) => apply("Neg", [x]),
  "|x|": (x) => apply("Abs", [x]),
  "max(x, 0)": (x) => apply("Relu", [x]),
  "x itself": (x) => apply("Identity", [x]),
  "x where it is x": (x, y) => apply("Where", [apply("Less", [x, y]), x, x]),
  "x with an axis more, summed over": (x) =>
    apply("ReduceSum", [apply("Unsqueeze", [x, ints(x.graph, 1)]), ints(x.graph, 1)], { keepdims: 0 }),
  "x on end and back": (x) => apply("Transpose", [apply("Transpose", [x], { perm: [1, 0] })], { perm: [1, 0] }),
  "x' as x": (x) => apply("Reshape", [apply("Transpose", [x], { perm: [1, 0] }), ints(x.graph, ROWS, WIDTH)]),
  "x flat and back": (x) => apply("Reshape", [apply("Reshape", [x, ints(x.graph, 6)]), ints(x.graph, ROWS, WIDTH)]),
  "all of x": (x) => apply("Slice", [x, ints(x.graph, 0), ints(x.graph, 9), ints(x.graph, 1)]),
  "x turned round": (x) =>
    apply("Slice", [x, ints(x.graph, -1), ints(x.graph, -9), ints(x.graph, 1), ints(x.graph, -1)]),
  "sums of x, spread": (x) =>
    apply("Expand", [apply("ReduceSum", [x, ints(x.graph, 1)], { keepdims: 1 }), ints(x.graph, ROWS, WIDTH)]),
};
const step = fc.record({
  piece: fc.constantFrom(...Object.keys(pieces)),
  left: fc.nat(20),
  right: fc.nat(20),
  c: fc.constantFrom(0, 1, -1, 2, 0.5, -0.25),
});

/** The graph of what is simpler, having seen that it computes the same of [2, 3] inputs. */
async function assertSame(g: GraphBuilder, built: readonly Value[]) {
  const simpler = simplify(g, built), after = built.map(simpler.of);
  const named = (values: readonly Value[]) => Object.fromEntries(values.map((value, at) => [`y${at}`, value]));
  const feeds = Object.fromEntries(
    [[0.5, -1.25, 2, 0, -0.125, 1], [-0.75, 0.25, 1.5, -2, 0, 3]].map((data, at) => [
      INPUTS[at]!,
      { dtype: "float32" as const, shape: [ROWS, WIDTH], data: Float32Array.from(data) },
    ]),
  );
  const [expected, found] = await Promise.all(
    [encode(g, named(built)), encode(simpler.graph, named(after))].map(async (bytes) => {
      const model = await openModel(bytes);
      const results = await model.run(Object.fromEntries(model.inputNames.map((name) => [name, feeds[name]!])));
      await model.dispose();
      return results;
    }),
  );
  for (const [name, { data }] of Object.entries(expected!)) {
    Array.from(data, Number).forEach((x, at) => {
      const y = Number(found![name]!.data[at]);
      assert(Math.abs(x - y) <= 1e-5 * Math.max(1, Math.abs(x)), `${name} [${at}]: ${y}, not ${x}`);
    });
  }
  return { graph: simpler.graph, after };
}
const INPUTS = ["a", "b"];

Deno.test("random graphs compute the same in no more nodes", async () => {
  const g = new GraphBuilder(), inputs = INPUTS.map((name) => g.input(name, "float32", [ROWS, WIDTH]));
  const built = fc.sample(fc.array(step, { minLength: 1, maxLength: 12 }), { numRuns: 60, seed: 11 }).map((steps) => {
    const values = [...inputs];
    for (const { piece, left, right, c } of steps) {
      values.push(
        pieces[piece]!(values.at(-1 - left % Math.min(3, values.length))!, values[right % values.length]!, c),
      );
    }
    return values.at(-1)!;
  });
  const { graph, after } = await assertSame(g, built);
  const fewer = built.map((value, at) => prune(g, [value]).nodes.length - prune(graph, [after[at]!]).nodes.length);
  assert(fewer.every((count) => count >= 0), `${fewer}`);
  assert(fewer.filter((count) => count > 0).length > built.length / 2, `${fewer}`);
});

Deno.test("any two pieces after each other compute the same", async () => {
  const g = new GraphBuilder(),
    [x, y] = INPUTS.map((name) => g.input(name, "float32", [ROWS, WIDTH])) as [Value, Value];
  const every = Object.values(pieces);
  await assertSame(
    g,
    every.flatMap((first) => every.flatMap((then) => [then(first(x, y, 2), y, -0.25), then(y, first(x, y, 0), 0)])),
  );
});

const types = (wanted: readonly Value[]) => {
  const { graph, of } = simplify(wanted[0]!.graph, wanted);
  return prune(graph, wanted.map(of)).nodes.map(({ op }) => op.type);
};
const input = () => new GraphBuilder().input("x", "float32", [ROWS, WIDTH]);

Deno.test("known factors are multiplied, and signs go where they cost nothing", () => {
  const x = input(), g = x.graph, y = g.input("y", "float32", [ROWS, WIDTH]);
  assert.deepEqual(types([apply("Div", [mul(2, neg(mul(3, x))), scalar(g, 4)])]), ["Mul"]);
  assert.deepEqual(types([apply("Add", [x, neg(y)])]), ["Sub"]);
  assert.deepEqual(types([neg(sub(x, y))]), ["Sub"]);
  assert.deepEqual(types([add(mul(0.5, mul(2, x)), y)]), ["Add"]);
  assert.deepEqual(types([mul(1e30, mul(1e30, x))]), ["Mul", "Mul"]); // their product is no float32
  assert.deepEqual(types([apply("Ceil", [apply("Ceil", [x])]), apply("Floor", [apply("Floor", [x])])]), [
    "Ceil",
    "Floor",
  ]);
});

Deno.test("what changes nothing stays where it changes a shape, a type or an order", () => {
  const x = input(), g = x.graph, row = g.input("row", "float32", [WIDTH]);
  assert.deepEqual(types([apply("Add", [row, g.constant(new Float32Array(6), [ROWS, WIDTH])])]), ["Add"]);
  assert.deepEqual(types([apply("Mul", [row, g.constant(Float32Array.of(1, 1), [ROWS, 1])])]), ["Mul"]);
  const nothing = g.constant(Float32Array.of(0), [1, 1, 1]), two = g.constant(Float32Array.of(2), [1, 1, 1]);
  assert.deepEqual(types([apply("Sub", [row, nothing])]), ["Sub"]);
  assert.deepEqual(types([apply("Add", [row, nothing]), apply("Add", [nothing, row])]), ["Add", "Add"]);
  assert.deepEqual(types([apply("Sub", [scalar(g, 0), row])]), ["Neg"]);
  assert.deepEqual(types([apply("Sub", [nothing, row])]), ["Sub"]);
  assert.deepEqual(types([apply("Div", [mul(3, row), two])]), ["Mul", "Div"]);
  assert.deepEqual(types([apply("Where", [apply("Less", [x, row]), row, row])]), ["Less", "Where"]);
  const long = apply("Mul", [scalar(g, 3), apply("Mul", [row, two])]);
  assert.deepEqual(simplify(g, [long]).of(long).shape, [1, 1, WIDTH]);
  assert.deepEqual(types([cast(cast(x, "int32"), "float32")]), ["Cast", "Cast"]);
  assert.deepEqual(types([cast(cast(cast(x, "int32"), "int64"), "int32")]), ["Cast"]);
  assert.deepEqual(types([apply("Transpose", [x])]), ["Transpose"]);
  assert.deepEqual(types([apply("Abs", [apply("Pad", [x, ints(g, 1, 0, -1, 0)])])]), ["Pad", "Abs"]); // rows move on by one
  assert.deepEqual(types([apply("ReduceSum", [x, ints(g, 0)], { keepdims: 1 })]), ["ReduceSum"]);
});

Deno.test("nor does it go within a graph, where what is left would not be an input that is asked for", () => {
  const x = input(), g = x.graph, row = g.input("row", "float32", [WIDTH]);
  const [zero, one] = [0, 1].map((x) => g.constant(Float32Array.of(x), [1, 1, 1])) as [Value, Value];
  const within = [
    ...[apply("Add", [row, zero]), apply("Add", [zero, row]), apply("Sub", [row, zero]), apply("Sub", [zero, row])],
    ...[apply("Mul", [row, one]), apply("Mul", [one, row]), apply("Div", [row, one])],
    apply("Where", [apply("Less", [x, row]), row, row]),
  ].map((value) => softplus(value));
  const { of } = simplify(g, within);
  for (const value of within) assert.deepEqual(of(value).shape, value.shape, value.node!.inputs[0]!.name);
  assert.deepEqual(types([softplus(cast(cast(x, "int64"), "float32"))]), ["Cast", "Cast", "Softplus"]); // it cuts
});

Deno.test("constants are computed, up to the size that makes a graph no larger", () => {
  const x = input(), g = x.graph, three = g.constant(Float32Array.of(1, 2, 3));
  assert.deepEqual(types([apply("Add", [x, apply("Sqrt", [apply("Mul", [three, three])])])]), ["Add"]);
  const large = apply("Expand", [scalar(g, 2), ints(g, 100, 1)]);
  assert.deepEqual(types([apply("Concat", [large, large], { axis: 0 })]), ["Expand", "Concat"]);
});

Deno.test("a value with a gradient and the same without one are one", () => {
  const x = input();
  assert.deepEqual(
    types([add(maxOver(x, [1], true), logSumExp(x, [1], true))]).filter((type) => type === "ReduceMax"),
    [
      "ReduceMax",
    ],
  );
});

Deno.test("what is asked for is computed, though it be an input", () => {
  const x = input(), same = apply("Identity", [x]), { graph, of } = simplify(x.graph, [same]);
  assert.deepEqual([of(same).node?.op.type, graph.inputs.has("x")], ["Identity", true]);
});

Deno.test("variables keep names, shapes and how they start", () => {
  const g = new GraphBuilder(), w = g.scope("block", () => g.variable("W", [4], zeros, { trainable: false }));
  const y = g.scope("block", () => softplus(w)),
    { graph, of } = simplify(g, [y]),
    found = graph.variables.get("block/W")!;
  assert.deepEqual([found.shape, found.init, found.trainable, of(w)], [[4], zeros, false, found]);
  assert.match(of(y).name, /^block\/Softplus_/);
});
