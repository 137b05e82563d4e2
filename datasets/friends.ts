import { baseName } from "./base_name.ts";
import { contains } from "./contains.ts";
import { counted } from "./counted.ts";
import type { Ids } from "./ids.ts";
import { InputError } from "./input_error.ts";
import { knownIds } from "./known_ids.ts";
import type { Relation } from "./metadata.ts";
import { parseNumber } from "./numbers.ts";
import { relation } from "./relation.ts";
import { scanTable } from "./scan_table.ts";
import type { Source } from "./source.ts";
import { fieldsOf, mostColumns, optionalField, tableOf } from "./table.ts";

/**
 * Reads who trusts or follows whom: a row a pair, `user friend [weight]`, with or without a header. Pairs are directed,
 * as written. Those of users that `users` does not know, or of a user with itself, are left out and counted in notes.
 *
 * @throws InputError naming file and line; also where no pair is left.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readFriends } from "./friends.ts";
 * import { namedIds } from "./ids.ts";
 *
 * const source = { file: "trust.txt", bytes: new TextEncoder().encode("ann\tbob\nann\tzoe\nbob\tann\n") };
 * const { friends, notes } = readFriends(source, namedIds(["ann", "bob"]));
 * assert.deepEqual([friends.offsets, friends.targets], [Int32Array.of(0, 1, 2), Int32Array.of(1, 0)]);
 * assert.deepEqual(notes, [
 *   'friends: 2 pairs of "trust.txt", all in both directions',
 *   "friends: left out 1 pair of 1 user without interactions",
 * ]);
 * ```
 */
export function readFriends(
  source: Source,
  users: Ids,
): { readonly friends: Relation; readonly notes: readonly string[] } {
  const { file } = source, count = users.names.length, table = knownIds(users);
  const written = tableOf(source, ["user", "friend"]), { user, friend } = fieldsOf(written, ["user", "friend"], file);
  const { ids, numbers: { weight } } = scanTable(source, {
    ...written.dialect,
    skip: written.header ? 1 : 0,
    ...mostColumns(written, 3, "user friend [weight]"),
    holds: "pairs",
    ids: [{ field: user, what: "user", table }, { field: friend, what: "friend", table }],
    numbers: {
      weight: {
        field: optionalField(written, "weight", 2),
        parse: parseWeight,
        takes: "a number of at least 0",
        single: true,
      },
    },
  });
  const [from, to] = ids as readonly [Int32Array, Int32Array];
  let unknown = 0, own = 0;
  const kept = Int32Array.from(from.keys()).filter((row) => {
    if (from[row]! >= count || to[row]! >= count) unknown++;
    else if (from[row] === to[row]) own++;
    else return true;
    return false;
  });
  if (kept.length === 0) {
    throw new InputError(`none of its ${from.length} pairs is of two users of the log: ids are the log's own`, file);
  }
  const friends = relation({
    rows: kept.map((row) => from[row]!),
    targets: kept.map((row) => to[row]!),
    rowCount: count,
    targetCount: count,
    weights: weight && Float32Array.from(kept, (row) => weight[row]!),
  });
  const pairs = friends.targets.length, mutual = mutualPairs(friends);
  const strangers = counted(table.size - count, "user"), directed = mutual === pairs ? "all" : `${mutual} of them`;
  return {
    friends,
    notes: [
      `friends: ${counted(pairs, "pair")} of "${baseName(file)}", ${directed} in both directions`,
      ...(unknown > 0 ? [`friends: left out ${counted(unknown, "pair")} of ${strangers} without interactions`] : []),
      ...(own > 0 ? [`friends: left out ${counted(own, "pair")} of a user with itself`] : []),
    ],
  };
}

const parseWeight = (bytes: Uint8Array, start: number, stop: number): number => {
  const weight = parseNumber(bytes, start, stop);
  return weight < 0 ? NaN : weight;
};

/** Pairs whose reverse is there, too. */
export function mutualPairs(friends: Relation): number {
  let mutual = 0;
  for (let user = 0; user + 1 < friends.offsets.length; user++) {
    for (const friend of friends.targets.subarray(friends.offsets[user], friends.offsets[user + 1])) {
      if (contains(friends, friend, user)) mutual++;
    }
  }
  return mutual;
}
