import assert from "node:assert/strict";
import { decode } from "../../graphs/decode.ts";
import { encode } from "../../graphs/encode.ts";
import { GraphBuilder } from "../../graphs/builder.ts";
import { mul } from "../../graphs/ops/arithmetic.ts";
import { onnx } from "../../graphs/proto.ts";

const { FLOAT, INT32, INT64, DOUBLE, BOOL } = onnx.TensorProto.DataType;
type Graph = NonNullable<Parameters<typeof onnx.GraphProto.create>[0]>;
const file = (graph: Graph) =>
  onnx.ModelProto.encode(onnx.ModelProto.create({ irVersion: 10, opsetImport: [{ domain: "", version: 21 }], graph }))
    .finish();
const tensor = (name: string, elemType: number, ...dims: { dimValue?: number; dimParam?: string }[]) => ({
  name,
  type: { tensorType: { elemType, shape: { dim: dims } } },
});
const of = (dimValue: number) => ({ dimValue });

Deno.test("a file cut short anywhere in its graph is refused by its name", () => {
  const g = new GraphBuilder(), x = g.input("x", "float32", [2]);
  const bytes = encode(g, { y: mul(x, g.constant(Float32Array.of(3, 4))) });
  decode(bytes);
  const OPSET_IMPORT = 6; // the last field: without it the graph is still whole
  for (let length = 0; length < bytes.length - OPSET_IMPORT; length++) {
    assert.throws(
      () => decode(bytes.subarray(0, length), { source: "cut.onnx" }),
      /^TypeError: Cannot read "cut\.onnx": /,
    );
  }
});

