/** A file that can be read at any place: on disk, in memory, in a browser's Blob. */
export interface RandomAccess {
  /** What errors call it. */
  readonly file: string;
  readonly byteLength: number;
  /** The bytes from `start` to before `end`; default: to the end. */
  slice(start: number, end?: number): Promise<ArrayBuffer>;
}

/** Bytes read at once. */
export const PIECE = 2 ** 20;

/**
 * Bytes in memory as a file.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { inMemory, pieces, readAll } from "./random_access.ts";
 *
 * const file = inMemory("a.txt", Uint8Array.of(1, 2, 3, 4));
 * assert.deepEqual(new Uint8Array(await file.slice(1, 3)), Uint8Array.of(2, 3));
 * assert.deepEqual(await readAll(pieces(file, 2)), Uint8Array.of(3, 4));
 * ```
 */
export const inMemory = (file: string, bytes: Uint8Array<ArrayBuffer>): RandomAccess => ({
  file,
  byteLength: bytes.length,
  slice: (start, end) => Promise.resolve(bytes.slice(start, end).buffer),
});

/** The bytes from `start` to before `end`, one piece after the other. */
export async function* pieces(
  file: RandomAccess,
  start = 0,
  end = file.byteLength,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let at = start; at < end; at += PIECE) yield new Uint8Array(await file.slice(at, Math.min(end, at + PIECE)));
}

/** All pieces as one. */
export async function readAll(all: AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  return joined(await Array.fromAsync(all));
}

/** The same bytes in pieces of at least `least()` bytes, but for the last. */
export async function* batched(all: AsyncIterable<Uint8Array>, least: () => number): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [], length = 0;
  for await (const piece of all) {
    held.push(piece);
    length += piece.length;
    if (length < least()) continue;
    yield held.length === 1 ? piece : joined(held);
    held = [];
    length = 0;
  }
  if (length > 0) yield joined(held);
}

/** Pieces one after the other. */
export function joined(all: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of all) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
