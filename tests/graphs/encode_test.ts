import assert from "node:assert/strict";
import { decode } from "../../graphs/decode.ts";
import { encode, OPSET } from "../../graphs/encode.ts";
import { GraphBuilder, type Value } from "../../graphs/builder.ts";
import { zeros } from "../../graphs/initializers.ts";
import { add, mul, neg, sub } from "../../graphs/ops/arithmetic.ts";
import { leakyRelu } from "../../graphs/ops/activation.ts";
import { cast, equal, where } from "../../graphs/ops/compare.ts";
import { gather, scatterNdAdd } from "../../graphs/ops/index.ts";
import { matmul } from "../../graphs/ops/linear.ts";
import { sum } from "../../graphs/ops/reduce.ts";
import { concat, reshape, split, transpose } from "../../graphs/ops/shape.ts";
import { print } from "../../graphs/print.ts";
import { onnx } from "../../graphs/proto.ts";
import { openRuntime } from "../../runtime/providers.ts";

/** A graph with every element type, every kind of attribute and an op of several outputs. */
function medley() {
  const g = new GraphBuilder();
  const x = g.input("x", "float32", [2, 3]), ids = g.input("ids", "int32", [2]);
  const mask = g.constant(Uint8Array.of(1, 0, 1), [3]), long = g.constant(BigInt64Array.of(-1n, 2n ** 40n));
  const [a, b] = split(where(mask, x, -0.5), 1, [1, 2]) as [Value, Value];
  const y = transpose(leakyRelu(concat([b, a], -1), 0.25), [1, 0]);
  const z = scatterNdAdd(
    gather(y, ids),
    reshape(ids, [2, 1]),
    matmul(
      g.constant(
        Float32Array.from({ length: 100 }, (_, at) => at / 8),
        [2, 50],
      ),
      g.constant(new Float32Array(100).fill(0.5), [50, 2]),
    ),
  );
  return { g, outputs: { z, wide: add(long, cast(ids, "int64")), same: equal(ids, 1) } };
}
/** Printed, with values numbered in the order they come. */
function anonymous(g: GraphBuilder, outputs: readonly Value[]): string {
  const seen = new Map<string, string>();
  return print(g, outputs).replace(/\b(?:[A-Za-z]+_\d+)(?::\d+)?\b/g, (name) => {
    if (!seen.has(name)) seen.set(name, `%${seen.size}`);
    return seen.get(name)!;
  });
}

Deno.test("what is decoded prints as what was encoded, up to the names of nodes", () => {
  const { g, outputs } = medley(), back = decode(encode(g, outputs));
  assert.deepEqual([...back.outputs.keys()], Object.keys(outputs));
  assert.equal(anonymous(back.graph, [...back.outputs.values()]), anonymous(g, Object.values(outputs)));
  assert.deepEqual(
    [...back.graph.inputs.values()].map(({ name, type }) => [name, type]),
    [
      ["x", { dtype: "float32", shape: [2, 3] }],
      ["ids", { dtype: "int32", shape: [2] }],
    ],
  );
});

Deno.test("encoding again what was decoded gives the same bytes from then on", () => {
  const { g, outputs } = medley();
  const again = (bytes: Uint8Array) => {
    const { graph, outputs } = decode(bytes);
    return encode(graph, Object.fromEntries(outputs));
  };
  const once = again(encode(g, outputs));
  assert.deepEqual(again(once), once);
});

Deno.test("what is decoded computes what was encoded", async () => {
  const { g, outputs } = medley(), back = decode(encode(g, outputs));
  const feeds = { x: Float32Array.of(1, 2, 3, 4, 5, 6), ids: Int32Array.of(1, 0) };
  const runtime = await openRuntime({ provider: "wasm" });
  const expected = await (await runtime.compile(g, { outputs })).run(feeds);
  const found = await (await runtime.compile(back.graph, { outputs: Object.fromEntries(back.outputs) })).run(feeds);
  assert.deepEqual(found, expected);
  assert.deepEqual(expected.wide, BigInt64Array.of(0n, 2n ** 40n));
  assert.deepEqual(expected.same, Uint8Array.of(1, 0));
});

Deno.test("constants of every element type come back", () => {
  const g = new GraphBuilder();
  const data = {
    float: Float32Array.of(-0, Infinity, -1.5),
    int: Int32Array.of(-1, 2 ** 31 - 1, 0),
    long: BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n),
    bool: Uint8Array.of(1, 0, 1),
  };
  const outputs = Object.fromEntries(Object.entries(data).map(([name, x]) => [name, g.constant(x)]));
  for (const [name, value] of decode(encode(g, outputs)).outputs) {
    assert.deepEqual(value.data, data[name as keyof typeof data]);
  }
});

