import type { Attribute, GraphBuilder, Node, Value } from "./builder.ts";
import { onnxTypes } from "./ops/compare.ts";
import { prune } from "./prune.ts";
import { onnx } from "./proto.ts";
import type { DType } from "./tensor.ts";

/** The operator set Foil writes: the newest whose operators Foil uses all run on WebGPU. */
export const OPSET = 21;
/** The file format version that goes with it. */
const IR_VERSION = 10;

export interface EncodeOptions {
  /** Values to take as inputs although the graph computes them. */
  readonly given?: ReadonlySet<Value>;
  /** Names for axes of inputs and outputs that a file leaves open, for example `{ users: ["batch"] }`. */
  readonly symbolic?: Readonly<Record<string, readonly (string | number)[]>>;
  /** Variables to write as initialisers, with these elements, instead of inputs. */
  readonly frozen?: ReadonlyMap<Value, Float32Array>;
  /** Name and value pairs for the file's metadata. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * The graph that computes `outputs`, as the bytes of an ONNX model (opset 21). Parts that no output needs are left
 * out; inputs and variables become the model's inputs, the keys of `outputs` its output names.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { GraphBuilder } from "./builder.ts";
 * import { decode } from "./decode.ts";
 * import { encode } from "./encode.ts";
 * import { mul } from "./ops/arithmetic.ts";
 *
 * const g = new GraphBuilder();
 * const bytes = encode(g, { double: mul(g.input("x", "float32", [2]), 2) });
 * assert.deepEqual([...decode(bytes).outputs.keys()], ["double"]);
 * ```
 */
export function encode(
  graph: GraphBuilder,
  outputs: Readonly<Record<string, Value>>,
  { given = new Set(), symbolic = {}, frozen = new Map(), metadata = {} }: EncodeOptions = {},
): Uint8Array {
  const { nodes, leaves } = prune(graph, Object.values(outputs), given);
  const names = new Map<Value, string>(), copies: [from: string, to: string][] = [];
  for (const [name, value] of Object.entries(outputs)) {
    const free = value.node !== null && !given.has(value) && !names.has(value);
    if (free) names.set(value, name);
    else copies.push([names.get(value) ?? value.name, name]);
  }
  const nameOf = (value: Value) => names.get(value) ?? value.name;
  checkDistinct([
    ...[...leaves, ...nodes.flatMap(({ outputs }) => outputs)].map(nameOf),
    ...copies.map(([, to]) => to),
  ]);
  const described = (name: string, { dtype, shape }: Value) => ({
    name,
    type: {
      tensorType: {
        elemType: onnxTypes[dtype],
        shape: { dim: shape.map((d, axis) => dimension(symbolic[name]?.[axis] ?? d)) },
      },
    },
  });
  const constant = (value: Value) => value.data ?? frozen.get(value);
  const inputs = leaves.filter((value) => !constant(value));
  const model = onnx.ModelProto.create({
    irVersion: IR_VERSION,
    producerName: "foil",
    opsetImport: [{ domain: "", version: OPSET }],
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    graph: {
      name: "foil",
      node: [
        ...nodes.map((node) => nodeProto(node, nameOf)),
        ...copies.map(([from, to]) => ({ name: `${to}/copy`, opType: "Identity", input: [from], output: [to] })),
      ],
      initializer: leaves.flatMap((value) => {
        const data = constant(value);
        return data ? [tensorProto(value.name, value.dtype, value.shape, data)] : [];
      }),
      input: inputs.map((value) => described(value.name, value)),
      output: Object.entries(outputs).map(([name, value]) => described(name, value)),
    },
  });
  return onnx.ModelProto.encode(model).finish();
}

function checkDistinct(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw new TypeError(`Cannot write "${name}": the graph has another value of that name`);
    seen.add(name);
  }
}

const dimension = (length: number | string) => typeof length === "number" ? { dimValue: length } : { dimParam: length };

function nodeProto({ op, name, inputs, outputs, attributes }: Node, nameOf: (value: Value) => string) {
  return {
    name,
    opType: op.type,
    input: inputs.map(nameOf),
    output: outputs.map(nameOf),
    attribute: Object.entries(attributes).map(([key, value]) =>
      attributeProto(op.type, key, op.attributes?.[key], value)
    ),
  };
}

function attributeProto(type: string, name: string, kind: string | undefined, value: Attribute) {
  const { INT, FLOAT, INTS, STRING } = onnx.AttributeProto.AttributeType;
  if (kind === "int") return { name, type: INT, i: value as number };
  if (kind === "float") return { name, type: FLOAT, f: value as number };
  if (kind === "ints") return { name, type: INTS, ints: [...value as readonly number[]] };
  if (kind === "string") return { name, type: STRING, s: new TextEncoder().encode(value as string) };
  throw new TypeError(`Cannot write attribute "${name}" of op "${type}": the op does not declare it`);
}

function tensorProto(name: string, dtype: DType, shape: readonly number[], data: ArrayBufferView) {
  const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { name, dims: [...shape], dataType: onnxTypes[dtype], rawData };
}
