import { InputError } from "./input_error.ts";

/** The first bytes of a gzip stream (RFC 1952). */
const GZIP = [0x1f, 0x8b];

/**
 * The bytes of a file, unzipped if they are gzip. The only file of `datasets/` that touches `Deno`.
 *
 * @throws InputError where there is no such file, it is a folder, it may not be read, or its gzip is broken.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readBytes } from "./files.ts";
 *
 * const bytes = await readBytes(new URL(import.meta.url));
 * assert(bytes.length > 0);
 * await assert.rejects(readBytes("no/such/file.txt"), /"no\/such\/file.txt": no such file/);
 * ```
 */
export async function readBytes(path: string | URL): Promise<Uint8Array<ArrayBuffer>> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = await Deno.readFile(path);
  } catch (error) {
    throw new InputError(reason(error), String(path));
  }
  return GZIP.every((byte, at) => bytes[at] === byte) ? await gunzip(bytes, String(path)) : bytes;
}

/** Names of the files in a folder, sorted; undefined where the path is a file. Throws InputError where there is nothing. */
export async function listFolder(path: string): Promise<readonly string[] | undefined> {
  try {
    if (!(await Deno.stat(path)).isDirectory) return undefined;
    const names: string[] = [];
    for await (const entry of Deno.readDir(path)) if (!entry.isDirectory) names.push(entry.name);
    return names.sort();
  } catch (error) {
    throw new InputError(reason(error), path);
  }
}

async function gunzip(bytes: Uint8Array<ArrayBuffer>, file: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch (error) {
    throw new InputError(`it starts as gzip but does not unzip (${(error as Error).message})`, file);
  }
}

function reason(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "no such file or folder";
  if (error instanceof Deno.errors.IsADirectory) return "it is a folder";
  if (error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable) return "no permission";
  return (error as Error).message;
}
