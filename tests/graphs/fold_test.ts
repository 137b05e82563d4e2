import assert from "node:assert/strict";
import { decode } from "../../graphs/decode.ts";
import { prune } from "../../graphs/prune.ts";
import { openModel } from "../../runtime/model.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { type FileElements, floats, longs, onnxFile, type WrittenNode } from "./onnx_file.ts";

const LONG = (x: number) => ({ shape: [], data: BigInt64Array.of(BigInt(x)) });
const constant = (name: string, value: FileElements): WrittenNode => ({
  op: "Constant",
  outputs: [name],
  attributes: { value },
});

/** Chains of shape arithmetic as PyTorch writes them, from x [batch, 6] to y. */
const chains: Readonly<Record<string, readonly WrittenNode[]>> = {
  "x.view(x.size(0), 2, -1)": [
    { op: "Shape", inputs: ["x"], outputs: ["shape"] },
    constant("0", LONG(0)),
    { op: "Gather", inputs: ["shape", "0"], outputs: ["batch"], attributes: { axis: 0 } },
    constant("[0]", longs(0)),
    { op: "Unsqueeze", inputs: ["batch", "[0]"], outputs: ["[batch]"] },
    constant("rest", longs(2, -1)),
    { op: "Concat", inputs: ["[batch]", "rest"], outputs: ["target"], attributes: { axis: 0 } },
    { op: "Reshape", inputs: ["x", "target"], outputs: ["y"] },
  ],
  "batch, _ = x.shape; x.view(batch, 2, -1)": [
    { op: "Shape", inputs: ["x"], outputs: ["shape"] },
    { op: "Split", inputs: ["shape"], outputs: ["batch", "width"], attributes: { axis: 0 } },
    constant("rest", longs(2, -1)),
    { op: "Concat", inputs: ["batch", "rest"], outputs: ["target"], attributes: { axis: 0 } },
    { op: "Reshape", inputs: ["x", "target"], outputs: ["y"] },
  ],
  "batch, width = x.shape; x.view(batch, 2, width // 2), with sizes": [
    { op: "Shape", inputs: ["x"], outputs: ["shape"] },
    constant("sizes", longs(1, 1)),
    { op: "Split", inputs: ["shape", "sizes"], outputs: ["batch", "width"] },
    constant("two", longs(2)),
    { op: "Div", inputs: ["width", "two"], outputs: ["half"] },
    { op: "Concat", inputs: ["batch", "two", "half"], outputs: ["target"], attributes: { axis: 0 } },
    { op: "Reshape", inputs: ["x", "target"], outputs: ["y"] },
  ],
  "row.expand(x.size(0), -1, 6) + x: Where(shape == -1, 1, shape)": [
    { op: "Shape", inputs: ["x"], outputs: ["shape"], attributes: { start: 0, end: 1 } },
    constant("tail", longs(-1, 6)),
    { op: "Concat", inputs: ["shape", "tail"], outputs: ["asked"], attributes: { axis: 0 } },
    constant("-1", longs(-1)),
    { op: "Equal", inputs: ["asked", "-1"], outputs: ["open"] },
    constant("three", longs(3)),
    {
      op: "ConstantOfShape",
      inputs: ["three"],
      outputs: ["ones"],
      attributes: { value: { shape: [1], data: BigInt64Array.of(1n) } },
    },
    { op: "Where", inputs: ["open", "ones", "asked"], outputs: ["target"] },
    constant("row", floats([1, 1, 6], 1, 2, 3, 4, 5, 6)),
    { op: "Expand", inputs: ["row", "target"], outputs: ["rows"] },
    constant("[1]", longs(1)),
    { op: "Unsqueeze", inputs: ["x", "[1]"], outputs: ["wide"] },
    { op: "Add", inputs: ["rows", "wide"], outputs: ["y"] },
  ],
  "the first half of x by its length: Slice to Div(Shape[-1:], 2)": [
    { op: "Shape", inputs: ["x"], outputs: ["shape"] },
    constant("from", longs(-1)),
    constant("to", longs(9223372036854775000)),
    constant("axis", longs(0)),
    { op: "Slice", inputs: ["shape", "from", "to", "axis"], outputs: ["width"] },
    constant("2", longs(2)),
    { op: "Div", inputs: ["width", "2"], outputs: ["half"] },
    constant("zero", longs(0)),
    constant("columns", longs(1)),
    { op: "Slice", inputs: ["x", "zero", "half", "columns"], outputs: ["y"] },
  ],
  "pad(x, (1, -1)): its numbers in pairs, from the last axis on, are turned into ONNX's order": [
    constant("given", longs(1, -1)),
    constant("left", longs(2)),
    { op: "ConstantOfShape", inputs: ["left"], outputs: ["none"], attributes: { value: longs(0) } },
    { op: "Concat", inputs: ["given", "none"], outputs: ["flat"], attributes: { axis: 0 } },
    constant("by 2", longs(-1, 2)),
    { op: "Reshape", inputs: ["flat", "by 2"], outputs: ["pairs"] },
    constant("last", longs(-1)),
    constant("first", longs(-9223372036854775000)),
    constant("rows", longs(0)),
    { op: "Slice", inputs: ["pairs", "last", "first", "rows", "last"], outputs: ["turned"] },
    { op: "Transpose", inputs: ["turned"], outputs: ["sides"], attributes: { perm: [1, 0] } },
    { op: "Reshape", inputs: ["sides", "last"], outputs: ["list"] },
    { op: "Cast", inputs: ["list"], outputs: ["pads"], attributes: { to: 7 } },
    { op: "Pad", inputs: ["x", "pads"], outputs: ["y"] },
  ],
  "table[x.long()]: ids that come as float32": [
    constant("table", floats([2], 5, 6)),
    { op: "Cast", inputs: ["x"], outputs: ["ids"], attributes: { to: 7 } },
    { op: "Gather", inputs: ["table", "ids"], outputs: ["y"] },
  ],
  "x / sqrt(x.size(-1))": [
    { op: "Shape", inputs: ["x"], outputs: ["shape"] },
    constant("last", LONG(-1)),
    { op: "Gather", inputs: ["shape", "last"], outputs: ["width"] },
    { op: "Cast", inputs: ["width"], outputs: ["real"], attributes: { to: 1 } },
    { op: "Sqrt", inputs: ["real"], outputs: ["root"] },
    { op: "Div", inputs: ["x", "root"], outputs: ["y"] },
  ],
  "x / x.size(-1) ** 2, where the exponent is a whole number": [
    { op: "Shape", inputs: ["x"], outputs: ["shape"], attributes: { start: -1 } },
    { op: "Cast", inputs: ["shape"], outputs: ["real"], attributes: { to: 1 } },
    constant("2", LONG(2)),
    { op: "Pow", inputs: ["real", "2"], outputs: ["square"] },
    { op: "Div", inputs: ["x", "square"], outputs: ["y"] },
  ],
  "x.view(x.shape.numel() / 6, 2, 3): ReduceProd of a shape": [
    { op: "Shape", inputs: ["x"], outputs: ["shape"] },
    { op: "ReduceProd", inputs: ["shape"], outputs: ["size"], attributes: { keepdims: 1 } },
    constant("6", longs(6)),
    { op: "Div", inputs: ["size", "6"], outputs: ["batch"] },
    constant("rest", longs(2, 3)),
    { op: "Concat", inputs: ["batch", "rest"], outputs: ["target"], attributes: { axis: 0 } },
    { op: "Reshape", inputs: ["x", "target"], outputs: ["y"] },
  ],
  "x[:, 2:] + arange(4.): an end without bound written in the node, and CastLike of a float": [
    { op: "Constant", outputs: ["from"], attributes: { value_ints: [2] } },
    { op: "Constant", outputs: ["to"], attributes: { value_ints: [2n ** 63n - 1n] } },
    { op: "Constant", outputs: ["columns"], attributes: { value_ints: [1] } },
    { op: "Slice", inputs: ["x", "from", "to", "columns"], outputs: ["rest"] },
    constant("0.", floats([], 0)),
    constant("1.", floats([], 1)),
    constant("4", LONG(4)),
    { op: "CastLike", inputs: ["0.", "4"], outputs: ["start"] },
    { op: "CastLike", inputs: ["1.", "4"], outputs: ["step"] },
    { op: "Range", inputs: ["start", "4", "step"], outputs: ["range"] },
    { op: "CastLike", inputs: ["range", "x"], outputs: ["numbers"] },
    { op: "Add", inputs: ["rest", "numbers"], outputs: ["y"] },
  ],
  "x[:, arange(0, 6, 2)] + arange": [
    constant("start", LONG(0)),
    { op: "Shape", inputs: ["x"], outputs: ["shape"] },
    constant("1", LONG(1)),
    { op: "Gather", inputs: ["shape", "1"], outputs: ["limit"] },
    constant("step", LONG(2)),
    { op: "Range", inputs: ["start", "limit", "step"], outputs: ["even"] },
    { op: "Gather", inputs: ["x", "even"], outputs: ["columns"], attributes: { axis: 1 } },
    { op: "Cast", inputs: ["even"], outputs: ["numbers"], attributes: { to: 1 } },
    { op: "Add", inputs: ["columns", "numbers"], outputs: ["y"] },
  ],
};

