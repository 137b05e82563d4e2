import { DiskError } from "./disk_error.ts";

/** Writes a file whole, or parts one after the other, or not at all: what was there stays as it was then. */
export async function writeWhole(path: string, content: string | Uint8Array | readonly Uint8Array[]): Promise<void> {
  const parts = typeof content === "string"
    ? [new TextEncoder().encode(content)]
    : content instanceof Uint8Array
    ? [content]
    : content;
  await writePieces(path, async (write) => {
    for (const part of parts) await write(part);
  });
}

/**
 * Writes a file piece by piece under a temporary name beside it, which becomes its own when all is on the disk: whoever
 * is killed, or loses power, leaves the file that was there, or the new one.
 *
 * @throws DiskError naming the file, before `fill` is called where it cannot be begun; what `fill` throws.
 */
export async function writePieces<T>(
  path: string,
  fill: (write: (bytes: Uint8Array) => Promise<void>) => Promise<T>,
): Promise<T> {
  const wrong = (error: unknown): never => {
    throw new DiskError(`write "${path}"`, error);
  };
  const place = await placeOf(path), temporary = `${place}${TEMPORARY}`;
  using file = await takeTemporary(temporary).catch(wrong);
  try {
    const filled = await fill(async (bytes) => {
      for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at, at + AT_ONCE)).catch(wrong);
    });
    await file.syncData().catch(wrong); // or power may fail with the name there and the bytes not
    await Deno.rename(temporary, place).catch(wrong);
    return filled;
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}

/**
 * Opens a temporary file, empty or with what it holds, for this process alone until it is closed: bytes of two would get
 * mixed.
 *
 * @throws Error where another process is writing it.
 */
export async function takeTemporary(temporary: string, { keep = false } = {}): Promise<Deno.FsFile> {
  for (let tries = 1;; tries++) {
    const file = await Deno.open(temporary, { read: keep, write: true, create: true });
    try {
      // where the file system knows no locks nobody is kept out
      const mine = !(await file.stat()).isFile || await file.tryLock(true).catch(() => true);
      if (!mine) throw new Error("another process is writing it");
      const { ino, size } = await file.stat(), there = await Deno.stat(temporary).catch(() => undefined);
      // else whoever had it gave it its name just then
      if (there && there.ino === ino || tries >= UNTOLD) {
        if (size > 0 && !keep) await file.truncate();
        return file;
      }
    } catch (error) {
      file.close();
      throw error;
    }
    file.close();
  }
}
/** A file that is another at so many looks cannot be told: it may not be read, or its number does not stay. */
const UNTOLD = 10;
/** What a file's name ends with until it is whole. Whoever is killed leaves it; the next to write the file takes it over. */
const TEMPORARY = ".tmp";
/** Bytes that are given to the system at a time: it may take a copy of them. */
const AT_ONCE = 2 ** 24;

/**
 * Writes files that belong together, of which the first is that without which the others are not read: all bytes are given
 * to the disk before any has its name, and the first is away until the others have theirs. Whoever is killed leaves what was
 * there, or what is not read, and never some of the one beside some of the other.
 */
export async function writeTogether(files: readonly (readonly [path: string, content: string])[]): Promise<void> {
  const from = async (at: number): Promise<void> => {
    const file = files[at];
    if (!file) return await Deno.remove(await placeOf(files[0]![0])).catch(() => {});
    await writePieces(file[0], async (write) => {
      await write(new TextEncoder().encode(file[1]));
      await from(at + 1);
    });
  };
  await from(0);
}

/** Removes a file, where it is there, and what whoever was killed while writing it left. */
export async function removeWritten(path: string): Promise<void> {
  for (const each of [path, `${path}${TEMPORARY}`]) await Deno.remove(each).catch(() => {});
}

/** Copies a file whole or not at all. @throws DiskError naming what cannot be written. */
export async function copyWhole(from: string, to: string): Promise<void> {
  const { readable } = await Deno.open(from);
  await writePieces(to, async (write) => {
    for await (const piece of readable) await write(piece);
  });
}

/** Reads a text file. @throws Error naming it and what it was wanted for. */
export async function readText(path: string, what: string): Promise<string> {
  return new TextDecoder().decode(await readBytesOf(path, what));
}

/** Reads a file. @throws Error naming it and what it was wanted for. */
export async function readBytesOf(path: string, what: string): Promise<Uint8Array> {
  return await Deno.readFile(path).catch((error) => unread(path, what, error));
}

/** Reads a file before going on: a small one. @throws Error naming it and what it was wanted for. */
export function readBytesNow(path: string, what: string): Uint8Array {
  try {
    return Deno.readFileSync(path);
  } catch (error) {
    return unread(path, what, error as Error);
  }
}

function unread(path: string, what: string, error: Error): never {
  const why = error instanceof Deno.errors.NotFound
    ? "there is no such file"
    : error instanceof Deno.errors.IsADirectory
    ? "it is a folder, and a file is expected"
    : error.message;
  throw new Error(`Cannot read ${what} "${path}": ${why}`, { cause: error });
}

/** Makes a folder and those above it. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await Deno.mkdir(path, { recursive: true });
  } catch (error) {
    throw new DiskError(`make folder "${path}"`, error);
  }
}

/** Whether there is a file or folder at `path`. */
export async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** @throws DiskError naming the file, where it could not be written: better now than when there is much to write. */
export async function checkWritable(path: string): Promise<void> {
  const probe = `${path}${TEMPORARY}`;
  try {
    using _file = await takeTemporary(probe);
    await Deno.remove(probe);
  } catch (error) {
    throw new DiskError(`write "${path}"`, error);
  }
}

/** Where a file lies that is written: a link stays one. @throws Error where what is there is no file. */
async function placeOf(path: string): Promise<string> {
  const found = await Deno.stat(path).catch(() => undefined);
  if (!found) return path;
  if (found.isDirectory) throw new Error(`Cannot write "${path}": it is a folder`);
  if (!found.isFile) throw new Error(`Cannot write "${path}": it is a device or a pipe, and a file is expected`);
  return (await Deno.lstat(path)).isSymlink ? await Deno.realPath(path) : path;
}
