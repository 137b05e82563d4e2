/** Numbers byte strings in order of first appearance, without making a string of each: an open-addressing hash table. */
export interface IdTable {
  /** The id of `bytes[start..end)`, a new one where it was never seen. */
  add(bytes: Uint8Array, start: number, end: number): number;
  readonly size: number;
  /** The byte strings, decoded as UTF-8, by id. */
  names(): string[];
}

/** Numbers of a slot. Names of at most so many bytes are told by the slot alone; longer ones have this as their key's. */
const SLOT = 4, SHORT = 7, LONG = -1;

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
  let slots = new Int32Array(SLOT * 1024).fill(-1); // each: id (-1: free), hash, key: they lie together in the cache
  let ends = new Int32Array(512), pool = new Uint8Array(4096);
  let size = 0;

  const grow = () => {
    const smaller = slots, mask = 2 * smaller.length / SLOT - 1;
    slots = new Int32Array(smaller.length * 2).fill(-1);
    for (let at = 0; at < smaller.length; at += SLOT) {
      if (smaller[at]! < 0) continue;
      let slot = smaller[at + 1]! & mask;
      while (slots[SLOT * slot]! >= 0) slot = (slot + 1) & mask;
      slots.set(smaller.subarray(at, at + SLOT), SLOT * slot);
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
      let hash = 0x811c9dc5, low = 0, high = 0; // FNV-1a (Fowler, Noll, Vo)
      for (let at = start; at < end; at++) {
        const byte = bytes[at]!;
        hash = Math.imul(hash ^ byte, 0x01000193);
        high = high << 8 | low >>> 24;
        low = low << 8 | byte;
      }
      hash ^= hash >>> 15;
      // the key tells short names apart by itself: their bytes, and in the topmost how many
      const short = end - start <= SHORT, mask = slots.length / SLOT - 1;
      if (short) high |= end - start << 24;
      else high = LONG;
      for (let slot = hash & mask;; slot = (slot + 1) & mask) {
        const at = SLOT * slot, id = slots[at]!;
        if (id < 0) {
          const added = slots[at] = insert(bytes, start, end);
          slots[at + 1] = hash;
          slots[at + 2] = low;
          slots[at + 3] = high;
          if (2 * SLOT * size >= slots.length) grow();
          return added;
        }
        if (slots[at + 1] !== hash || slots[at + 3] !== high || slots[at + 2] !== low) continue;
        if (short || isSame(id, bytes, start, end)) return id;
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