for (const [name, nodes] of Object.entries(chains)) {
  Deno.test(`shape arithmetic is done while a file is read, at any batch size: ${name}`, async () => {
    const bytes = onnxFile({ inputs: { x: ["float32", "batch", 6] }, outputs: { y: null }, nodes });
    const runtime = await openRuntime({ provider: "wasm" }), model = await openModel(bytes);
    for (const batch of [1, 5]) {
      const { graph, outputs } = decode(bytes, { dimensions: { batch } }), y = outputs.get("y")!;
      const left = prune(graph, [y]).nodes.map(({ op }) => op.type);
      for (const type of ["Shape", "Concat", "Equal", "Where", "Range", "Sqrt", "ReduceProd"]) {
        assert(!left.includes(type), `${left}`);
      }
      const x = Float32Array.from({ length: 6 * batch }, (_, at) => Math.sin(at));
      const wanted = (await model.run({ x: { dtype: "float32", shape: [batch, 6], data: x } })).y!;
      assert.deepEqual(y.shape, wanted.shape);
      const program = await runtime.compile(graph, { outputs: { y } });
      const found = (await program.run({ x })).y as Float32Array;
      for (const [at, value] of found.entries()) assert(Math.abs(value - Number(wanted.data[at])) < 1e-6);
      await program.dispose();
    }
    await model.dispose();
    await runtime.dispose();
  });
}

