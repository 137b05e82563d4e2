import assert from "node:assert/strict";
import { GraphBuilder, Variable } from "../../graphs/builder.ts";
import { zeros } from "../../graphs/initializers.ts";
import { add, mul, neg, stopGradient, sub } from "../../graphs/ops/arithmetic.ts";
import { gemm, matmul } from "../../graphs/ops/linear.ts";
import { and, where } from "../../graphs/ops/compare.ts";
import { layerNorm, softmax } from "../../graphs/ops/normalize.ts";
import { gather, gatherElements, gatherNd, scatterElementsAdd, scatterNdAdd, topK } from "../../graphs/ops/index.ts";
import { mean } from "../../graphs/ops/reduce.ts";
import { expand, pad, reshape, split, transpose, unsqueeze, zerosOf } from "../../graphs/ops/shape.ts";
import { print } from "../../graphs/print.ts";

Deno.test("the same op on the same values is the same value", () => {
  const g = new GraphBuilder(), x = g.input("x", "float32", [2]), y = g.input("y", "float32", [2]);
  assert.equal(add(x, y), add(x, y));
  assert.equal(add(x, 1), add(x, 1));
  assert.notEqual(add(x, y), add(y, x));
  assert.notEqual(add(x, y), sub(x, y));
  assert.notEqual(add(x, 1), add(x, 2));
  assert.equal(g.nodes.length, 5);
});

Deno.test("other attributes make another value", () => {
  const g = new GraphBuilder(), x = g.input("x", "float32", [2, 2, 2]);
  assert.notEqual(softmax(x, 0), softmax(x, 1));
  assert.equal(softmax(x, -1), softmax(x, 2));
  assert.notEqual(transpose(x, [0, 2, 1]), transpose(x, [2, 1, 0]));
});

Deno.test("stopGradient is not shared with an Identity that lets the gradient pass", () => {
  const g = new GraphBuilder(), x = g.input("x", "float32", [2]);
  const passing = g.apply({ type: "Identity", infer: ([v]) => [v!.type], vjp: (gs) => gs }, [x])[0];
  assert.notEqual(stopGradient(x), passing);
});

Deno.test("small equal constants are one value; 0 and -0 are two", () => {
  const g = new GraphBuilder(), of = (...values: number[]) => g.constant(Float32Array.from(values));
  assert.equal(of(1, 2), of(1, 2));
  assert.notEqual(of(1, 2), of(1, 3));
  assert.notEqual(of(1, 2), g.constant(Float32Array.of(1, 2), [2, 1]));
  assert.notEqual(of(1), g.constant(Int32Array.of(1)));
  assert.notEqual(of(0), of(-0));
});

Deno.test("a declared name never meets a name that the graph made up", () => {
  const g = new GraphBuilder();
  const first = g.input("Neg_1", "float32", []), second = g.input("constant_0", "float32", []);
  const three = g.constant(Float32Array.of(3), []);
  assert.equal(add(neg(first), three).node!.inputs[1], three);
  assert.notEqual(neg(neg(first)), neg(first)); // the name Neg_1 is the input's
  assert.notEqual(neg(second), neg(three));
  const names = [first, second, three, ...g.nodes.flatMap(({ outputs }) => outputs)].map(({ name }) => name);
  assert.equal(new Set(names).size, names.length, `${names}`);
  assert.throws(() => g.input(g.nodes[0]!.name, "float32", []), /Cannot declare "Neg_0": the graph already has node/);
});

Deno.test("scopes prefix the names declared inside, also after an error", () => {
  const g = new GraphBuilder();
  const inner = g.scope("sampler", () => g.scope("gate", () => g.variable("w", [1], zeros)));
  assert.equal(inner.name, "sampler/gate/w");
  assert.equal(g.variables.get("sampler/gate/w"), inner);
  assert.throws(() =>
    g.scope("lost", () => {
      throw new Error("inside");
    }), /inside/);
  assert.equal(g.input("x", "float32", []).name, "x");
});

Deno.test("an input may be declared again as it is, but not as another type, and a variable not at all", () => {
  const g = new GraphBuilder(), x = g.input("x", "float32", [2]);
  assert.equal(g.input("x", "float32", [2]), x);
  assert.throws(
    () => g.input("x", "int32", [2]),
    /Cannot declare input "x" as int32 \[2\]: it is already float32 \[2\]/,
  );
  assert.throws(() => g.input("x", "float32", [3]), /as float32 \[3\]: it is already float32 \[2\]/);
  g.variable("w", [2], zeros);
  assert.throws(() => g.variable("w", [2], zeros), /Cannot declare "w": the graph already has variable "w"/);
  assert.throws(() => g.input("w", "float32", [2]), /already has variable "w"/);
  assert.throws(() => g.variable("x", [2], zeros), /already has input "x"/);
});

