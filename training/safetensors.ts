import { isMapping } from "../options/mapping.ts";

/** A tensor as safetensors files hold it. */
export type Tensor =
  | { readonly dtype: "F32"; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: "I32"; readonly shape: readonly number[]; readonly data: Int32Array };

/** A safetensors file's content. */
export interface SafeTensors {
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly metadata: Readonly<Record<string, string>>;
}

const ALIGNMENT = 8, LENGTH_BYTES = 8, ELEMENT_BYTES = 4;

/**
 * Tensors by name as the bytes of a safetensors file: the header's length as u64, the header as JSON padded with blanks
 * to 8 bytes, then the elements (huggingface.co/docs/safetensors).
 *
 * @throws TypeError where a tensor has not as many elements as its shape says.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";
 *
 * const bytes = encodeSafetensors({ w: { dtype: "F32", shape: [2], data: Float32Array.of(1, 2) } }, { by: "me" });
 * const { tensors, metadata } = decodeSafetensors(bytes);
 * assert.deepEqual([...tensors.w!.data], [1, 2]);
 * assert.equal(metadata.by, "me");
 * ```
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const parts = safetensorsParts(tensors, metadata);
  const bytes = new Uint8Array(parts.reduce((total, { length }) => total + length, 0));
  parts.reduce((at, part) => (bytes.set(part, at), at + part.length), 0);
  return bytes;
}

/** The same bytes in parts, to be written one after the other: tensors are not copied. */
export function safetensorsParts(
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
): readonly Uint8Array[] {
  let end = 0;
  const entries = Object.entries(tensors).map(([name, { dtype, shape, data }]) => {
    if (data.length !== shape.reduce((size, axis) => size * axis, 1)) {
      throw new TypeError(`Cannot write "${name}": it is [${shape}] with ${data.length} elements`);
    }
    return [name, { dtype, shape, data_offsets: [end, end += data.byteLength] }] as const;
  });
  const json = JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) });
  const text = new TextEncoder().encode(json), padded = Math.ceil(text.length / ALIGNMENT) * ALIGNMENT;
  const header = new Uint8Array(LENGTH_BYTES + padded).fill(0x20, LENGTH_BYTES);
  new DataView(header.buffer).setBigUint64(0, BigInt(padded), true);
  header.set(text, LENGTH_BYTES);
  return [
    header,
    ...Object.values(tensors).map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  ];
}

/**
 * Reads a safetensors file of float32 and int32 tensors. The tensors are copies.
 *
 * @throws TypeError naming `source`, what was expected and what was found.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";
 *
 * const bytes = encodeSafetensors({ ids: { dtype: "I32", shape: [2, 1], data: Int32Array.of(7, 8) } });
 * assert.deepEqual(decodeSafetensors(bytes).tensors.ids, { dtype: "I32", shape: [2, 1], data: Int32Array.of(7, 8) });
 * assert.throws(() => decodeSafetensors(bytes.subarray(0, -1), "my.safetensors"), /"my.safetensors".*it is cut short/);
 * ```
 */
export function decodeSafetensors(bytes: Uint8Array, source = "tensors"): SafeTensors {
  const fail = (why: string): never => {
    throw new TypeError(`Cannot read "${source}" as safetensors: ${why}`);
  };
  if (bytes.length < LENGTH_BYTES) fail(`it has ${bytes.length} bytes, a header takes at least ${LENGTH_BYTES}`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)),
    start = LENGTH_BYTES + length;
  if (start > bytes.length) {
    fail(`its header says ${length} bytes, the file has ${bytes.length}: it is cut short, or something else`);
  }
  const header = parseHeader(bytes.subarray(LENGTH_BYTES, start), fail);
  const metadata = header.__metadata__ ?? {};
  delete header.__metadata__;
  const tensors = Object.entries(header).map(([name, entry]): [string, Tensor] => {
    const { dtype, shape, data_offsets: [from, to] } = checkEntry(name, entry, fail);
    if (from > to || start + to > bytes.length) {
      fail(`"${name}" ends at byte ${start + to}, the file has ${bytes.length}: it is cut short`);
    }
    const size = shape.reduce((a, b) => a * b, 1);
    if (to - from !== size * ELEMENT_BYTES) fail(`"${name}" has shape [${shape}] and ${to - from} bytes`);
    const { buffer } = new Uint8Array(bytes.subarray(start + from, start + to)); // a Buffer of Node slices without a copy
    return [
      name,
      dtype === "F32"
        ? { dtype, shape, data: new Float32Array(buffer) }
        : { dtype, shape, data: new Int32Array(buffer) },
    ];
  });
  return { tensors: Object.fromEntries(tensors), metadata: metadata as Readonly<Record<string, string>> };
}

type Fail = (why: string) => never;

function parseHeader(bytes: Uint8Array, fail: Fail): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    fail(`its header is no JSON (${(error as Error).message})`);
  }
  if (isMapping(header)) return header;
  return fail("its header is no JSON object");
}

interface Entry {
  readonly dtype: "F32" | "I32";
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}
function checkEntry(name: string, entry: unknown, fail: Fail): Entry {
  const { dtype, shape, data_offsets } = (entry ?? {}) as Partial<Entry>;
  if (dtype !== "F32" && dtype !== "I32") fail(`"${name}" has dtype ${JSON.stringify(dtype)}; F32 and I32 are known`);
  const counts = (x: unknown): x is number[] => Array.isArray(x) && x.every((n) => Number.isSafeInteger(n) && n >= 0);
  if (!counts(shape)) fail(`"${name}" has shape ${JSON.stringify(shape)}`);
  if (!counts(data_offsets) || data_offsets.length !== 2) {
    fail(`"${name}" has data_offsets ${JSON.stringify(data_offsets)}`);
  }
  return entry as Entry;
}
