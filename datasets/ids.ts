/** The original names of dense ids: `names[id]` is what the source called `id`. */
export interface Ids {
  readonly names: readonly string[];
  /** The dense id of a name, or undefined where there is none. */
  indexOf(name: string): number | undefined;
}

/**
 * Ids of these names, in this order.
 *
 * @throws RangeError where a name comes twice (when {@link Ids.indexOf} is first asked).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { namedIds } from "./ids.ts";
 *
 * const ids = namedIds(["B00A", "B00B"]);
 * assert.equal(ids.indexOf("B00B"), 1);
 * assert.equal(ids.indexOf("B00C"), undefined);
 * ```
 */
export function namedIds(names: readonly string[]): Ids {
  let find: ((name: string) => number) | undefined;
  return {
    names,
    indexOf(name) {
      const id = (find ??= index(names))(name);
      return id < 0 ? undefined : id;
    },
  };
}

/** Finds the id of a name, or -1: an open-addressing hash table of ids, a few bytes a name. */
function index(names: readonly string[]): (name: string) => number {
  const slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * names.length + 1))).fill(-1), mask = slots.length - 1;
  const slotOf = (name: string) => {
    let slot = hash(name) & mask;
    while (slots[slot]! >= 0 && names[slots[slot]!] !== name) slot = (slot + 1) & mask;
    return slot;
  };
  names.forEach((name, id) => {
    const slot = slotOf(name), other = slots[slot]!;
    if (other >= 0) throw new RangeError(`Cannot number ids by name: "${name}" is the name of both ${other} and ${id}`);
    slots[slot] = id;
  });
  return (name) => slots[slotOf(name)]!;
}

/** FNV-1a (Fowler, Noll, Vo) of UTF-16 units. */
function hash(name: string): number {
  let found = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) found = Math.imul(found ^ name.charCodeAt(at), 0x01000193);
  return found ^ (found >>> 15);
}

/**
 * Ids whose names are their own numbers: "0", "1", ...
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { numberedIds } from "./ids.ts";
 *
 * const ids = numberedIds(3);
 * assert.deepEqual(ids.names, ["0", "1", "2"]);
 * assert.deepEqual([ids.indexOf("2"), ids.indexOf("3")], [2, undefined]);
 * ```
 */
export const numberedIds = (count: number): Ids => namedIds(Array.from({ length: count }, (_, id) => String(id)));
