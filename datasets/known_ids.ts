import { type IdTable, idTable } from "./id_table.ts";
import type { Ids } from "./ids.ts";

/**
 * A table in which names have their dense ids already: what it numbers from `ids.names.length` on is unknown.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { namedIds } from "./ids.ts";
 * import { knownIds } from "./known_ids.ts";
 *
 * const table = knownIds(namedIds(["B00A", "B00B"])), bytes = new TextEncoder().encode("B00B B00C");
 * assert.deepEqual([table.add(bytes, 0, 4), table.add(bytes, 5, 9)], [1, 2]);
 * ```
 */
export function knownIds({ names }: Ids): IdTable {
  const table = idTable(), encoder = new TextEncoder();
  for (const name of names) {
    const bytes = encoder.encode(name);
    table.add(bytes, 0, bytes.length);
  }
  return table;
}