Deno.test("a value may be several outputs, and an input may be one", async () => {
  const g = new GraphBuilder(), x = g.input("x", "float32", [2]), y = neg(x);
  const runtime = await openRuntime({ provider: "wasm" });
  const program = await runtime.compile(g, {
    outputs: { first: y, second: y, given: x, known: g.constant(Int32Array.of(4)) },
  });
  assert.deepEqual(await program.run({ x: Float32Array.of(1, 2) }), {
    first: Float32Array.of(-1, -2),
    second: Float32Array.of(-1, -2),
    given: Float32Array.of(1, 2),
    known: Int32Array.of(4),
  });
});

Deno.test("an output may not bear the name of another value", async () => {
  const g = new GraphBuilder(), x = g.input("x", "float32", [1]);
  const runtime = await openRuntime({ provider: "wasm" });
  await assert.rejects(
    (async () => await runtime.compile(g, { outputs: { x: neg(x) } }))(),
    /Cannot write "x": the graph has another value of that name/,
  );
});

Deno.test("parts that no output needs are left out", () => {
  const g = new GraphBuilder(), x = g.input("x", "float32", [2]);
  mul(g.input("unused", "float32", [2]), g.variable("table", [2], zeros));
  assert.deepEqual([...decode(encode(g, { y: neg(x) })).graph.inputs.keys()], ["x"]);
});

Deno.test("a frozen variable becomes a constant of the file, and a given value its input", () => {
  const g = new GraphBuilder(), w = g.variable("w", [2], zeros), x = g.input("x", "float32", [2]);
  const hidden = mul(x, 2), y = add(hidden, w);
  const { graph, outputs } = decode(encode(g, { y }, {
    frozen: new Map([[w, Float32Array.of(7, 8)]]),
    given: new Set([hidden]),
  }));
  assert.equal(
    print(graph, [...outputs.values()]),
    [
      "Mul_0: float32 [2] = input",
      "Add_0: float32 [2] = Add(Mul_0, [7, 8])",
      "-> Add_0",
    ].join("\n"),
  );
});

Deno.test("an axis left open in the file takes the length that the reader binds", () => {
  const g = new GraphBuilder();
  const bytes = encode(g, { y: neg(g.input("users", "int32", [4, 3])) }, { symbolic: { users: ["batch", 3] } });
  assert.deepEqual(decode(bytes, { dimensions: { batch: 9 } }).outputs.get("y")!.shape, [9, 3]);
  assert.throws(
    () => decode(bytes, { source: "model.onnx" }),
    /Cannot read "model.onnx": axis 0 of "users" is open \("batch"\) and nothing binds it/,
  );
});

Deno.test("metadata and the operator set are written", () => {
  const g = new GraphBuilder();
  const model = onnx.ModelProto.decode(encode(g, { y: neg(g.input("x", "float32", [])) }, { metadata: { a: "b" } }));
  assert.deepEqual(model.metadataProps.map(({ key, value }) => [key, value]), [["a", "b"]]);
  assert.deepEqual(model.opsetImport.map(({ domain, version }) => [domain, Number(version)]), [["", OPSET]]);
});

Deno.test("every node has a name of its own", () => {
  const { g, outputs } = medley(), { graph } = onnx.ModelProto.decode(encode(g, outputs));
  const names = graph!.node!.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  assert(names.every((name) => name));
});

Deno.test("an attribute that the op does not declare cannot be written", () => {
  const g = new GraphBuilder();
  const y = g.apply({ type: "Neg", infer: ([v]) => [v!.type], vjp: () => [] }, [g.input("x", "float32", [])], {
    axis: 1,
  });
  assert.throws(() => encode(g, { y: y[0]! }), /Cannot write attribute "axis" of op "Neg": the op does not declare it/);
});

Deno.test("casts, sums and reshapes survive with their constant inputs", () => {
  const g = new GraphBuilder(), ids = g.input("ids", "int32", [2, 3]);
  const y = sub(sum(cast(ids, "float32"), [1], true), reshape(cast(ids, "float32"), [1, 6]));
  const back = decode(encode(g, { y }));
  assert.equal(anonymous(back.graph, [...back.outputs.values()]), anonymous(g, [y]));
});
