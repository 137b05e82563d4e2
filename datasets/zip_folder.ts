import { baseName } from "./base_name.ts";
import { quoted } from "./columns.ts";
import { type FileEntry, type Folder, packedEntry } from "./folder.ts";
import { InputError } from "./input_error.ts";
import { layoutOf } from "./layouts.ts";
import type { RandomAccess } from "./random_access.ts";
import { zipMembers } from "./zip.ts";

/** A folder of an archive, and where the log in it is. */
export interface FoundLog {
  readonly folder: Folder;
  /** The log's name, where no layout of the folder says it. */
  readonly name?: string;
}

/** Files that a log may be in. */
const LOG = /\.(inter|txt|csv|tsv|dat|data|jsonl|ndjson|json|parquet)(\.gz)?$/i, README = /readme|license|licence/i;
/** What systems add to archives. */
const DEBRIS = /(^|\/)(__MACOSX\/|\.)/;
/** So many names are told in a message. */
const SHOWN = 6;

/**
 * Where a zip archive has interactions: in the one folder of it that has the usual names, the least deep one, else in
 * its one file of data.
 *
 * @param member the path in the archive of the log, where it is named.
 * @throws InputError where there is none, or more than one.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { inMemory } from "./random_access.ts";
 * import { zipFolder } from "./zip_folder.ts";
 *
 * const empty = new Uint8Array(22);
 * empty.set([0x50, 0x4b, 5, 6]);
 * await assert.rejects(zipFolder(inMemory("empty.zip", empty)), /"empty.zip": no file of interactions in this archive/);
 * ```
 */
export async function zipFolder(archive: RandomAccess, member?: string): Promise<FoundLog> {
  const { file } = archive;
  const members = new Map<string, FileEntry>();
  for (const { name, pieces } of await zipMembers(archive)) {
    if (!DEBRIS.test(name)) members.set(name, packedEntry(`${file}/${name}`, pieces));
  }
  const all = [...members.keys()].sort();
  const folderOf = (name: string) => name.slice(0, name.length - baseName(name).length);
  const folder = (path: string): Folder => ({
    names: all.filter((name) => folderOf(name) === path).map(baseName),
    entry: (name) => members.get(path + name)!,
  });
  const found = (name: string): FoundLog => ({ folder: folder(folderOf(name)), name: baseName(name) });
  if (member !== undefined) {
    if (members.has(member)) return found(member);
    throw new InputError(`no "${member}" in this archive, which has ${some(all)}`, file);
  }
  const depth = (path: string) => path.split("/").length;
  const laidOut = [...new Set(all.map(folderOf))].filter((path) => layoutOf(folder(path).names))
    .sort((a, b) => depth(a) - depth(b));
  const [first, second] = laidOut;
  if (first !== undefined && (second === undefined || depth(first) < depth(second))) return { folder: folder(first) };
  const logs = all.filter((name) => LOG.test(name) && !README.test(name));
  if (logs.length === 1) return found(logs[0]!);
  if (logs.length === 0) throw new InputError(`no file of interactions in this archive, which has ${some(all)}`, file);
  throw new InputError(`which of ${some(logs)} has the interactions? Name it: "${file}/${logs[0]}"`, file);
}

const some = (names: readonly string[]): string =>
  names.length === 0
    ? "no files"
    : `${quoted(names.slice(0, SHOWN))}${names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ""}`;
