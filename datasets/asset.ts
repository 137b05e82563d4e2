import { InputError } from "./input_error.ts";
import { readBytes } from "./files.ts";

/**
 * Reads a file that comes with the library: from disk, or from where the library was imported over HTTP.
 *
 * @throws InputError where it cannot be had.
 */
export async function readAsset(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  if (url.protocol === "file:") return await readBytes(url);
  const response = await fetch(url);
  if (!response.ok) throw new InputError(`the server answers ${response.status} ${response.statusText}`, url.href);
  return new Uint8Array(await response.arrayBuffer());
}
