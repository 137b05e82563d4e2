import { gunzipped, isGzip } from "./gzip.ts";
import { headOf } from "./head.ts";
import { inMemory, pieces, type RandomAccess, readAll } from "./random_access.ts";
import type { Source } from "./source.ts";

/** A file that is not read yet: on disk, or in a zip archive. */
export interface FileEntry {
  /** Its path, as errors tell it. */
  readonly file: string;
  /** Whether that is a path on disk. */
  readonly onDisk?: boolean;
  /** Its bytes as they are, piece by piece, from the first each time. Throws InputError. */
  pieces(): AsyncIterable<Uint8Array>;
  /** For reading at any place; what is packed is unpacked in memory. Throws InputError. */
  random(): Promise<RandomAccess>;
}

/** Files that lie beside each other. */
export interface Folder {
  readonly names: readonly string[];
  entry(name: string): FileEntry;
}

/**
 * An entry of bytes that come in pieces only.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { packedEntry, wholeFile } from "./folder.ts";
 *
 * const entry = packedEntry("a.zip/log.csv", async function* () {
 *   yield Uint8Array.of(97);
 * });
 * assert.deepEqual(await wholeFile(entry), { file: "a.zip/log.csv", bytes: Uint8Array.of(97) });
 * ```
 */
export const packedEntry = (file: string, pieces: FileEntry["pieces"]): FileEntry => ({
  file,
  pieces,
  random: async () => inMemory(file, await readAll(pieces())),
});

/** An entry of a file that is open. */
export const openEntry = (file: RandomAccess): FileEntry => ({
  file: file.file,
  pieces: () => pieces(file),
  random: () => Promise.resolve(file),
});

/** The first bytes of a file, unzipped if they are gzip, and the rest where there is more. Throws InputError. */
export async function openText({ file, pieces }: FileEntry): Promise<Source> {
  const head = await headOf(file, pieces);
  return isGzip(head.bytes) ? await headOf(file, () => gunzipped(file, pieces())) : head;
}

/** All of a file, unzipped if it is gzip. Throws InputError. */
export async function wholeFile({ file, pieces }: FileEntry): Promise<Source> {
  const bytes = await readAll(pieces());
  return { file, bytes: isGzip(bytes) ? await readAll(gunzipped(file, [bytes])) : bytes };
}