Deno.test("noise is an input that the graph remembers as noise", () => {
  const g = new GraphBuilder(), gumbel = g.scope("sampler", () => g.noise("gumbel", [2, 3]));
  assert.equal(g.inputs.get("sampler/gumbel"), gumbel);
  assert.deepEqual([...g.noises.keys()], ["sampler/gumbel"]);
});

Deno.test("a value of another graph is refused by name", () => {
  const g = new GraphBuilder(), other = new GraphBuilder().input("stranger", "float32", []);
  assert.throws(
    () => add(g.input("x", "float32", []), other),
    /Cannot apply "Add": its input "stranger" belongs to another graph/,
  );
});

Deno.test("shapes that do not fit are refused with both shapes", () => {
  const g = new GraphBuilder(), a = g.input("a", "float32", [6, 8]), b = g.input("b", "float32", [4, 8]);
  assert.throws(() => matmul(a, b), /Cannot multiply \[6,8\] by \[4,8\]: inner sizes 8 and 4 differ/);
  assert.throws(() => mul(a, b), /Cannot broadcast \[6,8\] with \[4,8\]: axis -2 has lengths 6 and 4/);
  assert.throws(() => reshape(a, [7, 7]), /Cannot reshape \[6,8\] to \[7,7\]: 48 elements do not fit/);
  assert.throws(() => reshape(zerosOf(a, [6, 8]), [7, 7]), /Cannot reshape \[6,8\] to \[7,7\]/);
  assert.throws(() => matmul(a, mean(b)), /Cannot multiply \[6,8\] by \[\]: a scalar is no matrix/);
  assert.throws(() => gemm(a, unsqueeze(b, 0)), /Cannot apply "Gemm" to \[6,8\] and \[1,4,8\]/);
  assert.throws(() => topK(a, 9), /Cannot take the top 9 of axis 1 of \[6,8\]: it is shorter/);
  assert.throws(() => transpose(a, [0, 0]), /Cannot transpose \[6,8\] by \[0,0\]: that is no permutation/);
  assert.throws(() => split(a, 1, [3, 4]), /Cannot split axis 1 of \[6,8\] into \[3,4\]: they do not add up to 8/);
  assert.throws(
    () => scatterNdAdd(a, g.constant(Int32Array.of(0, 5), [2, 1]), b),
    /Cannot scatter \[4,8\] into \[6,8\] at \[2,1\]: that takes \[2,8\]/,
  );
  assert.throws(() => softmax(a, 2), /Cannot apply "Softmax" over axis 2: the tensor has 2 axes/);
  assert.throws(() => add(a, g.input("i", "int32", [8])), /Cannot apply "Add" to float32 and int32/);
  assert.throws(
    () => g.constant(new Float32Array(3), [2, 2]),
    /Cannot make a constant of shape \[2,2\] from 3 elements/,
  );
});

