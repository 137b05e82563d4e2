/** Numbers of protobuf's fields in onnx.proto3: ModelProto, GraphProto, TensorProto. */
const GRAPH = 7, INITIALIZER = 5, FLOAT_DATA = 4, NAME = 8, RAW_DATA = 9;
/** Protobuf's ways to write a field. */
const VARINT = 0, EIGHT_BYTES = 1, LENGTH = 2, FOUR_BYTES = 5;
const FLOAT_BYTES = 4;

/** Bytes [start, end) of a field's content. */
interface Field {
  readonly start: number;
  readonly end: number;
}

/**
 * An ONNX file with other elements in some of its float32 initialisers. Every other byte stays as it is: names,
 * inputs, outputs, nodes, metadata, and fields that Foil does not know.
 *
 * @throws TypeError where the file has no such initialiser, or one of another size.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { GraphBuilder } from "./builder.ts";
 * import { encode } from "./encode.ts";
 * import { readModel } from "./model_file.ts";
 * import { mul } from "./ops/arithmetic.ts";
 * import { zeros } from "./initializers.ts";
 * import { patch } from "./patch.ts";
 *
 * const g = new GraphBuilder(), w = g.variable("w", [2], zeros);
 * const bytes = encode(g, { y: mul(g.input("x", "float32", [2]), w) }, { frozen: new Map([[w, Float32Array.of(1, 2)]]) });
 * const changed = patch(bytes, new Map([["w", Float32Array.of(3, 4)]]));
 * assert.deepEqual(readModel(changed).initializers.get("w")!.data, Float32Array.of(3, 4));
 * ```
 */
export function patch(bytes: Uint8Array, elements: ReadonlyMap<string, Float32Array>): Uint8Array {
  const patched = new Uint8Array(bytes), missing = new Set(elements.keys());
  for (const graph of fieldsOf(bytes, 0, bytes.length, GRAPH)) {
    for (const tensor of fieldsOf(bytes, graph.start, graph.end, INITIALIZER)) {
      const [named] = fieldsOf(bytes, tensor.start, tensor.end, NAME);
      const name = named ? new TextDecoder().decode(bytes.subarray(named.start, named.end)) : "";
      const wanted = elements.get(name);
      if (!wanted) continue;
      missing.delete(name);
      overwrite(patched, tensor, name, wanted);
    }
  }
  for (const name of missing) throw new TypeError(`Cannot write "${name}": the file has no such initialiser`);
  return patched;
}

/** Elements lie in one piece, as bytes or as packed numbers, or as a field each. */
function overwrite(bytes: Uint8Array, { start, end }: Field, name: string, elements: Float32Array): void {
  const raw = fieldsOf(bytes, start, end, RAW_DATA).filter((field) => field.end > field.start);
  const pieces = raw.length > 0 ? raw : fieldsOf(bytes, start, end, FLOAT_DATA);
  const size = pieces.reduce((sum, piece) => sum + piece.end - piece.start, 0);
  if (size !== elements.length * FLOAT_BYTES) {
    throw new TypeError(
      `Cannot write "${name}": ${elements.length} elements take ${
        elements.length * FLOAT_BYTES
      } bytes, the file has ${size}`,
    );
  }
  const source = new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
  let from = 0;
  for (const piece of pieces) {
    const length = piece.end - piece.start;
    bytes.set(source.subarray(from, from + length), piece.start);
    from += length;
  }
}

/** The fields of one number in the message that lies in [`start`, `end`). */
function fieldsOf(bytes: Uint8Array, start: number, end: number, number: number): readonly Field[] {
  const found: Field[] = [];
  for (let at = start; at < end;) {
    const tag = varint(bytes, at),
      field = Math.floor(tag.value / 8),
      content = contentOf(bytes, tag.end, tag.value % 8);
    if (field === number) found.push(content);
    at = content.end;
  }
  return found;
}

function contentOf(bytes: Uint8Array, at: number, wire: number): Field {
  if (wire === VARINT) return { start: at, end: varint(bytes, at).end };
  if (wire === EIGHT_BYTES) return { start: at, end: at + 8 };
  if (wire === FOUR_BYTES) return { start: at, end: at + 4 };
  if (wire !== LENGTH) throw new TypeError(`Cannot read field of wire type ${wire} at byte ${at}`);
  const length = varint(bytes, at);
  return { start: length.end, end: length.end + length.value };
}

/** Seven bits a byte, the lowest first; exact below 2^53, as lengths are. */
function varint(bytes: Uint8Array, start: number): { readonly value: number; readonly end: number } {
  let value = 0, at = start;
  for (let scale = 1;; scale *= 128) {
    const byte = bytes[at++]!;
    value += (byte & 127) * scale;
    if (byte < 128) return { value, end: at };
  }
}