Deno.test("what is computed while a file is read is what onnxruntime computes", async () => {
  const long = (shape: readonly number[], ...data: number[]) => ({ shape, data: BigInt64Array.from(data, BigInt) });
  const given = {
    a: long([2, 3], -7, 0, 5, 2, -1, 3),
    b: long([3], 2, -3, 5),
    power: long([2, 1], 3, 0),
    cube: long([2, 1, 3], 0, 1, 2, 3, 4, 5),
    narrow: { shape: [3], data: Int32Array.of(-7, 2 ** 30, 3) },
    real: floats([3], -1.5, 0, 2.9),
    yes: { shape: [3], data: Uint8Array.of(1, 0, 1) },
    no: { shape: [3], data: Uint8Array.of(1, 1, 0) },
    last: longs(-1),
    ...{ zero: LONG(0), seven: LONG(7), three: LONG(3), minus: LONG(-2) },
    ...{ half: floats([], 0.5), five: floats([], 5), step: floats([], 0.75) },
    ...{ far: longs(-9), end: longs(9), wide: longs(2, 1, 3), two: longs(2), from: longs(1, -1), to: longs(2, -9) },
    ...{ ends: longs(0, -1), back: longs(1, -2) },
  };
  const calls: readonly (readonly [op: string, inputs: string, attributes?: WrittenNode["attributes"]])[] = [
    ...["Add", "Sub", "Mul", "Div", "Min", "Max"].flatMap((op) => [[op, "a b"], [op, "narrow narrow"]] as const),
    ...["Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual"].map((op) => [op, "a b"] as const),
    ...["Neg", "Abs", "Transpose"].map((op) => [op, "a"] as const),
    ...[6, 7, 9].flatMap((to) => [["Cast", "real", { to }], ["Cast", "a", { to }]] as const),
    ["Pow", "b power"],
    ["Mod", "a b"],
    ["ReduceProd", "b"],
    ["ReduceProd", "b", { keepdims: 0 }],
    ["And", "yes no"],
    ["Not", "yes"],
    ["Where", "yes a b"],
    ["Expand", "a wide"],
    ["Reshape", "a last"],
    ["Squeeze", "cube"],
    ["Unsqueeze", "a ends"],
    ["Transpose", "cube", { perm: [2, 0, 1] }],
    ["Gather", "a last", { axis: 1 }],
    ["Gather", "cube ends"],
    ["Concat", "b last two", { axis: 0 }],
    ["Range", "zero seven three"],
    ["Range", "seven zero minus"],
    ["Range", "seven zero three"],
    ["Range", "half five step"],
    ["Slice", "b last far last last"],
    ["Slice", "a from to ends back"],
    ...["Floor", "Ceil", "Sqrt", "Reciprocal"].map((op) => [op, "share"] as const),
  ];
  const made = calls.map(([op, inputs, attributes = {}], at): WrittenNode => ({
    op,
    inputs: inputs.split(" "),
    outputs: [`${op} ${inputs} ${at}`],
    attributes,
  }));
  const bytes = onnxFile({
    inputs: { x: ["float32", 2, 3] },
    initializers: { ...given, quarter: floats([], 0.25) },
    nodes: [
      { op: "Shape", inputs: ["x"], outputs: ["shape"] },
      { op: "Cast", inputs: ["shape"], outputs: ["size"], attributes: { to: 1 } },
      { op: "Mul", inputs: ["size", "quarter"], outputs: ["share"] },
      ...made,
    ],
    outputs: Object.fromEntries(made.map(({ outputs }) => [outputs[0]!, null])),
  });
  const { outputs } = decode(bytes), model = await openModel(bytes);
  const wanted = await model.run({ x: { dtype: "float32", shape: [2, 3], data: new Float32Array(6) } });
  for (const [name, value] of outputs) {
    assert.deepEqual([value.shape, value.data], [wanted[name]!.shape, wanted[name]!.data], name);
  }
  await model.dispose();
});

