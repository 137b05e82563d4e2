import { baseName } from "./base_name.ts";
import { diskFolder, listFolder, openFile } from "./files.ts";
import { openEntry } from "./folder.ts";
import { isZip } from "./zip.ts";
import { type FoundLog, zipFolder } from "./zip_folder.ts";

/** A path into an archive. */
const INSIDE = /^(.*\.zip)[/\\](.+)$/i;

/**
 * What is at a path: a folder, a file in one, or an archive's, "ml-1m.zip" or "ml-1m.zip/ml-1m/ratings.dat".
 *
 * @throws InputError where nothing is there, or it may not be read.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { findLog } from "./find_log.ts";
 *
 * const folder = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${folder}/log.csv`, "user,item\n");
 * const { name, folder: { names } } = await findLog(`${folder}/log.csv`);
 * assert.deepEqual([name, names], ["log.csv", ["log.csv"]]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function findLog(path: string): Promise<FoundLog> {
  const [, archive, member] = INSIDE.exec(path) ?? [];
  if (archive !== undefined && await listFolder(archive).then((names) => names === undefined, () => false)) {
    return await zipFolder(await openFile(archive), member!.replaceAll("\\", "/"));
  }
  const names = await listFolder(path);
  if (names) return { folder: diskFolder(`${path.replace(/[/\\]+$/, "")}/`, names) };
  const file = await openFile(path);
  if (isZip(new Uint8Array(await file.slice(0, 4)))) return await zipFolder(file);
  const name = baseName(path), beside = path.slice(0, path.length - name.length);
  const folder = diskFolder(beside, await listFolder(beside || ".").catch(() => undefined) ?? []);
  const found = { ...openEntry(file), onDisk: true }; // what is open is not opened again: a pipe is read once
  return { folder: { ...folder, entry: (other) => other === name ? found : folder.entry(other) }, name };
}
