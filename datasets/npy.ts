import { InputError } from "./input_error.ts";
import type { Source } from "./source.ts";

/** A matrix of an .npy file, row-major. */
export interface NpyMatrix {
  readonly rows: number;
  readonly width: number;
  readonly data: Float32Array; // [rows, width]
}

const MAGIC = Uint8Array.of(0x93, ...new TextEncoder().encode("NUMPY"));
/** How elements are written, by NumPy's name. */
const ELEMENTS = {
  "<f4": { bytes: 4, at: (view: DataView, byte: number) => view.getFloat32(byte, true) },
  "<f8": { bytes: 8, at: (view: DataView, byte: number) => view.getFloat64(byte, true) },
} as const;

/** Whether a file begins as NumPy's do. */
export const isNpy = ({ bytes }: Source): boolean => MAGIC.every((byte, at) => bytes[at] === byte);

/**
 * Reads a matrix that `numpy.save` wrote: format 1 to 3, little-endian float32 or float64, in C order
 * (numpy.org/doc/stable/reference/generated/numpy.lib.format.html). float64 is rounded to float32.
 *
 * @throws InputError naming the file, what was expected and what was found.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readNpy } from "./npy.ts";
 *
 * const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }\n";
 * const text = new TextEncoder().encode(`NUMPY\u0001\u0000${String.fromCharCode(header.length)}\u0000${header}`);
 * const bytes = Uint8Array.of(0x93, ...text, ...new Uint8Array(Float32Array.of(3, 4).buffer));
 * assert.deepEqual(readNpy({ file: "x.npy", bytes }), { rows: 1, width: 2, data: Float32Array.of(3, 4) });
 * ```
 */
export function readNpy({ file, bytes }: Source): NpyMatrix {
  const fail = (problem: string): never => {
    throw new InputError(problem, file);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), wide = bytes[MAGIC.length]! > 1;
  const start = MAGIC.length + (wide ? 6 : 4);
  if (bytes.length < start) fail("it ends within its header");
  const length = wide ? view.getUint32(start - 4, true) : view.getUint16(start - 2, true), from = start + length;
  const header = new TextDecoder().decode(bytes.subarray(start, from));
  const [, type = "none"] = /'descr':\s*'([^']*)'/.exec(header) ?? [];
  const element = Object.hasOwn(ELEMENTS, type) ? ELEMENTS[type as keyof typeof ELEMENTS] : undefined;
  const [, rows, width] = /'shape':\s*\((\d+),\s*(\d+),?\s*\)/.exec(header)?.map(Number) ?? [];
  if (!element) return fail(`its elements are "${type}": "<f4" and "<f8" are read (float32 and float64)`);
  if (!/'fortran_order':\s*False/.test(header)) fail("it is in Fortran order: C order is read");
  if (rows === undefined || width === undefined || width === 0) return fail("it is no matrix [items, width]");
  if (bytes.length - from !== rows * width * element.bytes) {
    fail(
      `it has ${bytes.length - from} bytes of elements where [${rows}, ${width}] takes ${rows * width * element.bytes}`,
    );
  }
  const data = new Float32Array(rows * width);
  for (let at = 0; at < data.length; at++) data[at] = element.at(view, from + at * element.bytes);
  return { rows, width, data };
}
