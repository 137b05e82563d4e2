import { elementType, type Fail, type FileTensor, fileTensor, type UnreadTensor } from "./file_tensor.ts";
import { onnx } from "./proto.ts";
import type { DType } from "./tensor.ts";

/** An input or output as a file declares it. */
export interface FileSignature {
  readonly name: string;
  /** Lengths of axes; an open one has the name that the file gives it, or "". Null where the file gives no shape. */
  readonly dims: readonly (number | string)[] | null;
}
export interface FileInput extends FileSignature {
  readonly dtype: DType;
}
/** An attribute's value, whichever its kind. */
export type FileAttribute = number | string | readonly number[] | FileTensor | UnreadTensor;

/** A node as a file has it, before its inputs have shapes. */
export interface FileNode {
  /** Its own name, or one of its op and position where it has none. */
  readonly name: string;
  /** The op; one that is not ONNX's own has its domain in front. */
  readonly type: string;
  /** Names of tensors; "" is an input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, FileAttribute>>;
}

/** What an ONNX file says, with open axes still open. */
export interface ModelFile {
  /** What the file is called in errors. */
  readonly source: string;
  readonly opset: number;
  /** Those without an initialiser. */
  readonly inputs: readonly FileInput[];
  readonly outputs: readonly FileSignature[];
  readonly initializers: ReadonlyMap<string, FileTensor>;
  /** Initialisers of element types that Foil lacks. */
  readonly unread: ReadonlyMap<string, UnreadTensor>;
  /** In an order in which each reads only what is before it. */
  readonly nodes: readonly FileNode[];
}

/** How large a file may be. */
export interface FileLimits {
  readonly bytes: number;
  readonly nodes: number;
}
/** Protobuf ends at 2 GiB; a graph of more nodes takes minutes to open. */
export const LIMITS: FileLimits = { bytes: 2 ** 31 - 1, nodes: 20_000 };
/** The operator sets that are read: before 13, axes are attributes everywhere; after 21, other operators have moved. */
const OPSETS = { first: 13, last: 21 } as const;

type ModelProto = ReturnType<typeof onnx.ModelProto.create>;
type NodeProto = NonNullable<Parameters<typeof onnx.NodeProto.create>[0]>;
type GraphProto = NonNullable<Parameters<typeof onnx.GraphProto.create>[0]>;
type AttributeProto = NonNullable<Parameters<typeof onnx.AttributeProto.create>[0]>;
type ValueInfo = NonNullable<Parameters<typeof onnx.ValueInfoProto.create>[0]>;

/** Throws a TypeError that names the file. */
export const failure = (source: string): Fail => (why) => {
  throw new TypeError(`Cannot read "${source}": ${why}`);
};

/**
 * Reads the bytes of an ONNX file.
 *
 * @throws TypeError naming the file, where it is no ONNX model, cut short, over the limits, of another operator set
 * than 13 to 21, or has an input of an element type that Foil does not know. An initialiser of such a type is `unread`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { GraphBuilder } from "./builder.ts";
 * import { encode } from "./encode.ts";
 * import { readModel } from "./model_file.ts";
 * import { mul } from "./ops/arithmetic.ts";
 *
 * const g = new GraphBuilder(), bytes = encode(g, { y: mul(g.input("x", "float32", [2]), 2) });
 * assert.deepEqual(readModel(bytes).nodes.map(({ type }) => type), ["Mul"]);
 * ```
 */
export function readModel(bytes: Uint8Array, source = "model", limits: Partial<FileLimits> = {}): ModelFile {
  const fail = failure(source), most = { ...LIMITS, ...limits };
  if (bytes.length > most.bytes) fail(`it has ${bytes.length} bytes, the limit is ${most.bytes}`);
  const model = parse(bytes, fail), graph = model.graph ?? fail("it holds no graph"), nodes = graph.node ?? [];
  if (nodes.length > most.nodes) fail(`it has ${nodes.length} nodes, the limit is ${most.nodes}`);
  const opset = opsetOf(model, fail);
  const initializers = new Map<string, FileTensor>(), unread = new Map<string, UnreadTensor>();
  for (const tensor of graph.initializer ?? []) {
    const name = tensor.name ?? "", found = fileTensor(tensor, name, fail);
    if ("unread" in found) unread.set(name, found);
    else initializers.set(name, found);
  }
  const isGiven = ({ name = "" }: ValueInfo) => initializers.has(name!) || unread.has(name!);
  return {
    source,
    opset,
    inputs: (graph.input ?? []).filter((info) => !isGiven(info)).map((info) => ({
      ...signature(info),
      dtype: elementType(info.type?.tensorType?.elemType, info.name ?? "", fail),
    })),
    outputs: (graph.output ?? []).map(signature),
    initializers,
    unread,
    nodes: nodes.map((node, at) => fileNode(node, at, fail)),
  };
}

function parse(bytes: Uint8Array, fail: Fail): ModelProto {
  try {
    return onnx.ModelProto.decode(bytes);
  } catch (error) {
    return fail(`it is no ONNX model, or cut short (${bytes.length} bytes: ${(error as Error).message})`);
  }
}

function opsetOf({ opsetImport }: ModelProto, fail: Fail): number {
  const own = (opsetImport ?? []).find(({ domain }) => !domain || domain === "ai.onnx");
  const opset = own ? Number(own.version) : fail("it does not say of which operator set it is; it may be cut short");
  if (opset >= OPSETS.first && opset <= OPSETS.last) return opset;
  return fail(`it is of opset ${opset}; Foil reads ${OPSETS.first} to ${OPSETS.last}`);
}

function signature({ name, type }: ValueInfo): FileSignature {
  const dims = type?.tensorType?.shape?.dim ?? (type?.tensorType?.shape ? [] : null);
  return {
    name: name ?? "",
    dims: dims &&
      dims.map((dim) =>
        !dim.dimParam && Object.hasOwn(dim, "dimValue") && Number(dim.dimValue) >= 0
          ? Number(dim.dimValue)
          : dim.dimParam ?? ""
      ),
  };
}

function fileNode(node: NodeProto, at: number, fail: Fail): FileNode {
  const type = `${node.domain && node.domain !== "ai.onnx" ? `${node.domain}.` : ""}${node.opType ?? ""}`;
  const name = node.name || `${type}_${at}`;
  return {
    name,
    type,
    inputs: [...node.input ?? [], ...subgraphsOf(node).flatMap(readIn)],
    outputs: node.output ?? [],
    attributes: Object.fromEntries((node.attribute ?? []).flatMap((attribute): [string, FileAttribute][] => {
      const value = attributeValue(attribute, name, fail);
      return value === undefined ? [] : [[attribute.name ?? "", value]];
    })),
  };
}

/** What an If or a Loop holds, which reads tensors from around it. */
const subgraphsOf = ({ attribute }: NodeProto) =>
  (attribute ?? []).flatMap(({ g, graphs }) => [...g ? [g] : [], ...graphs ?? []]);
function readIn({ node, input, initializer, output }: GraphProto): readonly string[] {
  const nodes = node ?? [], own = [...input ?? [], ...initializer ?? []].map(({ name }) => name ?? "");
  const made = new Set([...own, ...nodes.flatMap((each) => each.output ?? [])]);
  const read = nodes.flatMap((each) => [...each.input ?? [], ...subgraphsOf(each).flatMap(readIn)]);
  return [...read, ...(output ?? []).map(({ name }) => name ?? "")].filter((name) => name !== "" && !made.has(name));
}

/** Undefined for what no op that Foil knows takes: a subgraph, say. */
function attributeValue(attribute: AttributeProto, node: string, fail: Fail): FileAttribute | undefined {
  const { INT, FLOAT, INTS, FLOATS, STRING, TENSOR } = onnx.AttributeProto.AttributeType;
  switch (attribute.type) {
    case INT:
      return Number(attribute.i ?? 0);
    case FLOAT:
      return attribute.f ?? 0;
    case INTS:
      return (attribute.ints ?? []).map(Number);
    case FLOATS:
      return attribute.floats ?? [];
    case STRING:
      return new TextDecoder().decode(attribute.s ?? new Uint8Array());
    case TENSOR:
      return fileTensor(attribute.t ?? {}, `${attribute.name} of node "${node}"`, fail);
    default:
      return undefined;
  }
}
