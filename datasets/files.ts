import type { Folder } from "./folder.ts";
import { gunzipped, isGzip } from "./gzip.ts";
import { InputError } from "./input_error.ts";
import { inMemory, pieces, type RandomAccess, readAll } from "./random_access.ts";

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
  const bytes = await plainBytes(path);
  return isGzip(bytes) ? await readAll(gunzipped(String(path), [bytes])) : bytes;
}

/** Opens a file to be read at any place; what is no regular file, as a pipe, is read whole. Throws InputError. */
export async function openFile(path: string): Promise<RandomAccess> {
  try {
    const { isFile, isDirectory, size } = await Deno.stat(path);
    if (isDirectory) throw new InputError("it is a folder", path);
    if (!isFile) return inMemory(path, await plainBytes(path));
    return { file: path, byteLength: size, slice: (start, end = size) => slice(path, start, Math.min(end, size)) };
  } catch (error) {
    throw error instanceof InputError ? error : new InputError(reason(error), path);
  }
}

/** The files of a folder; `path` ends with a slash, or is empty for the current one. */
export const diskFolder = (path: string, names: readonly string[]): Folder => ({
  names,
  entry: (name) => ({
    file: path + name,
    onDisk: true,
    async *pieces() {
      yield* pieces(await openFile(path + name));
    },
    random: () => openFile(path + name),
  }),
});

async function slice(path: string, start: number, end: number): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(Math.max(0, end - start));
  try {
    using file = await Deno.open(path);
    await file.seek(start, Deno.SeekMode.Start);
    for (let at = 0; at < bytes.length;) {
      const read = await file.read(bytes.subarray(at));
      if (read === null) throw new InputError("it became shorter while it was read", path);
      at += read;
    }
  } catch (error) {
    throw error instanceof InputError ? error : new InputError(reason(error), path);
  }
  return bytes.buffer;
}

async function plainBytes(path: string | URL): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    throw new InputError(reason(error), String(path));
  }
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

function reason(error: unknown): string {
  if (typeof Deno === "undefined") return "there are no files here; parseDataset takes what is in them";
  if (error instanceof Deno.errors.NotFound) return "no such file or folder";
  if (error instanceof Deno.errors.IsADirectory) return "it is a folder";
  if (error instanceof Deno.errors.PermissionDenied) return "no permission";
  if (error instanceof Deno.errors.NotCapable) return "deno was given no --allow-read for it";
  return (error as Error).message;
}
