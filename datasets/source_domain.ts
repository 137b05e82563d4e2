import { distinct } from "./distinct.ts";
import { baseName } from "./base_name.ts";
import { counted } from "./counted.ts";
import { formatOf } from "./formats.ts";
import { idTable } from "./id_table.ts";
import type { Ids } from "./ids.ts";
import { InputError } from "./input_error.ts";
import { knownIds } from "./known_ids.ts";
import type { SourceDomain } from "./metadata.ts";
import { relation } from "./relation.ts";
import type { Source } from "./source.ts";

/**
 * Reads who met what in another domain, in any format of interactions. Users of the same name are the same; the others
 * of the file come after those of the log. Items are the domain's own, whatever they are called. Every row is a
 * positive.
 *
 * @throws InputError naming file and line; also where no user of the file is one of the log.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { namedIds } from "./ids.ts";
 * import { readSourceDomain } from "./source_domain.ts";
 *
 * const source = { file: "books.csv", bytes: new TextEncoder().encode("user,item\nzoe,emma\nbob,emma\nbob,dune\n") };
 * const { domain, notes } = readSourceDomain(source, namedIds(["ann", "bob"]));
 * assert.deepEqual([domain.items, domain.offsets, domain.targets], [
 *   2,
 *   Int32Array.of(0, 0, 2, 3),
 *   Int32Array.of(0, 1, 0),
 * ]);
 * assert.deepEqual(notes, ['source domain: 3 pairs of "books.csv", of 2 users, 1 of them of the log, and 2 items']);
 * ```
 */
export function readSourceDomain(
  source: Source,
  userIds: Ids,
): { readonly domain: SourceDomain; readonly notes: readonly string[] } {
  const tables = { users: knownIds(userIds), items: idTable() }, { file } = source, count = userIds.names.length;
  const { users, items, times, notes } = formatOf(source).parse(source, tables, {}), found = distinct(users);
  const common = found.filter((user) => user < count).length;
  if (common === 0) {
    throw new InputError(`none of its ${counted(found.length, "user")} is one of the log: ids are the log's own`, file);
  }
  const shape = { rowCount: tables.users.size, targetCount: tables.items.size };
  const domain = { ...relation({ rows: users, targets: items, ...shape, times }), items: tables.items.size };
  const of = `of ${counted(found.length, "user")}, ${common} of them of the log, and ${counted(domain.items, "item")}`;
  return {
    domain,
    notes: [
      ...notes.map((note) => `source domain: ${note}`),
      `source domain: ${counted(domain.targets.length, "pair")} of "${baseName(file)}", ${of}`,
    ],
  };
}
