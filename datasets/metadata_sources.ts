import { hasAttributes } from "./attributes.ts";
import { readBytes } from "./files.ts";
import { type Folder, wholeFile } from "./folder.ts";
import { latin1Source, type Source } from "./source.ts";
import type { MetadataFiles } from "./with_metadata.ts";

/** A file's bytes, by its path. */
const fileSource = async (file: string): Promise<Source> => ({ file, bytes: await readBytes(file) });

/** NumPy's matrices have no ids: those lie beside them. */
const MATRIX = /\.npy(\.gz)?$/i, ITS_ITEMS = ".ids.txt";

/**
 * Reads files of side information; with a matrix `x.npy` of vectors, the file `x.ids.txt` that says whose they are.
 *
 * @throws InputError where there is no such file.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readMetadata } from "./metadata_sources.ts";
 *
 * await assert.rejects(readMetadata({ friends: "no/such.txt" }), /"no\/such.txt": no such file/);
 * ```
 */
export async function readMetadata(
  { behaviours, vectors, ...files }: MetadataFiles<string>,
  readSource: (file: string) => Promise<Source> = fileSource,
): Promise<MetadataFiles<Source>> {
  const read = await Promise.all(Object.entries(files).map(async ([part, file]) => [part, await readSource(file)]));
  const named = await Promise.all(
    (behaviours ?? []).map(async ([name, file]) => [name, await readSource(file)] as const),
  );
  const modalities = await Promise.all((vectors ?? []).map(async ([name, file]) =>
    [
      name,
      await readSource(file),
      ...MATRIX.test(file) ? [await readSource(file.replace(MATRIX, ITS_ITEMS))] as const : [],
    ] as const
  ));
  return {
    ...Object.fromEntries(read),
    ...(behaviours && { behaviours: named }),
    ...(vectors && { vectors: modalities }),
  };
}

/**
 * Reads the side information of a log: the files given, else those found beside it. Found links go with the found
 * graph alone; a file that may hold nothing but titles is no attributes unless columns of it are chosen.
 *
 * @param folder where the log is.
 * @param found names in it.
 * @param chosen whose columns of attributes are chosen.
 */
export async function metadataSources(
  folder: Folder,
  found: MetadataFiles<string>,
  given: MetadataFiles<string>,
  chosen: { readonly attributes: boolean; readonly userAttributes: boolean },
): Promise<MetadataFiles<Source>> {
  const { attributes, userAttributes, friends, knowledge, links } = found;
  const beside = await readMetadata({
    ...(attributes && !given.attributes && { attributes }),
    ...(userAttributes && !given.userAttributes && { userAttributes }),
    ...(friends && !given.friends && { friends }),
    ...(knowledge && !given.knowledge && { knowledge }),
    ...(links && !given.knowledge && !given.links && { links }),
  }, (name) => wholeFile(folder.entry(name)));
  const { attributes: items, userAttributes: users, ...others } = beside;
  return {
    ...others,
    ...(items && (chosen.attributes || hasAttributes(latin1Source(items))) && { attributes: items }),
    ...(users && (chosen.userAttributes || hasAttributes(latin1Source(users), "user")) && { userAttributes: users }),
    ...await readMetadata(given),
  };
}
