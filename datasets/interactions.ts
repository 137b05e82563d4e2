/** What happened: row r says that user `users[r]` met item `items[r]`. Ids are dense, from 0. Nothing is an object. */
export interface Interactions {
  readonly users: Int32Array; // [n]
  readonly items: Int32Array; // [n]
  /** Ids are below these; parts of one dataset share them, so a part need not show every id. */
  readonly userCount: number;
  readonly itemCount: number;
  /** When, in the unit of the source (MovieLens: seconds since 1970). */
  readonly times?: Float64Array; // [n]
  readonly ratings?: Float32Array; // [n]
  /** Each user's rows are in the order in which things happened, though there may be no times: lines of sequences. */
  readonly inOrder?: true;
}

/** {@link Interactions} before they are checked; a column that may be missing may also be undefined. */
export interface InteractionColumns {
  readonly users: Int32Array | readonly number[];
  readonly items: Int32Array | readonly number[];
  readonly userCount: number;
  readonly itemCount: number;
  readonly times?: Float64Array | readonly number[] | undefined;
  readonly ratings?: Float32Array | readonly number[] | undefined;
  readonly inOrder?: true | undefined;
}

/**
 * Checks columns, once, and makes {@link Interactions} of them. Typed arrays are kept, not copied.
 *
 * @throws RangeError where columns differ in length, an id is not an integer in [0, count), or a number is not finite.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { interactions } from "./interactions.ts";
 *
 * const log = interactions({ users: [0, 0, 1], items: [2, 0, 2], userCount: 2, itemCount: 3 });
 * assert.deepEqual(log.items, Int32Array.of(2, 0, 2));
 * assert.throws(() => interactions({ users: [0], items: [3], userCount: 1, itemCount: 3 }), /item 3 .* below 3/);
 * ```
 */
export function interactions(columns: InteractionColumns): Interactions {
  const { userCount, itemCount } = columns;
  const users = ids("user", columns.users, userCount), items = ids("item", columns.items, itemCount);
  sameLength("items", items.length, users.length);
  const { times, ratings, inOrder } = columns;
  if (times) sameLength("times", times.length, users.length);
  if (ratings) sameLength("ratings", ratings.length, users.length);
  return {
    users,
    items,
    userCount,
    itemCount,
    ...(times && { times: finite("time", times instanceof Float64Array ? times : Float64Array.from(times)) }),
    ...(ratings && {
      ratings: finite("rating", ratings instanceof Float32Array ? ratings : Float32Array.from(ratings)),
    }),
    ...(inOrder && { inOrder }),
  };
}

function ids(what: string, column: Int32Array | readonly number[], count: number): Int32Array {
  if (!Number.isInteger(count) || count < 0 || count > 2 ** 31 - 1) {
    throw new RangeError(`Cannot hold ${count} ${what}s: a count is an integer in [0, 2^31)`);
  }
  for (let row = 0; row < column.length; row++) {
    const id = column[row]!;
    if (!(id >= 0 && id < count) || !Number.isInteger(id)) {
      throw new RangeError(`Cannot use ${what} ${id} (row ${row}): ids are integers from 0 and below ${count}`);
    }
  }
  return column instanceof Int32Array ? column : Int32Array.from(column);
}

function sameLength(what: string, found: number, expected: number): void {
  if (found === expected) return;
  throw new RangeError(`Cannot pair ${expected} "users" with ${found} "${what}": columns have one value a row`);
}

function finite<T extends Float32Array | Float64Array>(what: string, column: T): T {
  const row = column.findIndex((value: number) => !Number.isFinite(value));
  if (row < 0) return column;
  throw new RangeError(`Cannot use ${what} ${column[row]} (row ${row}): a ${what} is finite`);
}