Deno.test("bytes that are no ONNX are refused with their number", () => {
  assert.throws(() => decode(new TextEncoder().encode("<html>")), /Cannot read "model": it/);
  assert.throws(() => decode(Uint8Array.of(0xff, 0xff)), /it is no ONNX model, or cut short \(2 bytes/);
});

Deno.test("an unknown op is named with its node", () => {
  const bytes = file({
    input: [tensor("x", FLOAT, of(2))],
    node: [{ name: "block/0", opType: "FancyAttention", input: ["x"], output: ["y"] }],
    output: [tensor("y", FLOAT, of(2))],
  });
  assert.throws(() => decode(bytes), /Cannot read "model": Foil does not know op "FancyAttention" \(node "block\/0"\)/);
});

Deno.test("an unknown attribute is named with its op", () => {
  const attribute = [{ name: "saturate", type: onnx.AttributeProto.AttributeType.INT, i: 1 }];
  const bytes = file({
    input: [tensor("x", FLOAT, of(2))],
    node: [{ name: "n", opType: "Sigmoid", input: ["x"], output: ["y"], attribute }],
    output: [tensor("y", FLOAT, of(2))],
  });
  assert.throws(
    () => decode(bytes),
    /op "Sigmoid" \(node "n"\): it has an attribute "saturate" that Foil does not know/,
  );
});

Deno.test("an element type that Foil lacks is named", () => {
  const bytes = file({ input: [tensor("x", DOUBLE, of(2))], node: [], output: [tensor("x", DOUBLE, of(2))] });
  assert.throws(() => decode(bytes), /"x" has elements of DOUBLE; Foil knows FLOAT, INT32, INT64 and BOOL/);
});

Deno.test("an initialiser, or a constant, of an element type that Foil lacks fails only what needs it", () => {
  const input = [tensor("x", FLOAT, of(1))], t = { dims: [1n], dataType: DOUBLE, doubleData: [1] };
  const value = { name: "value", type: onnx.AttributeProto.AttributeType.TENSOR, t };
  const node = [
    { name: "c", opType: "Constant", output: ["c"], attribute: [value] },
    { name: "n", opType: "Add", input: ["x", "w"], output: ["n"] },
    { name: "m", opType: "Add", input: ["x", "c"], output: ["m"] },
    { name: "o", opType: "Neg", input: ["x"], output: ["y"] },
  ];
  const model = (output: string) =>
    file({ input, node, initializer: [{ name: "w", ...t }], output: [tensor(output, FLOAT)] });
  assert.deepEqual([...decode(model("y")).outputs.keys()], ["y"]);
  assert.throws(
    () => decode(model("n")),
    /^TypeError: Cannot read "model": "w" has elements of DOUBLE; Foil knows FLOAT/,
  );
  assert.throws(() => decode(model("m")), /op "Constant" \(node "c"\): "value of node "c"" has elements of DOUBLE/);
});

Deno.test("an initialiser of an element type that Foil lacks is no input where the file lists it among these", () => {
  const input = [tensor("x", FLOAT, of(1)), tensor("w", DOUBLE, of(1))];
  const initializer = [{ name: "w", dims: [1n], dataType: DOUBLE, doubleData: [1] }];
  const node = [{ name: "n", opType: "Neg", input: ["x"], output: ["y"] }];
  assert.deepEqual([...decode(file({ input, node, initializer, output: [tensor("y", FLOAT)] })).graph.inputs.keys()], [
    "x",
  ]);
});

Deno.test("what no node computes is named with who reads it", () => {
  const node = [{ name: "n", opType: "Neg", input: ["lost"], output: ["y"] }];
  assert.throws(
    () => decode(file({ node, output: [tensor("y", FLOAT)] })),
    /node "n" reads "lost", which nothing before/,
  );
  assert.throws(() => decode(file({ output: [tensor("y", FLOAT)] })), /the model's output reads "y"/);
});

Deno.test("an axis of unknown length is open, even where the file gives it no name", () => {
  const bytes = file({ input: [tensor("x", FLOAT, {}, of(2))], output: [tensor("x", FLOAT, {}, of(2))] });
  assert.throws(() => decode(bytes), /axis 0 of "x" is open/);
});

Deno.test("an input of unknown rank is refused, not taken for a scalar", () => {
  const input = [{ name: "x", type: { tensorType: { elemType: FLOAT } } }];
  assert.throws(() => decode(file({ input, output: [tensor("x", FLOAT)] })), /"x" has no shape/);
});

Deno.test("elements written as numbers, not bytes, are read", () => {
  const initializer = [
    { name: "f", dataType: FLOAT, dims: [2], floatData: [1.5, -2] },
    { name: "i", dataType: INT32, dims: [2], int32Data: [3, -4] },
    { name: "l", dataType: INT64, dims: [1], int64Data: [-5] },
    { name: "b", dataType: BOOL, dims: [2], int32Data: [1, 0] },
  ];
  const { outputs } = decode(file({ initializer, output: initializer.map(({ name }) => ({ name })) }));
  assert.deepEqual([...outputs.values()].map(({ data }) => data), [
    Float32Array.of(1.5, -2),
    Int32Array.of(3, -4),
    BigInt64Array.of(-5n),
    Uint8Array.of(1, 0),
  ]);
});

Deno.test("elements that do not fill the shape are refused", () => {
  const raw = [{ name: "w", dataType: FLOAT, dims: [3], rawData: new Uint8Array(8) }];
  assert.throws(() => decode(file({ initializer: raw })), /"w" holds 8 bytes, its shape takes 12/);
});

Deno.test("an initialiser that is also listed as an input is a constant", () => {
  const { graph, outputs } = decode(file({
    input: [tensor("w", FLOAT, of(1))],
    initializer: [{ name: "w", dataType: FLOAT, dims: [1], floatData: [2] }],
    output: [tensor("w", FLOAT, of(1))],
  }));
  assert.equal(graph.inputs.size, 0);
  assert.deepEqual(outputs.get("w")!.data, Float32Array.of(2));
});

Deno.test("inputs may bear the names that a graph makes up for its own nodes", () => {
  const { graph, outputs } = decode(file({
    input: [tensor("Neg_0", FLOAT), tensor("Exp_1", FLOAT)],
    node: [
      { name: "a", opType: "Neg", input: ["Exp_1"], output: ["a"] },
      { name: "b", opType: "Exp", input: ["a"], output: ["b"] },
      { name: "c", opType: "Add", input: ["Neg_0", "b"], output: ["c"] },
    ],
    output: [tensor("c", FLOAT)],
  }));
  const names = [...graph.inputs.keys(), ...graph.nodes.map(({ name }) => name)];
  assert.equal(new Set(names).size, 5);
  decode(encode(graph, Object.fromEntries(outputs)));
});
