import { hasAttributes } from "./attributes.ts";
import { readBytes } from "./files.ts";
import { latin1Source, type Source } from "./source.ts";
import type { MetadataFiles } from "./with_metadata.ts";

/** A file's bytes, by its path. */
export const readSource = async (file: string): Promise<Source> => ({ file, bytes: await readBytes(file) });

/**
 * Reads files of side information.
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
  { behaviours, ...files }: MetadataFiles<string>,
): Promise<MetadataFiles<Source>> {
  const read = await Promise.all(Object.entries(files).map(async ([part, file]) => [part, await readSource(file)]));
  const named = await Promise.all(
    (behaviours ?? []).map(async ([name, file]) => [name, await readSource(file)] as const),
  );
  return { ...Object.fromEntries(read), ...(behaviours && { behaviours: named }) };
}

/**
 * Reads the side information of a log: the files given, else those found beside it. Found links go with the found
 * graph alone; a file that may hold nothing but titles is no attributes unless columns of it are chosen.
 *
 * @param found names in `folder`.
 */
export async function metadataSources(
  folder: string,
  found: MetadataFiles<string>,
  given: MetadataFiles<string>,
  columnsChosen: boolean,
): Promise<MetadataFiles<Source>> {
  const { attributes, friends, knowledge, links } = found;
  const beside = await readMetadata({
    ...(attributes && !given.attributes && { attributes: folder + attributes }),
    ...(friends && !given.friends && { friends: folder + friends }),
    ...(knowledge && !given.knowledge && { knowledge: folder + knowledge }),
    ...(links && !given.knowledge && !given.links && { links: folder + links }),
  });
  const { attributes: items, ...others } = beside;
  const useful = items && (columnsChosen || hasAttributes(latin1Source(items)));
  return { ...others, ...(useful && { attributes: items }), ...await readMetadata(given) };
}
