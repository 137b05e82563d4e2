import { onnxTypes } from "../../graphs/ops/compare.ts";
import { onnx } from "../../graphs/proto.ts";
import { type DType, dtypeOf, type TensorData } from "../../graphs/tensor.ts";

/** Elements and their shape. */
export interface FileElements {
  readonly shape: readonly number[];
  readonly data: TensorData;
}
export interface FileAttributes {
  readonly [name: string]:
    | number
    | string
    | readonly (number | bigint)[]
    | { readonly float: number }
    | FileElements
    | {
      readonly graph: WrittenModel;
    };
}
/** A node, as exporters write them. */
export interface WrittenNode {
  readonly op: string;
  readonly name?: string;
  readonly domain?: string;
  readonly inputs?: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: FileAttributes;
}
/** A model, as exporters write them. */
export interface WrittenModel {
  readonly opset?: number;
  readonly inputs?: Readonly<Record<string, readonly [DType, ...(number | string)[]]>>;
  readonly outputs: Readonly<Record<string, readonly [DType, ...(number | string)[]] | null>>;
  readonly initializers?: Readonly<Record<string, FileElements>>;
  readonly nodes: readonly WrittenNode[];
}

export const floats = (shape: readonly number[], ...data: number[]): FileElements => ({
  shape,
  data: Float32Array.from(data),
});
export const longs = (...data: number[]): FileElements => ({
  shape: [data.length],
  data: BigInt64Array.from(data, BigInt),
});

/** The bytes of an ONNX file that Foil's own encoder would not write: other opsets, ops, attributes. */
export function onnxFile({ opset = 17, ...model }: WrittenModel): Uint8Array {
  return onnx.ModelProto.encode(onnx.ModelProto.create({
    irVersion: 8,
    producerName: "a test",
    opsetImport: [{ domain: "", version: opset }],
    graph: graphProto(model),
  })).finish();
}

type GraphProto = NonNullable<Parameters<typeof onnx.GraphProto.create>[0]>;
const graphProto = ({ inputs = {}, outputs, initializers = {}, nodes }: WrittenModel): GraphProto => ({
  name: "graph",
  input: Object.entries(inputs).map(([name, type]) => declared(name, type)),
  output: Object.entries(outputs).map(([name, type]) => type ? declared(name, type) : { name }),
  initializer: Object.entries(initializers).map(([name, tensor]) => ({ name, ...tensorProto(tensor) })),
  node: nodes.map(({ op, name = "", domain = "", inputs = [], outputs, attributes = {} }) => ({
    name,
    domain,
    opType: op,
    input: [...inputs],
    output: [...outputs],
    attribute: Object.entries(attributes).map(([name, value]) => ({ name, ...attributeProto(value) })),
  })),
});

const declared = (name: string, [dtype, ...dims]: readonly [DType, ...(number | string)[]]) => ({
  name,
  type: {
    tensorType: {
      elemType: onnxTypes[dtype],
      shape: { dim: dims.map((dim) => typeof dim === "number" ? { dimValue: dim } : { dimParam: dim }) },
    },
  },
});

const tensorProto = ({ shape, data }: FileElements) => ({
  dims: [...shape],
  dataType: onnxTypes[dtypeOf(data)],
  rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
});

function attributeProto(value: FileAttributes[string]) {
  const { INT, FLOAT, INTS, STRING, TENSOR, GRAPH } = onnx.AttributeProto.AttributeType;
  if (typeof value === "number") return { type: INT, i: value };
  if (typeof value === "string") return { type: STRING, s: new TextEncoder().encode(value) };
  if ("graph" in value) return { type: GRAPH, g: graphProto(value.graph) };
  if ("float" in value) return { type: FLOAT, f: value.float };
  return "data" in value
    ? { type: TENSOR, t: tensorProto(value) }
    : { type: INTS, ints: value.map(halved) as number[] };
}
/** protobufjs takes as two halves what a number does not hold. */
const halved = (x: number | bigint) =>
  typeof x === "number" ? x : { low: Number(BigInt.asIntN(32, x)), high: Number(x >> 32n), unsigned: false };
