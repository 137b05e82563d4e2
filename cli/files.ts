/** Writes a file whole or not at all: to a temporary name beside it, then renamed. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.tmp`;
  try {
    if (typeof content === "string") await Deno.writeTextFile(temporary, content);
    else await Deno.writeFile(temporary, content);
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw new Error(`Cannot write "${path}": ${(error as Error).message}`, { cause: error });
  }
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
