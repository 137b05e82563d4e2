import { InputError } from "./input_error.ts";
import { pieces, type RandomAccess } from "./random_access.ts";

/** The first bytes of a gzip stream (RFC 1952). */
const MAGIC = [0x1f, 0x8b];

/** Whether bytes begin as gzip does. */
export const isGzip = (bytes: Uint8Array): boolean => MAGIC.every((byte, at) => bytes[at] === byte);

/**
 * What is in a gzip file, piece by piece.
 *
 * @throws InputError where it does not unzip.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { gunzipped } from "./gzip.ts";
 * import { inMemory, readAll } from "./random_access.ts";
 *
 * const zipped = new Response(new Blob(["0 1 2"]).stream().pipeThrough(new CompressionStream("gzip")));
 * const file = inMemory("train.txt.gz", new Uint8Array(await zipped.arrayBuffer()));
 * assert.equal(new TextDecoder().decode(await readAll(gunzipped(file))), "0 1 2");
 * ```
 */
export async function* gunzipped(file: RandomAccess): AsyncGenerator<Uint8Array> {
  try {
    yield* inflated(pieces(file), "gzip");
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`it starts as gzip but does not unzip (${(error as Error).message})`, file.file);
  }
}

/** Decompresses pieces; what is wrong with them is thrown as the platform says it. */
export async function* inflated(
  packed: AsyncIterable<Uint8Array<ArrayBuffer>>,
  how: "gzip" | "deflate-raw",
): AsyncGenerator<Uint8Array> {
  yield* ReadableStream.from(packed).pipeThrough(new DecompressionStream(how)) as unknown as AsyncIterable<Uint8Array>;
}
