/** Rows of the first block. */
const FIRST = 1024;
/** Bytes of the largest: blocks of so many go back to the system when they are freed, where smaller ones stay (malloc). */
const LARGEST = 2 ** 25;

/** A column whose length is not known yet. */
export interface Growing<T> {
  push(value: number): void;
  readonly length: number;
  /** The values so far in one array; the column is empty from then on. */
  whole(): T;
}

type Column = Int32Array<ArrayBuffer> | Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

/**
 * An empty column. It grows by blocks, so that nothing is copied before its length is known; a block that has been copied
 * is freed at once, as waiting for the collector would double the memory.
 *
 * @param make a view of a buffer.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { growing } from "./growing.ts";
 *
 * const column = growing((buffer) => new Int32Array(buffer));
 * for (const id of [3, 1, 2]) column.push(id);
 * assert.deepEqual(column.whole(), Int32Array.of(3, 1, 2));
 * ```
 */
export function growing<T extends Column>(make: (buffer: ArrayBuffer) => T): Growing<T> {
  const width = make(new ArrayBuffer(0)).BYTES_PER_ELEMENT,
    room = (rows: number) => make(new ArrayBuffer(rows * width));
  let full: T[] = [], block = room(FIRST), at = 0, before = 0;
  return {
    push(value) {
      if (at === block.length) {
        full.push(block);
        before += at;
        block = room(Math.min(LARGEST / width, 2 * at));
        at = 0;
      }
      block[at++] = value;
    },
    get length() {
      return before + at;
    },
    whole() {
      const whole = room(before + at);
      let start = 0;
      for (const one of [...full, block.subarray(0, at) as T]) {
        whole.set(one, start);
        start += one.length;
        one.buffer.transfer(0);
      }
      full = [];
      block = room(FIRST);
      at = before = 0;
      return whole;
    },
  };
}
