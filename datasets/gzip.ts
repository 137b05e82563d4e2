import { InputError } from "./input_error.ts";

/** The first bytes of a gzip stream (RFC 1952). */
const MAGIC = [0x1f, 0x8b];

/** Whether bytes begin as gzip does. */
export const isGzip = (bytes: Uint8Array): boolean => MAGIC.every((byte, at) => bytes[at] === byte);

/**
 * What is in a gzip file, piece by piece.
 *
 * @param file what errors call it.
 *
 * @throws InputError where it does not unzip.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { gunzipped } from "./gzip.ts";
 * import { readAll } from "./random_access.ts";
 *
 * const zipped = new Response(new Blob(["0 1 2"]).stream().pipeThrough(new CompressionStream("gzip")));
 * const pieces = [new Uint8Array(await zipped.arrayBuffer())];
 * assert.equal(new TextDecoder().decode(await readAll(gunzipped("train.txt.gz", pieces))), "0 1 2");
 * ```
 */
export async function* gunzipped(
  file: string,
  zipped: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* inflated(zipped, "gzip");
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`it starts as gzip but does not unzip (${(error as Error).message})`, file);
  }
}

/** Decompresses pieces; what is wrong with them is thrown as the platform says it. */
export async function* inflated(
  packed: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  how: "gzip" | "deflate-raw",
): AsyncGenerator<Uint8Array> {
  const stream = ReadableStream.from(packed) as ReadableStream<Uint8Array<ArrayBuffer>>;
  yield* stream.pipeThrough(new DecompressionStream(how));
}
