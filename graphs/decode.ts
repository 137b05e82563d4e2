import { type Attribute, type Attributes, GraphBuilder, type Op, type Value } from "./builder.ts";
import { onnxTypes } from "./ops/compare.ts";
import { opTable } from "./ops/table.ts";
import { onnx } from "./proto.ts";
import { type DType, type Shape, sizeOf, type TensorData } from "./tensor.ts";

/** A model read back: its graph, and its outputs by name. */
export interface Decoded {
  readonly graph: GraphBuilder;
  readonly outputs: ReadonlyMap<string, Value>;
}

export interface DecodeOptions {
  /** What the file is called in errors. */
  readonly source?: string;
  /** Lengths for axes that the file leaves open, by the name it gives them. */
  readonly dimensions?: Readonly<Record<string, number>>;
}

type ModelProto = ReturnType<typeof onnx.ModelProto.create>;
type NodeProto = NonNullable<Parameters<typeof onnx.NodeProto.create>[0]>;
type TensorProto = NonNullable<Parameters<typeof onnx.TensorProto.create>[0]>;
type ValueInfo = NonNullable<Parameters<typeof onnx.ValueInfoProto.create>[0]>;

/**
 * Reads the bytes of an ONNX model into a graph: its inputs become inputs, its initialisers constants.
 *
 * @throws TypeError naming the file, where it is no ONNX model, uses an op or element type that Foil does not know, or
 * leaves an axis open that `dimensions` does not bind.
 */
export function decode(bytes: Uint8Array, { source = "model", dimensions = {} }: DecodeOptions = {}): Decoded {
  const fail = (why: string): never => {
    throw new TypeError(`Cannot read "${source}": ${why}`);
  };
  const model = parse(bytes, fail).graph ?? fail("it holds no graph");
  const graph = new GraphBuilder(), values = new Map<string, Value>();
  for (const tensor of model.initializer ?? []) {
    values.set(tensor.name ?? "", graph.constant(tensorData(tensor, fail), (tensor.dims ?? []).map(Number)));
  }
  for (const info of model.input ?? []) {
    const name = info.name ?? "";
    if (!values.has(name)) values.set(name, graph.input(name, dtypeOf(info, fail), shapeOf(info, dimensions, fail)));
  }
  const find = (name: string, wanted: string) =>
    values.get(name) ?? fail(`${wanted} reads "${name}", which nothing before it computes`);
  for (const node of model.node ?? []) {
    const op = opTable.get(node.opType ?? "") ?? fail(`Foil does not know op "${node.opType}" (node "${node.name}")`);
    const inputs = (node.input ?? []).map((name) => find(name, `node "${node.name}"`));
    const outputs = graph.apply(op, inputs, attributesOf(node, op, fail));
    (node.output ?? []).forEach((name, at) => values.set(name, outputs[at]!));
  }
  return {
    graph,
    outputs: new Map((model.output ?? []).map(({ name }) => [name ?? "", find(name ?? "", "the model's output")])),
  };
}

type Fail = (why: string) => never;

function parse(bytes: Uint8Array, fail: Fail): ModelProto {
  try {
    return onnx.ModelProto.decode(bytes);
  } catch (error) {
    return fail(`it is no ONNX model, or cut short (${bytes.length} bytes: ${(error as Error).message})`);
  }
}

function elementType(code: number | null | undefined, name: string, fail: Fail): DType {
  const found = (Object.keys(onnxTypes) as DType[]).find((dtype) => onnxTypes[dtype] === code);
  return found ?? fail(`"${name}" has ONNX element type ${code}; Foil knows float32, int32, int64 and bool`);
}

const dtypeOf = (info: ValueInfo, fail: Fail) => elementType(info.type?.tensorType?.elemType, info.name ?? "", fail);

function shapeOf({ name, type }: ValueInfo, dimensions: Readonly<Record<string, number>>, fail: Fail): Shape {
  const shape = type?.tensorType?.shape ?? fail(`"${name}" has no shape`);
  return (shape.dim ?? []).map((dim, axis) => {
    if (!dim.dimParam && Object.hasOwn(dim, "dimValue")) return Number(dim.dimValue);
    const { dimParam = "" } = dim;
    return dimensions[dimParam ?? ""] ?? fail(`axis ${axis} of "${name}" is open ("${dimParam}") and nothing binds it`);
  });
}

function tensorData(tensor: TensorProto, fail: Fail): TensorData {
  const dtype = elementType(tensor.dataType, tensor.name ?? "", fail);
  const size = sizeOf((tensor.dims ?? []).map(Number));
  if (!tensor.rawData?.length) {
    if (dtype === "float32") return Float32Array.from(tensor.floatData ?? []);
    if (dtype === "int64") return BigInt64Array.from(tensor.int64Data ?? [], (x) => BigInt(x.toString()));
    const data = tensor.int32Data ?? [];
    return dtype === "int32" ? Int32Array.from(data) : Uint8Array.from(data);
  }
  const raw = new Uint8Array(tensor.rawData).buffer; // a copy: the offset in the file need not be aligned
  const width = dtype === "bool" ? 1 : dtype === "int64" ? 8 : 4;
  if (raw.byteLength !== size * width) {
    fail(`"${tensor.name}" holds ${raw.byteLength} bytes, its shape takes ${size * width}`);
  }
  if (dtype === "float32") return new Float32Array(raw);
  if (dtype === "int32") return new Int32Array(raw);
  return dtype === "int64" ? new BigInt64Array(raw) : new Uint8Array(raw);
}

function attributesOf(node: NodeProto, op: Op, fail: Fail): Attributes {
  return Object.fromEntries((node.attribute ?? []).map((attribute): [string, Attribute] => {
    const name = attribute.name ?? "", kind = op.attributes?.[name];
    if (kind === "int") return [name, Number(attribute.i ?? 0)];
    if (kind === "float") return [name, attribute.f ?? 0];
    if (kind === "ints") return [name, (attribute.ints ?? []).map(Number)];
    if (kind === "string") return [name, new TextDecoder().decode(attribute.s ?? new Uint8Array())];
    return fail(`op "${node.opType}" (node "${node.name}") has an attribute "${name}" that Foil does not know`);
  }));
}
