import type { Interactions } from "./interactions.ts";

/**
 * The rows of one log and those of another behind them, without times and ratings.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { interactions } from "./interactions.ts";
 * import { joined } from "./joined.ts";
 *
 * const log = (item: number) => interactions({ users: [0], items: [item], userCount: 1, itemCount: 3 });
 * assert.deepEqual(joined(log(2), log(0)).items, Int32Array.of(2, 0));
 * ```
 */
export function joined(first: Interactions, then: Interactions): Interactions {
  const { userCount, itemCount } = first;
  const both = (column: "users" | "items") => {
    const values = new Int32Array(first[column].length + then[column].length);
    values.set(first[column]);
    values.set(then[column], first[column].length);
    return values;
  };
  return { users: both("users"), items: both("items"), userCount, itemCount };
}
