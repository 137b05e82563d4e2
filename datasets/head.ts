import { joined } from "./random_access.ts";
import type { Source } from "./source.ts";

/** So many bytes are looked at before a file is read piece by piece; smaller ones are whole. */
const HEAD = 2 ** 20;

/**
 * A source whose bytes are the first of a file, at least a mebibyte, and whose rest is read when it is asked for.
 *
 * @param open starts to read the file from its first byte; asked for again for the rest.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { headOf } from "./head.ts";
 *
 * const { bytes, rest } = await headOf("a.txt", async function* () {
 *   yield Uint8Array.of(48, 32, 49);
 * });
 * assert.deepEqual([bytes.length, rest], [3, undefined]);
 * ```
 */
export async function headOf(file: string, open: () => AsyncIterable<Uint8Array>): Promise<Source> {
  const first: Uint8Array[] = [];
  let length = 0, whole = true;
  for await (const piece of open()) {
    if (length >= HEAD) {
      whole = false;
      break;
    }
    first.push(piece);
    length += piece.length;
  }
  const bytes = joined(first);
  if (whole) return { file, bytes };
  const end = characterStart(bytes);
  return { file, bytes: bytes.subarray(0, end), rest: behind(open(), end) };
}

/** The pieces without so many bytes at their front. */
async function* behind(all: AsyncIterable<Uint8Array>, skip: number): AsyncGenerator<Uint8Array> {
  for await (const piece of all) {
    const gone = Math.min(skip, piece.length);
    skip -= gone;
    if (gone < piece.length) yield piece.subarray(gone);
  }
}

/** Where the last character begins, which may be cut, as UTF-8 writes it. */
function characterStart(bytes: Uint8Array): number {
  let at = bytes.length - 1;
  while (at > bytes.length - 4 && (bytes[at]! & 0xc0) === 0x80) at--;
  return at;
}
