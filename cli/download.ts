import { createHash } from "node:crypto";
import { DiskError } from "./disk_error.ts";
import { exists, takeTemporary, writeWhole } from "./files.ts";

/** A file that is to be there. */
export interface Download {
  readonly url: string;
  readonly path: string;
  readonly signal?: AbortSignal;
  /** Bytes that are there, of how many where the host says so. */
  readonly progress?: (bytes: number, total: number | undefined) => void;
  /** Checks the SHA-256 and MD5 of what came, in hex, before it gets its name. Throws where they are wrong. */
  readonly check?: (sums: Sums) => Promise<void> | void;
  /** Keeps what is said of it, before it gets its name: what has the name has that, too. */
  readonly settle?: (fetched: Fetched) => Promise<void>;
}

export interface Sums {
  readonly sha256: string;
  readonly md5: string;
}

/** What came. */
export interface Fetched extends Sums {
  readonly bytes: number;
}

/** What is known of a part of a file, to go on only with the same one. */
interface PartState {
  readonly url: string;
  /** An entity tag, or a date of change, for If-Range (RFC 9110, 13.1.5). */
  readonly validator: string;
}

/** Bytes that are held of a file that is read. */
const HELD = 2 ** 16;

/** No byte in this time, and the host is taken for gone. */
const STALLED_MS = 60_000;

/**
 * Downloads a file beside its place, goes on where an earlier attempt stopped if the host has the same file still, checks
 * it, and then gives it its name: what has the name is whole.
 *
 * @throws Error naming the URL where the host cannot be reached, refuses, or stops; what came so far stays for the next
 * attempt. What fails its check is removed. DiskError where it cannot be written, as while another process fetches it.
 */
export async function download(wanted: Download): Promise<Fetched> {
  const { path } = wanted, part = `${path}.part`, about = `${part}.json`;
  using file = await takeTemporary(part, { keep: true }).catch((error) => {
    throw new DiskError(`write "${part}"`, error);
  });
  try {
    const fetched = await fetchInto(file, part, about, wanted);
    await Deno.rename(part, path);
    await removeAll(about);
    return fetched;
  } catch (error) {
    if ((await file.stat()).size === 0) await removeAll(part, about);
    throw error;
  }
}

/** Downloads into a file, after what came of it before, and checks it. */
async function fetchInto(
  file: Deno.FsFile,
  part: string,
  about: string,
  { url, signal, progress, check, settle }: Download,
): Promise<Fetched> {
  const before = await resumable(file, about, url);
  const stalled = new AbortController(), aborted = AbortSignal.any([stalled.signal, ...signal ? [signal] : []]);
  let timer = setTimeout(() => stalled.abort(new Error(`no byte in ${STALLED_MS / 1000} s`)), STALLED_MS);
  let bytes = 0;
  try {
    const response = await request(url, aborted, before);
    // a 206 goes on at the byte asked for; whatever else is the whole file
    const resumed = response.status === 206;
    const start = resumed ? before!.bytes : 0, length = response.headers.get("content-length");
    const total = length !== null && !response.headers.has("content-encoding") ? start + Number(length) : undefined;
    const validator = validatorOf(response.headers);
    if (!resumed) {
      await removeAll(about);
      await file.truncate();
      // what the client unpacks on the way has no length, and no bytes that a range could go on from
      if (validator !== undefined && total !== undefined) {
        await writeWhole(about, JSON.stringify({ url, validator } satisfies PartState));
      }
    }
    bytes = start;
    await file.seek(start, Deno.SeekMode.Start);
    progress?.(bytes, total);
    for await (const piece of response.body ?? []) {
      for (let at = 0; at < piece.length;) {
        at += await file.write(piece.subarray(at)).catch((error) => {
          throw new DiskError(`write "${part}"`, error);
        });
      }
      bytes += piece.length;
      progress?.(bytes, total);
      clearTimeout(timer);
      timer = setTimeout(() => stalled.abort(new Error(`no byte in ${STALLED_MS / 1000} s`)), STALLED_MS);
    }
    if (total !== undefined && bytes !== total) throw new Error(`${bytes} of ${total} bytes came`);
  } catch (error) {
    if (error instanceof Refused) throw error;
    const why = reasonOf(aborted.aborted ? aborted.reason : error);
    const kept = await exists(about) && bytes > 0
      ? `; the ${bytes} bytes that came are kept, and the next attempt goes on`
      : "";
    throw new Error(`Cannot fetch "${url}": ${why}${kept}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
  const fetched = { ...await sumsIn(file), bytes };
  try {
    await check?.(fetched);
  } catch (error) {
    await removeAll(part, about);
    throw error;
  }
  await settle?.(fetched);
  return fetched;
}

/** What an error says, and what was behind it: of a connection that cannot be made only that tells. */
export function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error && cause.message !== message ? `${message} (${cause.message})` : message;
}

/** The host's answer is no file. */
class Refused extends Error {}

async function request(
  url: string,
  signal: AbortSignal,
  before: { readonly bytes: number; readonly validator: string } | undefined,
): Promise<Response> {
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (before) Object.assign(headers, { range: `bytes=${before.bytes}-`, "if-range": before.validator });
  const response = await fetch(url, { headers, signal });
  if (response.status === 206 && before && startOf(response.headers) === before.bytes) return response;
  if (response.status === 200) return response;
  await response.body?.cancel();
  // it has no such bytes, or others: ask for the whole
  if (before && (response.status === 416 || response.status === 206)) return await request(url, signal, undefined);
  throw new Refused(`Cannot fetch "${url}": the server answers ${`${response.status} ${response.statusText}`.trim()}`);
}

const startOf = (headers: Headers): number =>
  Number(/^bytes (\d+)-/.exec(headers.get("content-range") ?? "")?.[1] ?? NaN);

/** A strong entity tag, else the date of change. */
function validatorOf(headers: Headers): string | undefined {
  const tag = headers.get("etag");
  return tag !== null && !tag.startsWith("W/") ? tag : headers.get("last-modified") ?? undefined;
}

async function resumable(part: Deno.FsFile, about: string, url: string) {
  try {
    const { size } = await part.stat(), state = JSON.parse(await Deno.readTextFile(about)) as PartState;
    return size > 0 && state.url === url && typeof state.validator === "string"
      ? { bytes: size, validator: state.validator }
      : undefined;
  } catch {
    return undefined; // nothing to go on with
  }
}

/** The SHA-256 and MD5 of a file, in hex. */
export async function sumsOf(path: string): Promise<Sums> {
  using file = await Deno.open(path);
  return await sumsIn(file);
}

/** The same of an open file: one that is locked may not be opened again. */
async function sumsIn(file: Deno.FsFile): Promise<Sums> {
  const sha256 = createHash("sha256"), md5 = createHash("md5"), held = new Uint8Array(HELD);
  await file.seek(0, Deno.SeekMode.Start);
  for (let read = await file.read(held); read !== null; read = await file.read(held)) {
    const piece = held.subarray(0, read);
    sha256.update(piece);
    md5.update(piece);
  }
  return { sha256: sha256.digest("hex"), md5: md5.digest("hex") };
}

async function removeAll(...paths: readonly string[]): Promise<void> {
  for (const path of paths) await Deno.remove(path).catch(() => {});
}
