import type { Ids } from "./ids.ts";
import type { Interactions } from "./interactions.ts";
import { rowsByUser } from "./rows_by_user.ts";
import { sequences } from "./sequences.ts";

/** The names to write in place of dense ids. */
export interface Names {
  readonly userIds: Ids;
  readonly itemIds: Ids;
}

/**
 * Interactions as an adjacency list: a line a user, `user item item ...`, in ascending order of dense ids, users
 * without items left out. Dense ids are written unless names are given.
 *
 * @throws RangeError where a name has a blank in it, which the format cannot hold.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { interactions } from "./interactions.ts";
 * import { writeAdjacency } from "./write.ts";
 *
 * const log = interactions({ users: [1, 0, 1], items: [2, 0, 1], userCount: 2, itemCount: 3 });
 * assert.equal(writeAdjacency(log), "0 0\n1 1 2\n");
 * ```
 */
export function writeAdjacency(log: Interactions, names?: Names): string {
  const { offsets, rows } = rowsByUser(log), lines: string[] = [];
  for (let user = 0; user < log.userCount; user++) {
    if (offsets[user] === offsets[user + 1]) continue;
    const items = Int32Array.from(rows.subarray(offsets[user], offsets[user + 1]), (row) => log.items[row]!).sort();
    const cells = names ? Array.from(items, (item) => unblanked(names.itemIds.names[item]!)) : items;
    lines.push(`${names ? unblanked(names.userIds.names[user]!) : user} ${cells.join(" ")}\n`);
  }
  return lines.join("");
}

/**
 * Interactions as sequences: a line a user, `item item ...`, oldest first, users without items left out. The users' names
 * are lost: a line is known by its number. Dense ids are written unless names are given.
 *
 * @throws RangeError where a name has a blank in it, which the format cannot hold.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { interactions } from "./interactions.ts";
 * import { writeSequences } from "./write.ts";
 *
 * const log = interactions({ users: [1, 0, 1], items: [2, 0, 1], times: [8, 5, 3], userCount: 2, itemCount: 3 });
 * assert.equal(writeSequences(log), "0\n1 2\n");
 * ```
 */
export function writeSequences(log: Interactions, names?: Names): string {
  const { offsets, items } = sequences(log), lines: string[] = [];
  for (let user = 0; user < log.userCount; user++) {
    const own = items.subarray(offsets[user], offsets[user + 1]);
    const cells = names ? Array.from(own, (item) => unblanked(names.itemIds.names[item]!)) : own;
    if (own.length > 0) lines.push(`${cells.join(" ")}\n`);
  }
  return lines.join("");
}

/**
 * Interactions as tab-separated values: a header, then a row each in their order, with ratings and times where there
 * are any. Fields with a tab, a quote or a line end in them are quoted (RFC 4180).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { interactions } from "./interactions.ts";
 * import { writeTsv } from "./write.ts";
 *
 * const log = interactions({ users: [0], items: [2], ratings: [4.5], userCount: 1, itemCount: 3 });
 * assert.equal(writeTsv(log), "user\titem\trating\n0\t2\t4.5\n");
 * ```
 */
export function writeTsv({ users, items, ratings, times }: Interactions, names?: Names): string {
  const header = ["user", "item", ...(ratings ? ["rating"] : []), ...(times ? ["time"] : [])];
  const lines = [header.join("\t")];
  users.forEach((user, row) => {
    const cells: (string | number)[] = names
      ? [quoted(names.userIds.names[user]!), quoted(names.itemIds.names[items[row]!]!)]
      : [user, items[row]!];
    if (ratings) cells.push(ratings[row]!);
    if (times) cells.push(times[row]!);
    lines.push(cells.join("\t"));
  });
  return lines.join("\n") + "\n";
}

function unblanked(name: string): string {
  if (!/[\s,;|]|::/.test(name)) return name;
  throw new RangeError(
    `Cannot write "${name}" in an adjacency list or a sequence: what is in it would be read as what parts ids; write ` +
      "tab-separated values",
  );
}

const quoted = (name: string): string => /["\t\r\n]|^\s|\s$/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
