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
  let slots = new Int32Array(1024).fill(-1); // id, or -1 where free
  let hashes = new Int32Array(512), ends = new Int32Array(512), pool = new Uint8Array(4096);
  let size = 0;

  const grow = () => {
    slots = new Int32Array(slots.length * 2).fill(-1);
    for (let id = 0; id < size; id++) {
      let slot = hashes[id]! & (slots.length - 1);
      while (slots[slot]! >= 0) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = id;
    }
    hashes = doubled(hashes);
    ends = doubled(ends);
  };

  const insert = (bytes: Uint8Array, start: number, end: number, hash: number): number => {
    const first = size === 0 ? 0 : ends[size - 1]!, last = first + end - start;
    while (last > pool.length) {
      const larger = new Uint8Array(pool.length * 2);
      larger.set(pool);
      pool = larger;
    }
    for (let at = start; at < end; at++) pool[first + at - start] = bytes[at]!;
    hashes[size] = hash;
    ends[size] = last;
    return size++;
  };

  return {
    add(bytes, start, end) {
      let hash = 0x811c9dc5; // FNV-1a (Fowler, Noll, Vo)
      for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
      hash ^= hash >>> 15;
      const mask = slots.length - 1, length = end - start;
      for (let slot = hash & mask;; slot = (slot + 1) & mask) {
        const id = slots[slot]!;
        if (id < 0) {
          const added = slots[slot] = insert(bytes, start, end, hash);
          if (2 * size >= slots.length) grow();
          return added;
        }
        if (hashes[id] !== hash) continue;
        const first = id === 0 ? 0 : ends[id - 1]!;
        if (ends[id]! - first !== length) continue;
        let same = 0;
        while (same < length && pool[first + same] === bytes[start + same]) same++;
        if (same === length) return id;
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
