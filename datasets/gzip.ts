import { InputError } from "./input_error.ts";

/** The first bytes of a gzip stream (RFC 1952). */
const MAGIC = [0x1f, 0x8b];

/** Whether bytes begin as gzip does. */
export const isGzip = (bytes: Uint8Array): boolean => MAGIC.every((byte, at) => bytes[at] === byte);

/** Bytes that come out of zlib at a time. */
const CHUNK = 2 ** 18;

/**
 * What is in a gzip file, piece by piece; of several that were put one behind the other, what is in all of them. (In a
 * browser, whose streams know no second, several do not unzip.)
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
    if ("Deno" in globalThis) yield* inflatedByZlib(zipped);
    else yield* inflated(zipped, "gzip");
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`it starts as gzip but does not unzip (${(error as Error).message})`, file);
  }
}

/** As {@link inflated} of gzip; that of the platform takes what follows a first member for garbage. */
async function* inflatedByZlib(packed: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const [{ createGunzip }, { Readable }] = await Promise.all([import("node:zlib"), import("node:stream")]);
  const from = Readable.from(packed), to = createGunzip({ chunkSize: CHUNK });
  from.on("error", (error) => to.destroy(error));
  try {
    for await (const { buffer, byteOffset, byteLength } of from.pipe(to)) {
      yield new Uint8Array(buffer, byteOffset, byteLength);
    }
  } finally {
    from.destroy();
    to.destroy();
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
