/** Writes a file whole, or parts one after the other, or not at all: to a temporary name beside it, then renamed. */
export async function writeWhole(path: string, content: string | Uint8Array | readonly Uint8Array[]): Promise<void> {
  const temporary = `${path}.tmp`;
  try {
    if (typeof content === "string") await Deno.writeTextFile(temporary, content);
    else if (content instanceof Uint8Array) await Deno.writeFile(temporary, content);
    else await writeParts(temporary, content);
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw new Error(`Cannot write "${path}": ${(error as Error).message}`, { cause: error });
  }
}

async function writeParts(path: string, parts: readonly Uint8Array[]): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  for (const part of parts) {
    for (let at = 0; at < part.length;) at += await file.write(part.subarray(at, at + AT_ONCE));
  }
}
/** Bytes that are given to the system at a time: it may take a copy of them. */
const AT_ONCE = 2 ** 24;

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
  const why = error instanceof Deno.errors.NotFound ? "there is no such file" : error.message;
  throw new Error(`Cannot read ${what} "${path}": ${why}`, { cause: error });
}

/** Makes a folder and those above it. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await Deno.mkdir(path, { recursive: true });
  } catch (error) {
    throw new Error(`Cannot make folder "${path}": ${(error as Error).message}`, { cause: error });
  }
}

/** Whether there is a file or folder at `path`. */
export async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
