import { crc32 } from "./crc32.ts";
import { inflated } from "./gzip.ts";
import { InputError } from "./input_error.ts";
import { pieces, type RandomAccess } from "./random_access.ts";

/** A file in a zip archive. */
export interface ZipMember {
  /** With the folders it is in, parted by "/". */
  readonly name: string;
  /** Its bytes, unpacked; read from the archive as they are asked for. Throws InputError. */
  pieces(): AsyncIterable<Uint8Array>;
}

// .ZIP File Format Specification (PKWARE), 6.3.10: records by their signatures, fields by their offsets
const LOCAL = 0x04034b50, CENTRAL = 0x02014b50, END = 0x06054b50, END_64 = 0x06064b50, LOCATOR_64 = 0x07064b50;
const END_LENGTH = 22, LONGEST_COMMENT = 0xffff, LOCATOR_LENGTH = 20, CENTRAL_LENGTH = 46, LOCAL_LENGTH = 30;
/** A size or offset that does not fit in 32 bits is this, and stands in the extra field of ZIP64. */
const ELSEWHERE = 0xffffffff, EXTRA_64 = 1;
const ENCRYPTED = 1, STORED = 0, DEFLATED = 8;

/** Whether bytes begin as a zip archive does. */
export const isZip = (bytes: Uint8Array): boolean =>
  bytes.length >= 4 && [LOCAL, END].includes(new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true));

/**
 * The files of a zip archive, folders left out. Only its directory is read; members are read from where they are.
 *
 * @throws InputError where it is cut or broken; members, too, where they are encrypted, packed in an unknown way, or not
 * what their checksum says.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { inMemory } from "./random_access.ts";
 * import { zipMembers } from "./zip.ts";
 *
 * const empty = new Uint8Array(22);
 * empty.set([0x50, 0x4b, 5, 6]);
 * assert.deepEqual(await zipMembers(inMemory("empty.zip", empty)), []);
 * await assert.rejects(zipMembers(inMemory("cut.zip", empty.slice(4))), /"cut.zip": it is no whole zip archive/);
 * ```
 */
export async function zipMembers(file: RandomAccess): Promise<readonly ZipMember[]> {
  const { start, end } = await directoryOf(file), view = new DataView(await file.slice(start, end));
  const members: ZipMember[] = [];
  for (let at = 0; at + 4 <= view.byteLength && view.getUint32(at, true) === CENTRAL;) {
    if (at + CENTRAL_LENGTH > view.byteLength) throw broken(file);
    const nameLength = view.getUint16(at + 28, true), extraLength = view.getUint16(at + 30, true);
    const nameStart = at + CENTRAL_LENGTH, next = nameStart + nameLength + extraLength + view.getUint16(at + 32, true);
    if (next > view.byteLength) throw broken(file);
    const name = new TextDecoder().decode(new Uint8Array(view.buffer, nameStart, nameLength)).replaceAll("\\", "/");
    const [size, packed, offset] = wide(view, nameStart + nameLength, extraLength, [
      view.getUint32(at + 24, true),
      view.getUint32(at + 20, true),
      view.getUint32(at + 42, true),
    ]) as [number, number, number];
    const entry = {
      ...{ name, size, packed, offset },
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      checksum: view.getUint32(at + 16, true),
    };
    if (!name.endsWith("/")) members.push({ name, pieces: () => unpacked(file, entry) });
    at = next;
  }
  return members;
}

interface Entry {
  readonly name: string;
  /** Bytes unpacked, packed, and before its local header. */
  readonly size: number;
  readonly packed: number;
  readonly offset: number;
  readonly flags: number;
  readonly method: number;
  readonly checksum: number;
}

const broken = ({ file }: RandomAccess) =>
  new InputError("it is no whole zip archive: its directory is missing or broken, as of a download that stopped", file);

/** Where the central directory is: the end of the archive says so, before a comment. */
async function directoryOf(file: RandomAccess): Promise<{ readonly start: number; readonly end: number }> {
  const from = Math.max(0, file.byteLength - END_LENGTH - LONGEST_COMMENT - LOCATOR_LENGTH);
  const tail = new DataView(await file.slice(from));
  let at = tail.byteLength - END_LENGTH;
  while (at >= 0 && tail.getUint32(at, true) !== END) at--;
  if (at < 0) throw broken(file);
  let size = tail.getUint32(at + 12, true), start = tail.getUint32(at + 16, true);
  const locator = at - LOCATOR_LENGTH;
  if (locator >= 0 && tail.getUint32(locator, true) === LOCATOR_64) {
    const end64 = Number(tail.getBigUint64(locator + 8, true));
    if (end64 + 56 > file.byteLength) throw broken(file);
    const record = new DataView(await file.slice(end64, end64 + 56));
    if (record.getUint32(0, true) !== END_64) throw broken(file);
    size = Number(record.getBigUint64(40, true));
    start = Number(record.getBigUint64(48, true));
  }
  if (start + size > file.byteLength) throw broken(file);
  return { start, end: start + size };
}

/** Numbers of a directory entry, those that do not fit in 32 bits out of its ZIP64 field, which has them in this order. */
function wide(view: DataView, start: number, length: number, numbers: readonly number[]): readonly number[] {
  if (!numbers.includes(ELSEWHERE)) return numbers;
  for (let at = start; at + 4 <= start + length;) {
    const size = view.getUint16(at + 2, true);
    if (view.getUint16(at, true) === EXTRA_64) {
      let from = at + 4;
      return numbers.map((number) => {
        if (number !== ELSEWHERE || from + 8 > Math.min(view.byteLength, at + 4 + size)) return number;
        from += 8;
        return Number(view.getBigUint64(from - 8, true));
      });
    }
    at += 4 + size;
  }
  return numbers;
}

async function* unpacked(archive: RandomAccess, entry: Entry): AsyncGenerator<Uint8Array> {
  const { method, flags, offset, packed, size, checksum } = entry, file = `${archive.file}/${entry.name}`;
  if ((flags & ENCRYPTED) !== 0) throw new InputError("it is encrypted: unpack it with its password first", file);
  if (method !== STORED && method !== DEFLATED) {
    throw new InputError(`it is packed by method ${method}; read are 0 (stored) and 8 (deflate)`, file);
  }
  if (offset + LOCAL_LENGTH > archive.byteLength) throw broken(archive);
  const header = new DataView(await archive.slice(offset, offset + LOCAL_LENGTH));
  if (header.getUint32(0, true) !== LOCAL) throw broken(archive);
  const start = offset + LOCAL_LENGTH + header.getUint16(26, true) + header.getUint16(28, true);
  if (start + packed > archive.byteLength) throw broken(archive);
  const stored = pieces(archive, start, start + packed);
  const sum = crc32();
  let length = 0;
  try {
    for await (const piece of method === STORED ? stored : inflated(stored, "deflate-raw")) {
      length += piece.length;
      if (length > size) break;
      sum.add(piece);
      yield piece;
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`it does not unpack (${(error as Error).message})`, file);
  }
  if (length !== size || sum.value !== checksum) {
    throw new InputError("it is broken: what unpacks is not what the archive's checksum is of", file);
  }
}
