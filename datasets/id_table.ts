/** Numbers byte strings in order of first appearance, without making a string of each: an open-addressing hash table. */
export interface IdTable {
  /** The id of `bytes[start..end)`, a new one where it was never seen. */
  add(bytes: Uint8Array, start: number, end: number): number;
  readonly size: number;
  /** The byte strings, decoded as UTF-8, by id. */
  names(): string[];
}

/**
 * An empty table.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { idTable } from "./id_table.ts";
 *
 * const table = idTable(), bytes = new TextEncoder().encode("b a b");
 * assert.deepEqual([0, 2, 4].map((at) => table.add(bytes, at, at + 1)), [0, 1, 0]);
 * assert.deepEqual(table.names(), ["b", "a"]);
 * ```
 */
export function idTable(): IdTable {
  let slots = new Int32Array(2048).fill(-1); // id, or -1 where free, and its hash: they lie together in the cache
  let ends = new Int32Array(512), pool = new Uint8Array(4096);
  let size = 0, last = 0;

  const grow = () => {
    const smaller = slots, mask = smaller.length - 1; // of as many slots as there were numbers
    slots = new Int32Array(smaller.length * 2).fill(-1);
    for (let at = 0; at < smaller.length; at += 2) {
      const id = smaller[at]!, hash = smaller[at + 1]!;
      if (id < 0) continue;
      let slot = hash & mask;
      while (slots[2 * slot]! >= 0) slot = (slot + 1) & mask;
      slots[2 * slot] = id;
      slots[2 * slot + 1] = hash;
    }
    ends = doubled(ends);
  };

  const insert = (bytes: Uint8Array, start: number, end: number): number => {
    const first = size === 0 ? 0 : ends[size - 1]!, stop = first + end - start;
    while (stop > pool.length) {
      const larger = new Uint8Array(pool.length * 2);
      larger.set(pool);
      pool = larger;
    }
    for (let at = start; at < end; at++) pool[first + at - start] = bytes[at]!;
    ends[size] = stop;
    return size++;
  };

  const isSame = (id: number, bytes: Uint8Array, start: number, end: number): boolean => {
    const first = id === 0 ? 0 : ends[id - 1]!;
    if (ends[id]! - first !== end - start) return false;
    for (let from = start, to = first; from < end; from++, to++) if (bytes[from] !== pool[to]) return false;
    return true;
  };

  return {
    add(bytes, start, end) {
      if (size > 0 && isSame(last, bytes, start, end)) return last; // logs are often sorted
      let hash = 0x811c9dc5; // FNV-1a (Fowler, Noll, Vo)
      for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
      hash ^= hash >>> 15;
      const mask = slots.length / 2 - 1;
      for (let slot = hash & mask;; slot = (slot + 1) & mask) {
        const id = slots[2 * slot]!;
        if (id < 0) {
          slots[2 * slot] = last = insert(bytes, start, end);
          slots[2 * slot + 1] = hash;
          if (4 * size >= slots.length) grow();
          return last;
        }
        if (slots[2 * slot + 1] === hash && isSame(id, bytes, start, end)) return last = id;
      }
    },
    get size() {
      return size;
    },
    names() {
      const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
      return Array.from(
        { length: size },
        (_, id) => decoder.decode(pool.subarray(id === 0 ? 0 : ends[id - 1]!, ends[id]!)),
      );
    },
  };
}

function doubled(column: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(column.length * 2);
  larger.set(column);
  return larger;
}
