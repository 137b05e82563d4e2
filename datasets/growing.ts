/** Rows of the first block and of the largest. */
const FIRST = 1024, LARGEST = 2 ** 20;

/** A column whose length is not known yet. */
export interface Growing<T> {
  push(value: number): void;
  readonly length: number;
  /** The values so far in one array; the column is empty from then on. */
  whole(): T;
}

type Column = Int32Array<ArrayBuffer> | Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

/**
 * An empty column. It grows by blocks, so that nothing is copied before its length is known.
 *
 * @param make an array of so many zeros.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { growing } from "./growing.ts";
 *
 * const column = growing((length) => new Int32Array(length));
 * for (const id of [3, 1, 2]) column.push(id);
 * assert.deepEqual(column.whole(), Int32Array.of(3, 1, 2));
 * ```
 */
export function growing<T extends Column>(make: (length: number) => T): Growing<T> {
  let full: T[] = [], block = make(FIRST), at = 0, before = 0;
  return {
    push(value) {
      if (at === block.length) {
        full.push(block);
        before += at;
        block = make(Math.min(LARGEST, 2 * at));
        at = 0;
      }
      block[at++] = value;
    },
    get length() {
      return before + at;
    },
    whole() {
      if (before === 0) return block.slice(0, at) as T;
      const whole = make(before + at);
      let start = 0;
      for (let one = 0; one < full.length; one++) {
        whole.set(full[one]!, start);
        start += full[one]!.length;
        full[one]!.buffer.transfer(0); // what is copied goes at once: to wait for the collector may double the memory
      }
      whole.set(block.subarray(0, at), start);
      full = [];
      block = make(FIRST);
      at = before = 0;
      return whole;
    },
  };
}