Deno.test("what onnxruntime would refuse at the run, of a node that nobody wrote, is refused where it is called", () => {
  const g = new GraphBuilder(), x = g.input("x", "float32", [2, 3]), flat = g.input("flat", "int32", [2]);
  const refused: readonly (readonly [() => unknown, RegExp])[] = [
    [() => gatherElements(x, flat, 1), /Cannot apply "GatherElements" to \[2,3\] at slots \[2\] along axis 1/],
    [() => gatherElements(x, g.input("tall", "int32", [5, 3]), 1), /at slots \[5,3\] along axis 1/],
    [() => gatherElements(x, x, 1), /Cannot apply "GatherElements" at "x": ids and slots are int32 or int64, this is/],
    [() => gather(x, x), /Cannot apply "Gather" at "x": ids and slots are int32 or int64, this is float32/],
    [() => gatherNd(x, g.input("deep", "int32", [4, 3])), /Cannot apply "GatherND" to \[2,3\] at coordinates \[4,3\]/],
    [() => scatterElementsAdd(x, flat, x, 1), /Cannot apply "ScatterElements" to \[2,3\] at slots \[2\]/],
    [
      () => scatterElementsAdd(x, g.input("one", "int32", [2, 1]), x, 1),
      /Cannot scatter \[2,3\] at slots \[2,1\]: each slot takes one element/,
    ],
    [() => where(x, x, 0), /Cannot apply "Where" to "x": it takes bool, this is float32/],
    [() => and(x, x), /Cannot apply "And" to "x": it takes bool/],
    [() => pad(x, [1], [1]), /Cannot pad \[2,3\] by \[1,1\]: that takes 2 numbers before and 2 after/],
    [() => split(x, 1, [4, -1]), /Cannot split into pieces of \[4,-1\]: one is negative/],
    [() => topK(x, -1), /Cannot take the top -1 of axis 1 of \[2,3\]: that is no count/],
    [() => matmul(x, g.input("whole", "int32", [3, 2])), /Cannot multiply float32 \[2,3\] by int32 \[3,2\]/],
    [() => gemm(x, transpose(x, [1, 0]), g.input("c", "float32", [1, 2, 2])), /\[1,2,2\] does not broadcast to/],
    [() => layerNorm(x, unsqueeze(x, 0), x), /Cannot normalise \[2,3\] with a scale or bias \[1,2,3\]/],
    [
      () => g.variable("half", [2.5], zeros),
      /Cannot declare variable "half" of shape \[2.5\]: lengths are whole numbers/,
    ],
    [
      () => g.variable("b#ias", [], zeros),
      /Cannot declare variable "b#ias": "#" parts a variable's name from an optimiser's/,
    ],
    [() => g.input("less", "int32", [-1]), /Cannot declare input "less" of shape \[-1\]/],
  ];
  for (const [build, message] of refused) assert.throws(build, message);
});

Deno.test("what holds one number everywhere is stretched as anything else is", () => {
  const g = new GraphBuilder(), x = g.input("x", "float32", [4]), zero = zerosOf(x, [4]);
  for (const shape of [[3, 1], [1], [2, 4]]) assert.deepEqual(expand(zero, shape).shape, expand(x, shape).shape);
  assert.throws(() => expand(zero, [3]), /Cannot broadcast \[4\] with \[3\]/);
});

Deno.test("only float32 of the variable's shape can be assigned to it", () => {
  const g = new GraphBuilder(), w = g.variable("w", [2], zeros);
  assert(w instanceof Variable && w.trainable);
  assert.throws(
    () => g.assign(w, add(w, g.input("x", "float32", [2, 1]))),
    /Cannot assign float32 \[2,2\] to variable "w"/,
  );
  g.assign(w, neg(w));
  assert.equal(g.assignments.get(w), neg(w));
});

Deno.test("known arithmetic is done while the graph is built", () => {
  const g = new GraphBuilder(), x = g.input("x", "float32", [2, 3]);
  assert.equal(mul(x, 1), x);
  assert.equal(mul(g.constant(Float32Array.of(1), []), x), x);
  assert.equal(reshape(reshape(x, [6]), [2, 3]), x);
  const six = add(mul(g.constant(Float32Array.of(2), []), 2), 2);
  assert.deepEqual(Array.from(six.data as Float32Array), [6]);
  assert.deepEqual(mul(x, g.constant(Float32Array.of(1), [1, 1, 1])).shape, [1, 2, 3]);
  assert.deepEqual(mul(g.constant(Float32Array.of(1), [1, 1, 1]), x).shape, [1, 2, 3]);
});

Deno.test("gathering by ids [2, 2] along axis 1 puts their axes where that axis was", () => {
  const g = new GraphBuilder(), x = g.input("x", "float32", [5, 6, 7]);
  const y = gather(x, g.input("ids", "int32", [2, 2]), 1);
  assert.deepEqual(y.shape, [5, 2, 2, 7]);
  assert.match(print(g, [y]), /Gather_0: float32 \[5,2,2,7\] = Gather\(x, ids\) axis=1/);
});

Deno.test("a number that an integer operand cannot be added to is refused, not cut short", () => {
  const g = new GraphBuilder(), x = g.input("x", "int32", [3]);
  assert.throws(() => mul(x, 0.5), /Cannot take 0\.5 as int32, which the other operand is/);
  assert.equal(mul(x, 2).dtype, "int32");
});

Deno.test("noise of one name has one law", () => {
  const g = new GraphBuilder(), x = g.noise("x", [2]);
  assert.equal(g.noise("x", [2]), x);
  assert.throws(
    () => g.noise("x", [2], "normal"),
    /Cannot declare noise "x" as normal: it is already of the other law/,
  );
});
