/** What a file operation says when the process that asked for it is no more. */
class Killed extends Error {}

/**
 * Runs `use` as a process that is killed at its `last`-th change of what is on disk: half of what it then writes is
 * written, and nothing that it tries afterwards happens, cleaning up included. All writes to a file are one change.
 *
 * @returns the changes that were begun, such as "write log.jsonl.tmp".
 */
export async function killedAtChange(last: number, use: () => Promise<unknown>): Promise<readonly string[]> {
  const { open, mkdir, rename, remove } = Deno, changes: string[] = [];
  const alive = (act: string, path: string | URL) => changes.push(`${act} ${`${path}`.split("/").at(-1)}`) < last;
  const dead = () => Promise.reject(new Killed(`killed at change ${last}`));
  const mortal = (file: Deno.FsFile, path: string | URL): Deno.FsFile => {
    const { write, syncData } = file;
    let writing = false;
    file.write = async (bytes) => {
      if (writing ? changes.length < last : alive("write", path)) {
        writing = true;
        return await write.call(file, bytes);
      }
      if (changes.length === last) await write.call(file, bytes.subarray(0, bytes.length >> 1));
      return dead();
    };
    file.syncData = () => alive("sync", path) ? syncData.call(file) : dead();
    return file;
  };
  Deno.open = async (path, options) => {
    if (!options?.write) return await open(path, options);
    return alive("open", path) ? mortal(await open(path, options), path) : dead();
  };
  Deno.mkdir = (path, options) => alive("mkdir", path) ? mkdir(path, options) : dead();
  Deno.rename = (from, to) => alive("rename", from) ? rename(from, to) : dead();
  Deno.remove = (path, options) => alive("remove", path) ? remove(path, options) : dead();
  try {
    await use();
  } finally {
    Object.assign(Deno, { open, mkdir, rename, remove });
  }
  return changes;
}
