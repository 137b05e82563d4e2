import { InputError } from "./input_error.ts";

/** A file's bytes, by name: what parsers read. */
export interface Source {
  /** What errors call it. */
  readonly file: string;
  readonly bytes: Uint8Array;
  /** What follows `bytes`, where these are only the first ones of a large file. */
  readonly rest?: AsyncIterable<Uint8Array>;
}

/** The UTF-8 byte-order mark. */
const MARK = [0xef, 0xbb, 0xbf];
/** How much of a file detection looks at. */
const SAMPLE_BYTES = 65536;
const NEWLINE = 10, RETURN = 13;

/**
 * Checks that a file is UTF-8 text with something in it, and takes its byte-order mark off.
 *
 * @throws InputError naming the file, and the line of the first byte that is not UTF-8.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { textSource } from "./source.ts";
 *
 * const bytes = Uint8Array.of(0x61, 0x0a, 0xff);
 * assert.throws(() => textSource({ file: "train.txt", bytes }), /"train.txt", line 2: .* not UTF-8/);
 * ```
 */
export function textSource({ file, bytes, rest }: Source): Source {
  const text = MARK.every((byte, at) => bytes[at] === byte) ? bytes.subarray(MARK.length) : bytes;
  const bad = firstBadByte(text);
  if (bad !== undefined) {
    throw notUtf8(text[bad]!, file, countLines(text.subarray(0, bad)) + 1);
  }
  checkNoNul(text, file);
  if (!rest && !text.some((byte) => byte > 32)) throw new InputError("it is empty", file);
  const last = text.findLastIndex((byte) => byte > 32), turn = text.indexOf(RETURN);
  if (turn >= 0 && turn < last && !text.includes(NEWLINE)) {
    throw new InputError(
      "its lines end with carriage returns alone: line feeds end lines, alone or behind them",
      file,
      1,
    );
  }
  return { file, bytes: text, ...(rest && { rest }) };
}

/** @throws InputError where there is a byte 0, which UTF-8 allows and no text has: UTF-16 without a mark is full of them. */
export function checkNoNul(bytes: Uint8Array, file: string, firstLine = 1): void {
  const at = bytes.indexOf(0);
  if (at < 0) return;
  const line = firstLine + countLines(bytes.subarray(0, at));
  throw new InputError(
    "byte 0x00 is of no text, but of UTF-16 or a binary file; files are UTF-8 text, or gzip of it",
    file,
    line,
  );
}

/** What is said of a byte that no UTF-8 text has there. */
export const notUtf8 = (byte: number, file: string, line: number): InputError =>
  new InputError(
    `byte 0x${byte.toString(16).padStart(2, "0")} is not UTF-8; files are UTF-8 text, or gzip of it`,
    file,
    line,
  );

/** As {@link textSource}, for files that may be Latin-1 (MovieLens titles): those are turned into UTF-8. */
export function latin1Source(source: Source): Source {
  if (firstBadByte(source.bytes) === undefined) return textSource(source);
  const text = new TextDecoder("latin1").decode(source.bytes);
  return textSource({ file: source.file, bytes: new TextEncoder().encode(text) });
}

/** How many newlines there are. */
export function countLines(bytes: Uint8Array): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines++;
  return lines;
}

/** The first lines, whole and not blank, of a checked file. */
export function sampleLines({ bytes }: Source): readonly string[] {
  const lines = new TextDecoder().decode(bytes.subarray(0, SAMPLE_BYTES)).split(/\r?\n/);
  if (bytes.length > SAMPLE_BYTES && lines.length > 1) lines.pop();
  return lines.filter((line) => line.trim() !== "");
}

/** Where the bytes stop being UTF-8, or undefined: the native decoder narrows it down to 64 KiB, then to a line, then to a byte. */
export function firstBadByte(bytes: Uint8Array): number | undefined {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decodes = (start: number, end: number, stream: boolean) => {
    try {
      decoder.decode(bytes.subarray(start, end), { stream });
      return true;
    } catch {
      decoder.decode(); // forget the state
      return false;
    }
  };
  for (let start = 0; start < bytes.length; start += SAMPLE_BYTES) {
    const end = start + SAMPLE_BYTES;
    if (decodes(start, end, end < bytes.length)) continue;
    // a character may have begun up to 3 bytes before
    let low = Math.max(0, start - 3);
    while (low < start && (bytes[low]! & 0xc0) === 0x80) low++;
    for (let at = low; at < Math.min(end, bytes.length); at++) {
      const length = characterLength(bytes[at]!);
      const fatal = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
      try {
        fatal.decode(bytes.subarray(at, at + length));
      } catch {
        return at;
      }
      at += length - 1;
    }
    return low;
  }
  return undefined;
}

const characterLength = (first: number): number => first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
