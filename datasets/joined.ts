import type { Interactions } from "./interactions.ts";

/**
 * The rows of one log and those of another behind them. Times and ratings are kept where both have them.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { interactions } from "./interactions.ts";
 * import { joined } from "./joined.ts";
 *
 * const log = (item: number) => interactions({ users: [0], items: [item], times: [item], userCount: 1, itemCount: 3 });
 * assert.deepEqual(joined(log(2), log(0)).items, Int32Array.of(2, 0));
 * assert.deepEqual(joined(log(2), log(0)).times, Float64Array.of(2, 0));
 * ```
 */
export function joined(first: Interactions, then: Interactions): Interactions {
  const { userCount, itemCount } = first;
  const users = behind(first.users, then.users), items = behind(first.items, then.items);
  return {
    ...{ users, items, userCount, itemCount },
    ...first.times && then.times && { times: behind(first.times, then.times) },
    ...first.ratings && then.ratings && { ratings: behind(first.ratings, then.ratings) },
    ...first.inOrder && then.inOrder && { inOrder: true },
  };
}

function behind<A extends Int32Array | Float32Array | Float64Array>(first: A, then: A): A {
  const values = new (first.constructor as new (length: number) => A)(first.length + then.length);
  values.set(first);
  values.set(then, first.length);
  return values;
}