Deno.test("a remainder of the sign of what is divided, and a product over one axis of several, are onnxruntime's to compute", () => {
  const bytes = onnxFile({
    inputs: {},
    nodes: [
      constant("a", { shape: [2, 2], data: BigInt64Array.of(-7n, 5n, 2n, 3n) }),
      constant("b", longs(2)),
      constant("axis", longs(1)),
      { op: "Mod", inputs: ["a", "b"], outputs: ["rest"], attributes: { fmod: 1 } },
      { op: "ReduceProd", inputs: ["a", "axis"], outputs: ["product"], attributes: { keepdims: 0 } },
    ],
    outputs: { rest: null, product: null },
  });
  const { outputs } = decode(bytes);
  for (const [name, shape] of [["rest", [2, 2]], ["product", [2]]] as const) {
    const { shape: found, data } = outputs.get(name)!;
    assert.deepEqual([found, data ?? null], [shape, null], name);
  }
});

Deno.test("an id that a folded Gather does not have is told with its node", () => {
  const nodes: WrittenNode[] = [
    { op: "Shape", inputs: ["x"], outputs: ["shape"] },
    constant("7", LONG(7)),
    { op: "Gather", name: "pick", inputs: ["shape", "7"], outputs: ["y"] },
  ];
  const bytes = onnxFile({ inputs: { x: ["float32", "batch", 6] }, outputs: { y: null }, nodes });
  assert.throws(
    () => decode(bytes, { source: "model.onnx", dimensions: { batch: 2 } }),
    /^TypeError: Cannot read "model\.onnx": op "Gather" \(node "pick"\): id 7 is not below 2$/,
  );
});
