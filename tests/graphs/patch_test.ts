import assert from "node:assert/strict";
import { onnx } from "../../graphs/proto.ts";
import { readModel } from "../../graphs/model_file.ts";
import { patch } from "../../graphs/patch.ts";

const { FLOAT, INT64 } = onnx.TensorProto.DataType;
/** A file whose three tensors hold their elements in the three ways there are. */
const bytes = new Uint8Array(
  onnx.ModelProto.encode(onnx.ModelProto.create({
    irVersion: 8,
    producerName: "a test",
    opsetImport: [{ domain: "", version: 17 }],
    metadataProps: [{ key: "owner", value: "someone" }],
    graph: {
      name: "g",
      initializer: [
        { name: "raw", dataType: FLOAT, dims: [2], rawData: new Uint8Array(Float32Array.of(1, 2).buffer) },
        { name: "packed", dataType: FLOAT, dims: [3], floatData: [3, 4, 5] },
        { name: "ids", dataType: INT64, dims: [1], int64Data: [6] },
      ],
      node: [{ opType: "Identity", input: ["raw"], output: ["y"] }],
      output: [{ name: "y" }],
    },
  })).finish(),
);

Deno.test("patched elements are read back, and every other byte stays", () => {
  const patched = patch(
    bytes,
    new Map([["raw", Float32Array.of(-1, 0.5)], ["packed", Float32Array.of(7, 8, 9)]]),
  );
  const { initializers } = readModel(patched);
  assert.deepEqual([...initializers.values()].map(({ data }) => data), [
    Float32Array.of(-1, 0.5),
    Float32Array.of(7, 8, 9),
    BigInt64Array.of(6n),
  ]);
  assert.deepEqual(
    patch(patched, new Map([["raw", Float32Array.of(1, 2)], ["packed", Float32Array.of(3, 4, 5)]])),
    bytes,
  );
  assert.deepEqual(readModel(bytes).initializers.get("raw")!.data, Float32Array.of(1, 2)); // the first file is as it was
  const changed = bytes.reduce((count, byte, at) => byte === patched[at] ? count : count + 1, 0);
  assert(patched.length === bytes.length && changed > 0 && changed <= 5 * 4);
});

Deno.test("tensors whose lengths take two bytes and three are patched", () => {
  const initializer = Object.entries({ two: 512, three: 4096 }).map(([name, length]) => ({
    name,
    dataType: FLOAT,
    dims: [length],
    rawData: new Uint8Array(new Float32Array(length).buffer),
  }));
  const graph = { name: "g", initializer, output: [{ name: "three" }] }, opsetImport = [{ domain: "", version: 17 }];
  const long = onnx.ModelProto.encode(onnx.ModelProto.create({ irVersion: 8, opsetImport, graph })).finish();
  const elements = new Map([["two", new Float32Array(512).fill(2)], ["three", new Float32Array(4096).fill(3)]]);
  const { initializers } = readModel(patch(new Uint8Array(long), elements));
  for (const [name, data] of elements) assert.deepEqual(initializers.get(name)!.data, data);
});

Deno.test("elements written as a field each are patched in their places", () => {
  // field 4 (float_data) of wire type 5, twice, in the place of a packed list: as proto2 writers do
  const name = [0x42, 1, 0x77], dims = [0x08, 2], type = [0x10, 1];
  const element = (x: number) => [0x25, ...new Uint8Array(Float32Array.of(x).buffer)];
  const tensor = [...dims, ...type, ...element(1), ...name, ...element(2)];
  const graph = [0x2a, tensor.length, ...tensor];
  const file = Uint8Array.from([0x08, 8, 0x3a, graph.length, ...graph, 0x42, 2, 0x10, 17]);
  assert.deepEqual(readModel(file).initializers.get("w")!.data, Float32Array.of(1, 2));
  const patched = patch(file, new Map([["w", Float32Array.of(3, 4)]]));
  assert.deepEqual(readModel(patched).initializers.get("w")!.data, Float32Array.of(3, 4));
});

Deno.test("a name that is not there, or another size, is refused", () => {
  assert.throws(() => patch(bytes, new Map([["w", Float32Array.of(1)]])), /Cannot write "w": the file has no such/);
  assert.throws(
    () => patch(bytes, new Map([["raw", Float32Array.of(1)]])),
    /Cannot write "raw": 1 elements take 4 bytes, the file has 8/,
  );
});
